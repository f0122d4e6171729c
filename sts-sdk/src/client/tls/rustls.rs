//! TLS by rustls.

use std::sync::Arc;

use reqwest::ClientBuilder;
use rustls::ClientConfig;
use rustls::crypto::{self, CryptoProvider};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls_platform_verifier::Verifier;

use super::options::{NO_IDENTITY, NO_ROOT, Options};
use crate::build_error::BuildError;

/// TLS as connections use it: rustls with the process's crypto provider, or ours where none is
/// installed, and the platform's root certificates. reqwest itself would panic without a provider.
///
/// Reading the platform's certificates takes milliseconds; a `Config` is made once for a client.
#[derive(Clone)]
pub(in crate::client) struct Config(ClientConfig);

impl Config {
    pub(in crate::client) fn new(options: &Options) -> Result<Self, BuildError> {
        let provider = match CryptoProvider::get_default() {
            Some(installed) => Arc::clone(installed),
            None => Arc::new(provider()),
        };
        let mut roots = Vec::new();
        for pem in &options.roots {
            roots.extend(certificates(pem, NO_ROOT)?);
        }
        let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider));
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(BuildError::tls)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier.map_err(BuildError::tls)?));
        let mut config = match &options.identity {
            Some(identity) => {
                let chain = certificates(&identity.chain, NO_IDENTITY)?;
                let key = PrivateKeyDer::from_pem_slice(&identity.key)
                    .map_err(|_| BuildError::certificate(NO_IDENTITY))?;
                config
                    .with_client_auth_cert(chain, key)
                    .map_err(|_| BuildError::certificate(NO_IDENTITY))?
            }
            None => config.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(config))
    }

    pub(in crate::client) fn apply(self, builder: ClientBuilder) -> ClientBuilder {
        builder.tls_backend_preconfigured(self.0)
    }
}

fn certificates(
    pem: &[u8],
    refused: &'static str,
) -> Result<Vec<CertificateDer<'static>>, BuildError> {
    let parsed: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match parsed {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(BuildError::certificate(refused)),
    }
}

#[cfg(feature = "rustls-aws-lc-rs")]
fn provider() -> CryptoProvider {
    crypto::aws_lc_rs::default_provider()
}

#[cfg(all(feature = "rustls", not(feature = "rustls-aws-lc-rs")))]
fn provider() -> CryptoProvider {
    crypto::ring::default_provider()
}
