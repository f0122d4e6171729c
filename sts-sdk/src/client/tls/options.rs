//! Certificates that a client was given.

use std::fmt;

use zeroize::Zeroizing;

/// Certificates beside the platform's, in PEM.
#[derive(Default)]
pub(in crate::client) struct Options {
    pub(in crate::client) roots: Vec<Vec<u8>>,
    pub(in crate::client) identity: Option<Identity>,
}

/// A client certificate with its private key, in PEM.
#[cfg_attr(
    not(any(feature = "native-tls", feature = "_rustls")),
    allow(dead_code)
)]
pub(in crate::client) struct Identity {
    pub(in crate::client) chain: Vec<u8>,
    pub(in crate::client) key: Zeroizing<Vec<u8>>,
}

impl Options {
    pub(in crate::client) fn is_set(&self) -> bool {
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

pub(super) const NO_ROOT: &str = if cfg!(any(feature = "native-tls", feature = "_rustls")) {
    "a root certificate is not one; give it in PEM"
} else {
    "a root certificate needs TLS; enable the feature rustls, rustls-aws-lc-rs or native-tls of sts-sdk"
};
pub(super) const NO_IDENTITY: &str = if cfg!(any(feature = "native-tls", feature = "_rustls")) {
    "a client certificate or its private key is not one; give both in PEM"
} else {
    "a client certificate needs TLS; enable the feature rustls, rustls-aws-lc-rs or native-tls of sts-sdk"
};
