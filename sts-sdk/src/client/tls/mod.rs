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

use std::fmt;

use zeroize::Zeroizing;

use crate::build_error::BuildError;

pub(super) use backend::Config;

/// Certificates beside the platform's, in PEM.
#[derive(Default)]
pub(super) struct Options {
    pub(super) roots: Vec<Vec<u8>>,
    pub(super) identity: Option<Identity>,
}

/// A client certificate with its private key, in PEM.
#[cfg_attr(
    not(any(feature = "native-tls", feature = "_rustls")),
    allow(dead_code)
)]
pub(super) struct Identity {
    pub(super) chain: Vec<u8>,
    pub(super) key: Zeroizing<Vec<u8>>,
}

impl Options {
    pub(super) fn is_set(&self) -> bool {
        !self.roots.is_empty() || self.identity.is_some()
    }
}

/// Without the private key.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("roots", &self.roots.len())
            .field("identity", &self.identity.is_some())
            .finish()
    }
}

const NO_ROOT: &str = if cfg!(any(feature = "native-tls", feature = "_rustls")) {
    "a root certificate is not one; give it in PEM"
} else {
    "a root certificate needs TLS; enable the feature rustls, rustls-aws-lc-rs or native-tls of sts-sdk"
};
const NO_IDENTITY: &str = if cfg!(any(feature = "native-tls", feature = "_rustls")) {
    "a client certificate or its private key is not one; give both in PEM"
} else {
    "a client certificate needs TLS; enable the feature rustls, rustls-aws-lc-rs or native-tls of sts-sdk"
};

/// Refuses https where nothing here speaks it.
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
