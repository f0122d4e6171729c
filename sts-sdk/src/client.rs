//! How a client is made.

use std::time::Duration;

use reqwest::redirect;

use crate::build_error::BuildError;
use crate::generated::Client;
use crate::transport::Transport;
use crate::{base_url, tls};

/// Longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest wait for a response, all of its body included.
const TIMEOUT: Duration = Duration::from_secs(30);

impl Client {
    /// A client of Confluent Cloud, `https://api.confluent.cloud`.
    ///
    /// # Errors
    ///
    /// TLS cannot be set up, as on a system without root certificates.
    pub fn production() -> Result<Self, BuildError> {
        Self::for_base_url("https://api.confluent.cloud")
    }

    /// A client of Confluent Cloud's staging server, `https://api.stag.cpdev.cloud`.
    ///
    /// # Errors
    ///
    /// As [`production`](Self::production).
    pub fn staging() -> Result<Self, BuildError> {
        Self::for_base_url("https://api.stag.cpdev.cloud")
    }

    /// A client of Confluent Cloud's development server, `https://api.devel.cpdev.cloud`.
    ///
    /// # Errors
    ///
    /// As [`production`](Self::production).
    pub fn development() -> Result<Self, BuildError> {
        Self::for_base_url("https://api.devel.cpdev.cloud")
    }

    /// A client of the server at `base_url`, a URL such as `https://api.confluent.cloud` to which the
    /// paths of the specification are appended. Plain http is accepted for loopback hosts only.
    ///
    /// Connecting may take 10 seconds, the whole response 30; redirects are not followed.
    ///
    /// # Errors
    ///
    /// `base_url` is not such a URL, or TLS cannot be set up.
    pub fn for_base_url(base_url: &str) -> Result<Self, BuildError> {
        let http_client = Self::http_client_builder()?
            .build()
            .map_err(BuildError::http_client)?;
        tls::check(base_url)?;
        Self::with_http_client(base_url, http_client)
    }

    /// What [`for_base_url`](Self::for_base_url) builds its HTTP client with: TLS by the feature of this
    /// crate, time-outs, no redirects. Add proxies, certificates or other time-outs, build it, and give
    /// it to [`with_http_client`](Self::with_http_client).
    ///
    /// Where the feature `rustls` of this crate is what gives `reqwest` its TLS,
    /// `reqwest::Client::builder()` panics when built unless the process has installed a rustls
    /// `CryptoProvider`; this builder does not need one.
    ///
    /// # Errors
    ///
    /// TLS cannot be set up, as on a system without root certificates.
    pub fn http_client_builder() -> Result<reqwest::ClientBuilder, BuildError> {
        tls::configure(
            reqwest::Client::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .timeout(TIMEOUT)
                .redirect(redirect::Policy::none()),
        )
    }

    /// A client of the server at `base_url` (see [`for_base_url`](Self::for_base_url)) that sends its
    /// requests with `http_client`, whose proxies, certificates and time-outs it uses.
    ///
    /// Start from [`http_client_builder`](Self::http_client_builder), or set
    /// [`redirect::Policy::none`]: following a redirect could hand the subject token to another host.
    ///
    /// # Errors
    ///
    /// `base_url` is not such a URL.
    pub fn with_http_client(
        base_url: &str,
        http_client: reqwest::Client,
    ) -> Result<Self, BuildError> {
        let base_url = base_url::parse(base_url)?;
        Ok(Self::new_with_client(
            &base_url,
            http_client,
            Transport::default(),
        ))
    }
}
