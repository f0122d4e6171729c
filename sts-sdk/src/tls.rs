//! Which TLS library connections use.

use reqwest::ClientBuilder;

use crate::build_error::BuildError;

/// Gives `builder` rustls with the process's crypto provider, or ours where none is installed, and the
/// platform's root certificates. reqwest itself would panic without a provider.
#[cfg(feature = "_rustls")]
pub(crate) fn configure(builder: ClientBuilder) -> Result<ClientBuilder, BuildError> {
    use std::sync::Arc;

    use rustls::ClientConfig;
    use rustls::crypto::CryptoProvider;
    use rustls_platform_verifier::BuilderVerifierExt;

    let provider = match CryptoProvider::get_default() {
        Some(installed) => Arc::clone(installed),
        None => Arc::new(provider()),
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(BuildError::tls)?
        .with_platform_verifier()
        .map_err(BuildError::tls)?
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(builder.tls_backend_preconfigured(config))
}

#[cfg(feature = "rustls-aws-lc-rs")]
fn provider() -> rustls::crypto::CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}

#[cfg(all(feature = "rustls", not(feature = "rustls-aws-lc-rs")))]
fn provider() -> rustls::crypto::CryptoProvider {
    rustls::crypto::ring::default_provider()
}

/// Leaves `builder` what reqwest was built with: native TLS, or none.
#[cfg(not(feature = "_rustls"))]
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn configure(builder: ClientBuilder) -> Result<ClientBuilder, BuildError> {
    Ok(builder)
}

/// Refuses https where nothing here speaks it.
pub(crate) fn check(base_url: &str) -> Result<(), BuildError> {
    let available = cfg!(any(feature = "_rustls", feature = "native-tls"));
    if available || !base_url.starts_with("https:") {
        return Ok(());
    }
    Err(BuildError::base_url(
        base_url,
        "needs TLS; enable the feature rustls, rustls-aws-lc-rs or native-tls of sts-sdk",
    ))
}
