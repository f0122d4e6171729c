//! The client.

use std::fmt;

use crate::build_error::BuildError;
use crate::exchange::{self, AccessToken, ExchangeError};
use crate::generated::{self, types::StsV1TokenExchangeRequest};

/// The servers of the specification.
pub(crate) const SERVERS: [&str; 3] = [PRODUCTION, STAGING, DEVELOPMENT];
const PRODUCTION: &str = "https://api.confluent.cloud";
const STAGING: &str = "https://api.stag.cpdev.cloud";
const DEVELOPMENT: &str = "https://api.devel.cpdev.cloud";

/// A client of the Security Token Service: one token exchange at a time, [`exchange`](Self::exchange).
///
/// Cheap to clone; clones share their connections. Programs that need a valid token at any moment take a
/// [`TokenProvider`](crate::TokenProvider), which uses one.
///
/// ```no_run
/// # async fn exchange() -> Result<(), Box<dyn std::error::Error>> {
/// use sts_sdk::{Client, TokenExchangeRequest};
///
/// let client = Client::production()?;
/// let request = TokenExchangeRequest::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(std::env::var("SUBJECT_TOKEN")?);
/// let token = client.exchange(request).await?;
/// println!("valid for {} s", token.lifetime().as_secs());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    pub(super) generated: generated::Client,
}

impl Client {
    /// A client of Confluent Cloud, `https://api.confluent.cloud`.
    ///
    /// # Errors
    ///
    /// TLS cannot be set up, as on a system without root certificates.
    pub fn production() -> Result<Self, BuildError> {
        Self::for_base_url(PRODUCTION)
    }

    /// A client of Confluent Cloud's staging server, `https://api.stag.cpdev.cloud`.
    ///
    /// # Errors
    ///
    /// As [`production`](Self::production).
    pub fn staging() -> Result<Self, BuildError> {
        Self::for_base_url(STAGING)
    }

    /// A client of Confluent Cloud's development server, `https://api.devel.cpdev.cloud`.
    ///
    /// # Errors
    ///
    /// As [`production`](Self::production).
    pub fn development() -> Result<Self, BuildError> {
        Self::for_base_url(DEVELOPMENT)
    }

    /// A client of the server at `base_url`, a URL such as `https://api.confluent.cloud` to which the
    /// paths of the specification are appended. A path that it has comes before them, with or without a slash at its
    /// end. Plain http is accepted for loopback hosts only.
    ///
    /// # Errors
    ///
    /// `base_url` is not such a URL, or ends in the path of the operation, or TLS cannot be set up.
    pub fn for_base_url(base_url: &str) -> Result<Self, BuildError> {
        Self::builder().base_url(base_url).build()
    }

    /// The server's URL, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.generated.baseurl
    }

    /// Exchanges a subject token for an access token, and checks the reply.
    ///
    /// `request` is a [`TokenExchangeRequest`](crate::TokenExchangeRequest) or its builder.
    ///
    /// # Errors
    ///
    /// A request that the specification does not allow, or whose identity pool id looks like a JWT; neither is sent.
    /// No response in time. A 4xx or 5xx. A reply with an empty access token or one with other characters than
    /// visible ASCII, a `token_type` other than `Bearer` (in any case), an `expires_in` below 1, or an
    /// `issued_token_type` that was not asked for. [The table](crate#what-comes-back) has all.
    pub async fn exchange<R>(&self, request: R) -> Result<AccessToken, ExchangeError>
    where
        R: TryInto<StsV1TokenExchangeRequest>,
        R::Error: fmt::Display,
    {
        let request = request.try_into();
        let request = request.map_err(|error| ExchangeError::request(error.to_string()))?;
        exchange::exchange(&self.generated, request).await
    }

    /// The client as it is generated, with the operation as it is generated. It follows the same rules of the wire;
    /// its interface follows the generator's versions, see [`generated`].
    #[must_use]
    pub fn generated(&self) -> &generated::Client {
        &self.generated
    }
}
