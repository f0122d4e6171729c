//! The options of a provider.

use std::fmt;
use std::hash::RandomState;
use std::ops::RangeInclusive;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::exchange::Exchange;
use super::held_back::HeldBack;
use super::identity_pool_id;
use super::refresher::{Obtain, Refresher};
use super::requests::{Customize, Requests};
use super::token_provider::TokenProvider;
use crate::bounded::Bounded;
use crate::build_error::BuildError;
use crate::client::Client;
use crate::clock::Clock;
use crate::clock::system::SystemClock;
use crate::generated::types::{StsV1TokenExchangeRequest, builder};
use crate::redact::line;
use crate::subject_token::SubjectTokenSource;

/// Longest wait for one response: shorter than the deadline, so that there is time for another try.
const TIMEOUT: Duration = Duration::from_secs(10);
const LONGEST_DEADLINE: Duration = Duration::from_secs(3600);

/// Makes a [`TokenProvider`]; from [`TokenProvider::builder`].
///
/// The identity pool and the source of subject tokens must be given.
///
/// ```no_run
/// # fn build() -> Result<(), sts_sdk::BuildError> {
/// use std::time::Duration;
/// use sts_sdk::TokenProvider;
/// use sts_sdk::subject_token::EnvironmentVariable;
///
/// let tokens = TokenProvider::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(EnvironmentVariable::new("CONFLUENT_ID_TOKEN"))
///     .lifetime(Duration::from_secs(600))
///     .deadline(Duration::from_secs(10))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct TokenProviderBuilder {
    pub(super) identity_pool_id: Option<String>,
    pub(super) source: Option<Arc<dyn SubjectTokenSource>>,
    pub(super) base_url: Option<String>,
    pub(super) allow_http: bool,
    pub(super) client: Option<Client>,
    pub(super) lifetime: Option<Duration>,
    customize: Option<Box<Customize>>,
    deadline: Duration,
    max_retries: u32,
    max_backoff: Duration,
    clock: Option<Arc<dyn Clock>>,
    name: Option<String>,
    #[cfg(feature = "testing")]
    exchange: Option<Box<dyn Exchange>>,
}

impl TokenProvider {
    /// A builder of providers.
    pub fn builder() -> TokenProviderBuilder {
        TokenProviderBuilder::default()
    }
}

impl Default for TokenProviderBuilder {
    fn default() -> Self {
        Self {
            identity_pool_id: None,
            source: None,
            base_url: None,
            allow_http: false,
            client: None,
            lifetime: None,
            customize: None,
            deadline: Duration::from_secs(30),
            max_retries: 5,
            max_backoff: Duration::from_secs(30),
            clock: None,
            name: None,
            #[cfg(feature = "testing")]
            exchange: None,
        }
    }
}

/// What looks like a token is left out, wherever it was given.
impl fmt::Debug for TokenProviderBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenProviderBuilder")
            .field(
                "identity_pool_id",
                &self.identity_pool_id.as_deref().map(line),
            )
            .field("lifetime", &self.lifetime)
            .field("deadline", &self.deadline)
            .field("max_retries", &self.max_retries)
            .field("max_backoff", &self.max_backoff)
            .field("clock", &self.clock)
            .field("name", &self.name.as_deref().map(line))
            .finish_non_exhaustive()
    }
}

impl TokenProviderBuilder {
    /// The identity pool whose policies decide what the access token may do, such as `pool-abc`. White space around the
    /// id is removed. What has control characters or looks like a JWT is refused by [`build`](Self::build).
    pub fn identity_pool_id(mut self, id: impl Into<String>) -> Self {
        self.identity_pool_id = Some(id.into());
        self
    }

    /// Where subject tokens come from: one of [`subject_token`](crate::subject_token), a closure, or a type of
    /// the caller's own.
    pub fn subject_token(mut self, source: impl SubjectTokenSource + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// The server, as for [`Client::for_base_url`]. By default `https://api.confluent.cloud`.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// The client to exchange with, in place of one for the [`base_url`](Self::base_url) that waits 10 s for
    /// each response.
    ///
    /// Its [`timeout`](crate::ClientBuilder::timeout) should be well below the [`deadline`](Self::deadline). A client's
    /// default, 30 s, is the default of the deadline as well: if a response does not come, no time is left for a second
    /// try.
    pub fn client(mut self, client: Client) -> Self {
        self.client = Some(client);
        self
    }

    /// The lifetime to ask for, in whole seconds, within the limits that the specification sets for
    /// `expires_in`. By default the default of the specification. STS may grant less.
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// Changes each request before it is sent, for properties of the specification for which this builder has no
    /// method, those of later versions included. `customize` gets the generated builder with the identity pool and the
    /// lifetime, and returns it; the subject token is added afterwards.
    ///
    /// ```
    /// # fn build() -> Result<(), Box<dyn std::error::Error>> {
    /// use sts_sdk::{ObjectMeta, TokenProvider};
    /// use sts_sdk::subject_token::EnvironmentVariable;
    ///
    /// let tokens = TokenProvider::builder()
    ///     .identity_pool_id("pool-abc")
    ///     .subject_token(EnvironmentVariable::new("CONFLUENT_ID_TOKEN"))
    ///     .customize_request(|request| {
    ///         let metadata = ObjectMeta::builder().self_("https://example.com/jobs/1");
    ///         request.subject_token_type("urn:ietf:params:oauth:token-type:id_token").metadata(metadata)
    ///     })
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// # build().unwrap();
    /// ```
    ///
    /// How a value is given is [described with the request](crate#what-is-sent). It is called once by
    /// [`build`](Self::build), which returns what is wrong with the request, and then for each exchange, which fails if a
    /// value is refused then. If this is called more than once, the last call counts.
    pub fn customize_request<F>(mut self, customize: F) -> Self
    where
        F: Fn(builder::StsV1TokenExchangeRequest) -> builder::StsV1TokenExchangeRequest
            + Send
            + Sync
            + 'static,
    {
        self.customize = Some(Box::new(customize));
        self
    }

    /// Longest time that a refresh may take: subject token, exchange, retries and all waits between them; at
    /// most an hour. By default 30 s.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Most retries of one refresh after transient failures, as far as the deadline allows. By default 5.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// Longest random wait after a transient failure, at least 1 s: the waits double up to it. By default 30 s.
    /// While a token is cached, waits may be longer.
    pub fn max_backoff(mut self, backoff: Duration) -> Self {
        self.max_backoff = backoff;
        self
    }

    /// Where to read the time, in place of the [`SystemClock`].
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// What the provider is called in logs and errors, where it is shown as one line of at most 400 characters. By
    /// default `identity pool` and its id.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    #[cfg(feature = "testing")]
    pub(crate) fn exchange_with(mut self, exchange: impl Exchange + 'static) -> Self {
        self.exchange = Some(Box::new(exchange));
        self
    }

    /// Makes the provider. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// The identity pool or the source of subject tokens is [missing](BuildError::missing_option), the identity pool
    /// cannot be one, a value is out of range, or the client cannot be made.
    pub fn build(mut self) -> Result<TokenProvider, BuildError> {
        let identity_pool_id = identity_pool_id::checked(self.identity_pool_id.as_deref())?;
        let source = self.take_source()?;
        let name = format!("identity pool {identity_pool_id}");
        let lifetime = self.lifetime.map(whole_seconds).transpose()?;
        let requests = Requests::new(identity_pool_id, lifetime, self.customize.take())?;
        let exchange = self.take_exchange()?;
        Ok(self.assemble(name, source, requests, exchange))
    }

    /// Makes a provider that hands its subject tokens on, as external tokens.
    ///
    /// # Errors
    ///
    /// The source of subject tokens is missing, or a value is out of range.
    pub(crate) fn build_external(mut self) -> Result<TokenProvider, BuildError> {
        let source = self.take_source()?;
        let name = source.describe().into_owned();
        Ok(self.provider(name, source, Obtain::HandOn))
    }

    /// The source, if all that every provider has is right.
    fn take_source(&mut self) -> Result<Arc<dyn SubjectTokenSource>, BuildError> {
        let source = self.source.take();
        let missing =
            || BuildError::missing("subject_token", "give the source of the subject tokens");
        let source = source.ok_or_else(missing)?;
        if self.deadline.is_zero() || self.deadline > LONGEST_DEADLINE {
            return Err(BuildError::option(
                "the deadline must be longer than zero and at most an hour",
            ));
        }
        if self.max_backoff < Duration::from_secs(1) {
            return Err(BuildError::option("max_backoff must be at least 1 s"));
        }
        Ok(source)
    }

    pub(crate) fn assemble(
        self,
        name: String,
        source: Arc<dyn SubjectTokenSource>,
        requests: Requests,
        exchange: Box<dyn Exchange>,
    ) -> TokenProvider {
        self.provider(name, source, Obtain::Exchange(requests, exchange))
    }

    fn provider(
        self,
        name: String,
        source: Arc<dyn SubjectTokenSource>,
        obtain: Obtain,
    ) -> TokenProvider {
        TokenProvider::new(Refresher {
            // It becomes part of errors and logs.
            name: line(&self.name.unwrap_or(name)).into(),
            clock: self.clock.unwrap_or_else(|| Arc::new(SystemClock)),
            source,
            obtain,
            deadline: self.deadline,
            max_retries: self.max_retries,
            max_backoff: self.max_backoff,
            fingerprints: RandomState::new(),
            exchanges: AtomicU64::new(0),
            claims: Mutex::default(),
            held_back: HeldBack::default(),
        })
    }

    fn take_exchange(&mut self) -> Result<Box<dyn Exchange>, BuildError> {
        #[cfg(feature = "testing")]
        if let Some(exchange) = self.exchange.take() {
            return Ok(exchange);
        }
        let client = match (self.client.take(), self.base_url.take()) {
            (Some(client), None) => client,
            (None, url) => {
                let mut builder = Client::builder().timeout(TIMEOUT);
                if self.allow_http {
                    builder = builder.allow_http();
                }
                match url {
                    Some(url) => builder.base_url(url),
                    None => builder,
                }
                .build()?
            }
            (Some(_), Some(_)) => {
                let why = "the base URL is that of the client that was given; set only one of them";
                return Err(BuildError::option(why));
            }
        };
        Ok(Box::new(client))
    }
}

fn whole_seconds(lifetime: Duration) -> Result<u64, BuildError> {
    let allowed = limits(|request| &request.expires_in);
    let seconds = lifetime.as_secs();
    let fits = i64::try_from(seconds).is_ok_and(|seconds| allowed.contains(&seconds));
    if lifetime.subsec_nanos() == 0 && fits {
        return Ok(seconds);
    }
    let (least, most) = allowed.into_inner();
    Err(BuildError::option(format!(
        "the lifetime must be whole seconds from {least} to {most}"
    )))
}

/// The limits that the specification sets for a field, as its type has them.
fn limits<T, const MIN: i64, const MAX: i64>(
    _: fn(&StsV1TokenExchangeRequest) -> &Bounded<T, MIN, MAX>,
) -> RangeInclusive<i64> {
    MIN..=MAX
}
