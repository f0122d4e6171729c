//! Which TLS library connections use, and which certificates.

#[cfg_attr(feature = "_rustls", path = "rustls.rs")]
#[cfg_attr(
    all(feature = "native-tls", not(feature = "_rustls")),
    path = "native.rs"
)]
#[cfg_attr(
    not(any(feature = "native-tls", feature = "_rustls")),
    path = "none.rs"
)]
mod backend;
mod options;

use crate::build_error::BuildError;

pub(super) use backend::Config;
pub(super) use options::{Identity, Options};

/// Refuses https if this crate is built without TLS.
pub(super) fn check(base_url: &str) -> Result<(), BuildError> {
    let available = cfg!(any(feature = "_rustls", feature = "native-tls"));
    if available || !base_url.starts_with("https:") {
        return Ok(());
    }
    Err(BuildError::base_url(
        base_url,
        "needs TLS; enable the feature rustls, rustls-aws-lc-rs or native-tls of sts-sdk",
    ))
}
