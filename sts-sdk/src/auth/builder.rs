//! The options of an authenticator.

use std::sync::Arc;
use std::time::Duration;

use super::authenticator::{Authenticator, Inner};
use super::credentials::Credentials;
use super::external::External;
use super::hosts::Hosts;
use super::pools::Pools;
use crate::build_error::BuildError;
use crate::provider::TokenProvider;
use crate::provider::external::ExternalTokenProvider;

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
    pools: Option<Pools>,
    target_sr_cluster: Option<String>,
    hosts: Vec<String>,
    only: bool,
    rate_limit: Option<Duration>,
}

impl Authenticator {
    /// A builder of authenticators that present the tokens of `tokens`.
    pub fn builder(tokens: TokenProvider) -> AuthenticatorBuilder {
        AuthenticatorBuilder::new(Credentials::AccessToken(tokens))
    }

    /// A builder of authenticators that present external tokens to the data plane: Kafka REST, Schema Registry,
    /// Catalog and Flink. Kafka itself takes them [in another way](super::kafka).
    ///
    /// | header | what sets it |
    /// | --- | --- |
    /// | `authorization` | the provider |
    /// | `Confluent-Identity-Pool-Id` | [`pools`](AuthenticatorBuilder::pools); not sent by default |
    /// | `target-sr-cluster` | [`target_sr_cluster`](AuthenticatorBuilder::target_sr_cluster); not sent by default |
    ///
    /// They are set together or not at all. One of the last two that a request has already stays. They are no secrets:
    /// an HTTP client that follows a redirect to another host sends these two along.
    ///
    /// ```
    /// # fn build(tokens: sts_sdk::ExternalTokenProvider) -> Result<(), sts_sdk::BuildError> {
    /// use sts_sdk::auth::{Authenticator, Pools};
    ///
    /// let schema_registry = Authenticator::external(tokens)
    ///     .pools(Pools::one("pool-abc")?)
    ///     .target_sr_cluster("lsrc-abc")
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// # build(sts_sdk::ExternalTokenProvider::builder()
    /// #     .subject_token(sts_sdk::subject_token::EnvironmentVariable::new("T")).build().unwrap()).unwrap();
    /// ```
    pub fn external(tokens: ExternalTokenProvider) -> AuthenticatorBuilder {
        AuthenticatorBuilder::new(Credentials::External(External::new(tokens)))
    }
}

impl AuthenticatorBuilder {
    fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            pools: None,
            target_sr_cluster: None,
            hosts: Vec::new(),
            only: false,
            rate_limit: None,
        }
    }

    /// The identity pools that an external token is presented with: none unless set, so that all that match it apply.
    /// For [`external`](Authenticator::external) alone: an access token has the pool that it was exchanged with.
    pub fn pools(mut self, pools: Pools) -> Self {
        self.pools = Some(pools);
        self
    }

    /// The cluster of the Schema Registry that requests are for, such as `lsrc-abc`. For
    /// [`external`](Authenticator::external) alone.
    pub fn target_sr_cluster(mut self, id: impl Into<String>) -> Self {
        self.target_sr_cluster = Some(id.into());
        self
    }

    /// Another host that may get tokens: a name such as `example.com`, with all names below it, or an address. A name
    /// without a dot stands for itself alone. Only over https, except for a loopback host (`localhost`, `127.0.0.1`,
    /// `::1`): naming it here allows plain http to it.
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
    /// The wait before it is what the response asks for (`Retry-After`, otherwise `X-RateLimit-Reset`) and then any
    /// time up to a quarter of that, at least up to a second; where it asks for nothing, as those of Kafka REST, any
    /// time up to 10 s. It is at most `limit`, which may be up to an hour: if it could be longer, the caller gets the
    /// 429 at once.
    ///
    /// The 429 is held during the wait, since it is the caller's if there is no token afterwards. Over HTTP/1 its
    /// connection is held as well, unless its body has been received: leave room for that in limits of connections.
    pub fn wait_for_rate_limit(mut self, limit: Duration) -> Self {
        self.rate_limit = Some(limit);
        self
    }

    /// Makes the authenticator.
    ///
    /// # Errors
    ///
    /// What was given to [`host`](Self::host) is no host, there is no host at all, the limit of waits is longer than an
    /// hour, the cluster is no id, or there are pools or a cluster for an access token.
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
        let (pools, cluster) = (self.pools.as_ref(), self.target_sr_cluster.as_deref());
        let credentials = match self.credentials {
            Credentials::External(external) => {
                Credentials::External(external.beside(pools, cluster)?)
            }
            Credentials::AccessToken(_) if pools.is_some() || cluster.is_some() => {
                let why = "pools and target_sr_cluster are for external tokens; take Authenticator::external";
                return Err(BuildError::option(why));
            }
            access_token @ Credentials::AccessToken(_) => access_token,
        };
        Ok(Authenticator(Arc::new(Inner {
            credentials,
            hosts,
            rate_limit: self.rate_limit,
        })))
    }
}
