//! How a client is made.

pub(crate) mod builder;
mod certificates;
mod http_client;

use crate::build_error::BuildError;
use crate::generated::Client;
use builder::ClientBuilder;

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
    /// paths of the specification are appended. A path that it has comes before them, with or without a slash at its
    /// end. Plain http is accepted for loopback hosts only.
    ///
    /// # Errors
    ///
    /// `base_url` is not such a URL, or TLS cannot be set up.
    pub fn for_base_url(base_url: &str) -> Result<Self, BuildError> {
        Self::builder().base_url(base_url).build()
    }

    /// A builder of clients: server, time-outs, proxies, certificates.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }
}
