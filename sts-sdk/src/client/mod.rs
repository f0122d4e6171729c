//! The client, and how it is made.

mod builder;
mod certificates;
mod client;
mod http_client;
mod proxies;

use crate::build_error::BuildError;
use certificates::Certificates;

pub use builder::ClientBuilder;
pub use client::Client;
pub(crate) use client::SERVERS;

/// An HTTP client with the TLS library that the features of this crate name; `configure` sets its options.
pub(crate) fn plain_client(
    configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
) -> Result<reqwest::Client, BuildError> {
    http_client::build(configure(certificates::builder()), &Certificates::default())
}
