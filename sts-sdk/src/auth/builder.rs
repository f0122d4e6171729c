//! The options of an authenticator.

use std::sync::Arc;
use std::time::Duration;

use super::authenticator::{Authenticator, Inner};
use super::credentials::Credentials;
use super::hosts::Hosts;
use crate::build_error::BuildError;
use crate::provider::TokenProvider;

/// Longest wait that may be asked for.
const LONGEST: Duration = Duration::from_secs(3600);

/// Makes an [`Authenticator`]; from [`Authenticator::builder`].
///
/// ```
/// # fn build(tokens: sts_sdk::TokenProvider) -> Result<(), sts_sdk::BuildError> {
/// use std::time::Duration;
/// use sts_sdk::auth::Authenticator;
///
/// let authenticator = Authenticator::builder(tokens)
///     .host("gateway.example.com")
///     .wait_for_rate_limit(Duration::from_secs(30))
///     .build()?;
/// # Ok(())
/// # }
/// # build(sts_sdk::TokenProvider::builder().identity_pool_id("pool-abc")
/// #     .subject_token(sts_sdk::subject_token::EnvironmentVariable::new("T")).build().unwrap()).unwrap();
/// ```
#[derive(Debug)]
#[must_use]
pub struct AuthenticatorBuilder {
    credentials: Credentials,
    hosts: Vec<String>,
    only: bool,
    rate_limit: Option<Duration>,
}

impl Authenticator {
    /// A builder of authenticators that present the tokens of `tokens`.
    pub fn builder(tokens: TokenProvider) -> AuthenticatorBuilder {
        AuthenticatorBuilder::new(Credentials::AccessToken(tokens))
    }
}

impl AuthenticatorBuilder {
    fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            hosts: Vec::new(),
            only: false,
            rate_limit: None,
        }
    }

    /// Another host that may get tokens: a name such as `example.com`, with all names below it, or an address. A name
    /// without a dot stands for itself alone. Only over https, except for a loopback host (`localhost`, `127.0.0.1`, `::1`):
    /// naming it here allows plain http to it.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.hosts.push(host.into());
        self
    }

    /// Leaves out the hosts that are on the list by default: those of the specification's servers, `confluent.cloud`
    /// and `confluentgov.com`.
    pub fn only_given_hosts(mut self) -> Self {
        self.only = true;
        self
    }

    /// Repeats a request once after a 429. Not done by default.
    ///
    /// The wait before it is what the response asks for (`Retry-After`, otherwise `X-RateLimit-Reset`) and then any time up
    /// to a quarter of that, at least up to a second; where it asks for nothing, as those of Kafka REST, any time up to
    /// 10 s. It is at most `limit`, which may be up to an hour: if it could be longer, the caller gets the 429 at once.
    pub fn wait_for_rate_limit(mut self, limit: Duration) -> Self {
        self.rate_limit = Some(limit);
        self
    }

    /// Makes the authenticator.
    ///
    /// # Errors
    ///
    /// What was given to [`host`](Self::host) is no host, there is no host at all, or the limit of waits is longer than an
    /// hour.
    pub fn build(self) -> Result<Authenticator, BuildError> {
        let mut hosts = if self.only {
            Hosts::none()
        } else {
            Hosts::of_confluent()
        };
        for host in &self.hosts {
            hosts.add(host)?;
        }
        if hosts.names().next().is_none() {
            return Err(BuildError::missing(
                "host",
                "name a host that may get tokens",
            ));
        }
        if self.rate_limit.is_some_and(|limit| limit > LONGEST) {
            let why = "the limit of waits for a rate limit must be at most an hour";
            return Err(BuildError::option(why));
        }
        Ok(Authenticator(Arc::new(Inner {
            credentials: self.credentials,
            hosts,
            rate_limit: self.rate_limit,
        })))
    }
}
