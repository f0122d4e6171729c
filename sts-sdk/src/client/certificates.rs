//! Certificates that a client was given, and the TLS library that they are for.

use std::fmt;

use reqwest::ClientBuilder;
use zeroize::Zeroizing;

use crate::build_error::BuildError;

/// Whether this crate is built with TLS.
pub(super) const HAS_TLS: bool = cfg!(any(
    feature = "rustls",
    feature = "rustls-no-provider",
    feature = "native-tls"
));

pub(super) const NEEDS_TLS: &str =
    "needs TLS; enable the feature rustls, rustls-no-provider or native-tls of sts-sdk";
const NO_ROOT: &str = if HAS_TLS {
    "root_certificates got what is no certificate; give it one or more in PEM"
} else {
    "root_certificates needs TLS; enable the feature rustls, rustls-no-provider or native-tls of sts-sdk"
};
const NO_IDENTITY: &str = if HAS_TLS {
    "client_certificate got no certificate, or no private key that belongs to it; give it both in PEM"
} else {
    "client_certificate needs TLS; enable the feature rustls, rustls-no-provider or native-tls of sts-sdk"
};

/// Certificates beside the platform's, in PEM.
#[derive(Default)]
pub(super) struct Certificates {
    roots: Vec<Vec<u8>>,
    identity: Option<Identity>,
}

/// A client certificate with its private key, in PEM.
struct Identity {
    chain: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

impl Certificates {
    pub(super) fn add_root(&mut self, pem: Vec<u8>) {
        self.roots.push(pem);
    }

    pub(super) fn set_identity(&mut self, chain: Vec<u8>, key: Vec<u8>) {
        let key = key.into();
        self.identity = Some(Identity { chain, key });
    }

    pub(super) fn apply(&self, builder: ClientBuilder) -> Result<ClientBuilder, BuildError> {
        self.apply_identity(self.apply_roots(builder)?)
    }

    fn apply_roots(&self, builder: ClientBuilder) -> Result<ClientBuilder, BuildError> {
        self.roots.iter().try_fold(builder, |builder, pem| {
            backend::root(builder, pem).ok_or_else(|| BuildError::certificate(NO_ROOT))
        })
    }

    fn apply_identity(&self, builder: ClientBuilder) -> Result<ClientBuilder, BuildError> {
        let Some(Identity { chain, key }) = &self.identity else {
            return Ok(builder);
        };
        backend::identity(builder, chain, key).ok_or_else(|| BuildError::certificate(NO_IDENTITY))
    }

    /// What of these a TLS library refuses that has nothing against a client without them. Some of what is no certificate
    /// shows only when the client is built.
    pub(super) fn refused_by(
        &self,
        built: impl Fn(ClientBuilder) -> bool,
    ) -> Result<(), BuildError> {
        if !built(self.apply_roots(builder())?) {
            return Err(BuildError::certificate(NO_ROOT));
        }
        if !built(self.apply_identity(builder())?) {
            return Err(BuildError::certificate(NO_IDENTITY));
        }
        Ok(())
    }
}

/// Without the private key.
impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates")
            .field("roots", &self.roots.len())
            .field("identity", &self.identity.is_some())
            .finish()
    }
}

/// A builder of `reqwest` with the TLS library that the features of this crate name, whatever else in the program enables
/// of `reqwest`: a client certificate is parsed for one library and refused by the other.
pub(super) fn builder() -> ClientBuilder {
    backend::choose(ClientBuilder::new())
}

#[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
mod backend {
    use reqwest::{ClientBuilder, Identity};
    use zeroize::Zeroizing;

    pub(super) use super::any_backend::root;

    pub(super) fn choose(builder: ClientBuilder) -> ClientBuilder {
        builder.tls_backend_rustls()
    }

    pub(super) fn identity(
        builder: ClientBuilder,
        chain: &[u8],
        key: &[u8],
    ) -> Option<ClientBuilder> {
        // Of several keys the last one is taken.
        let pem = Zeroizing::new([chain, b"\n", key].concat());
        Some(builder.identity(Identity::from_pem(&pem).ok()?))
    }
}

#[cfg(all(
    feature = "native-tls",
    not(any(feature = "rustls", feature = "rustls-no-provider"))
))]
mod backend {
    use reqwest::{ClientBuilder, Identity};

    pub(super) use super::any_backend::root;

    pub(super) fn choose(builder: ClientBuilder) -> ClientBuilder {
        builder.tls_backend_native()
    }

    pub(super) fn identity(
        builder: ClientBuilder,
        chain: &[u8],
        key: &[u8],
    ) -> Option<ClientBuilder> {
        Some(builder.identity(Identity::from_pkcs8_pem(chain, key).ok()?))
    }
}

#[cfg(any(
    feature = "rustls",
    feature = "rustls-no-provider",
    feature = "native-tls"
))]
mod any_backend {
    use reqwest::{Certificate, ClientBuilder};

    pub(super) fn root(builder: ClientBuilder, pem: &[u8]) -> Option<ClientBuilder> {
        let parsed = Certificate::from_pem_bundle(pem).ok()?;
        (!parsed.is_empty()).then(|| builder.tls_certs_merge(parsed))
    }
}

#[cfg(not(any(
    feature = "rustls",
    feature = "rustls-no-provider",
    feature = "native-tls"
)))]
mod backend {
    use reqwest::ClientBuilder;

    pub(super) fn choose(builder: ClientBuilder) -> ClientBuilder {
        builder
    }

    pub(super) fn root(_: ClientBuilder, _: &[u8]) -> Option<ClientBuilder> {
        None
    }

    pub(super) fn identity(_: ClientBuilder, _: &[u8], _: &[u8]) -> Option<ClientBuilder> {
        None
    }
}
