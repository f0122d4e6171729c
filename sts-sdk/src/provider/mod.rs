//! A valid access token at any moment.

mod backoff;
pub(crate) mod builder;
pub(crate) mod cached_token;
mod deadline;
pub(crate) mod error;
pub(crate) mod exchange;
mod random;
mod refresh_task;
mod retry;
mod single_flight;
pub(crate) mod status;
mod thresholds;
mod wait;

use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use reqwest::header::HeaderValue;

use builder::TokenProviderBuilder;
use cached_token::{Content, Held, Stage, Token};
use error::TokenError;
use retry::Refresher;
use single_flight::Flights;
use status::{State, Status};

/// Gives a valid access token at any moment, to any number of tasks on any number of tokio runtimes.
///
/// Cheap to clone; all clones share one token. Make one for each identity pool and keep it.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use sts_sdk::TokenProvider;
/// use sts_sdk::subject_token::TokenFile;
///
/// let tokens = TokenProvider::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(TokenFile::new("/var/run/secrets/tokens/confluent"))
///     .build()?;
///
/// let token = tokens.token().await?;
/// println!("{} is valid until {:?}", token.secret(), token.expires_at());
/// let header = tokens.authorization().await?;
/// # Ok(())
/// # }
/// ```
///
/// # When a token is refreshed
///
/// A token's age is counted from just before its exchange, by the larger of what the monotonic and the wall
/// clock say: a suspended machine or a clock that is set do not make a dead token look alive. L is its
/// lifetime, as the reply says.
///
/// | from this age on | for L = 900 s | what happens |
/// | --- | --- | --- |
/// | 0 | 0 s | it is served |
/// | L − min(300 s, L/3) + a random part of min(60 s, L/15) | 600 to 660 s | it is served; a refresh starts in the background |
/// | L − min(60 s, L/6) | 840 s | callers wait for its successor; it is served if that fails |
/// | L − min(5 s, L/20) | 895 s | it is not served |
///
/// There is one refresh at a time. Whoever stops waiting for it harms nobody else. It is a task of the runtime
/// that the caller was on; if that runtime ends or stands still, another caller's takes over. Nothing runs
/// between calls, and nothing starts when a provider is made. A runtime must have its time and I/O drivers
/// enabled (`enable_all`), and somebody must drive it: `Handle::block_on` does not drive a current-thread runtime.
///
/// # When a refresh fails
///
/// One deadline covers subject token, exchange and retries.
///
/// - A [transient](TokenError::is_transient) failure is tried again after a random time of up to 1 s, 2 s, 4 s and
///   so on, at most 30 s. What STS asks for (`Retry-After`, or `X-RateLimit-Reset`; an hour at most) is waited for
///   before that, and the random time then goes up to a quarter of it as well, so that those who were told the
///   same do not come back together. Waits that do not fit into the deadline end the refresh and hold for the
///   next one.
/// - After 400 or 401 the subject token is fetched anew and the exchange is tried once more, at once.
/// - Any other failure is permanent, and is what callers without a token get for the next 1 to 5 s.
///
/// While the last refresh has failed, callers with a token that may still be served get it without waiting.
/// If there is none, all who wait for a refresh get the same error. No error is remembered for good.
///
/// # Logs
///
/// Each refresh is one span named `refresh` at level INFO of the crate `tracing`, with the provider's name; within
/// it are the spans of exchanges. A refresh that fails is a warning in it, all else is at level DEBUG.
#[derive(Clone)]
pub struct TokenProvider(Arc<Shared>);

/// What the clones of a provider share.
pub(crate) struct Shared {
    held: ArcSwap<Held>,
    refresher: Refresher,
    flights: Mutex<Flights>,
}

impl TokenProvider {
    /// A builder of providers.
    pub fn builder() -> TokenProviderBuilder {
        TokenProviderBuilder::default()
    }

    pub(crate) fn new(refresher: Refresher) -> Self {
        Self(Arc::new(Shared {
            held: ArcSwap::from_pointee(Held::none(Content::Nothing)),
            refresher,
            flights: Mutex::default(),
        }))
    }

    /// A valid access token: the one that is held if it is good, else a new one.
    ///
    /// # Errors
    ///
    /// There is none, or not within the deadline.
    #[inline]
    pub async fn token(&self) -> Result<Token, TokenError> {
        let now = self.0.refresher.clock.now();
        let held = self.0.held.load();
        if !now.has_reached(&held.soft) {
            return Ok(Token::new(held));
        }
        if held.stage(&now) == Stage::Due {
            self.0.renew(&held);
            return Ok(Token::new(held));
        }
        drop(held);
        // Boxed for the sake of those who do not get here.
        Box::pin(self.0.next_token()).await.map(Token::from)
    }

    /// The value of an `authorization` header that presents a valid access token (RFC 6750, section 2.1),
    /// marked sensitive. [`Token::authorization`](crate::AccessToken::authorization) lends it without a copy.
    ///
    /// # Errors
    ///
    /// As for [`token`](Self::token).
    #[inline]
    pub async fn authorization(&self) -> Result<HeaderValue, TokenError> {
        let token = self.token().await?;
        Ok(token.authorization().clone())
    }

    /// Stops serving `token`, after an API has answered it with 401: the next caller waits for another one.
    /// Does nothing if the provider has another one already; whether it did.
    ///
    /// Not for 403, which says that the identity pool may not do what was asked.
    #[expect(clippy::must_use_candidate, reason = "the point is the effect")]
    pub fn invalidate(&self, token: &Token) -> bool {
        let none = Arc::new(Held::none(Content::Invalidated));
        let previous = self.0.held.compare_and_swap(token.held(), none);
        Arc::ptr_eq(&previous, token.held())
    }

    /// A token from a refresh that is under way, or from one that starts now. Until it is there, others are
    /// served the token that is held.
    ///
    /// # Errors
    ///
    /// As for [`token`](Self::token), also where the token that is held may still be served.
    pub async fn refresh(&self) -> Result<Token, TokenError> {
        self.0.refreshed().await.map(Token::from)
    }

    /// Gets a first token, so that later callers need not wait; at the start of a program, say.
    ///
    /// # Errors
    ///
    /// As for [`token`](Self::token).
    pub async fn warm_up(&self) -> Result<(), TokenError> {
        self.token().await.map(drop)
    }

    /// What the provider is doing.
    #[must_use]
    pub fn status(&self) -> Status {
        let Shared {
            refresher, held, ..
        } = &*self.0;
        let now = refresher.clock.now();
        let flights = self.0.flights();
        let held = held.load();
        let token = (held.content == Content::Token).then_some(&*held);
        Status {
            name: refresher.name.to_string(),
            state: match (held.content, held.stage(&now)) {
                (Content::Nothing, _) => State::Empty,
                (Content::Invalidated, _) => State::Invalidated,
                (Content::Token, Stage::Fresh) => State::Fresh,
                (Content::Token, Stage::Due) => State::Due,
                (Content::Token, Stage::Expiring) => State::Expiring,
                (Content::Token, Stage::Gone) => State::Expired,
            },
            tag: token.map(|held| held.tag),
            age: token.map(|held| now.since(&held.obtained)),
            refresh_in: token.map(|held| now.until(&held.soft)),
            expires_in: token.map(|held| now.until(&held.dead)),
            refreshing: flights.underway(&now).is_some(),
            last_error: flights.last_error.clone(),
            retry_in: flights.hold_off(&now).map(|end| now.until(&end)),
            exchanges: refresher.exchanges.load(Ordering::Relaxed),
            tokens: flights.tokens,
            failures: flights.failed,
        }
    }
}

/// What [`status`](Self::status) says, without a token.
impl fmt::Debug for TokenProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status();
        f.debug_struct("TokenProvider")
            .field("name", &status.name)
            .field("state", &status.state)
            .finish_non_exhaustive()
    }
}
