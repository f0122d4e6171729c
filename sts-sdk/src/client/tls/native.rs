//! TLS by the platform's own library.

use reqwest::{Certificate, ClientBuilder, Identity};

use super::options::{NO_IDENTITY, NO_ROOT, Options};
use crate::build_error::BuildError;

/// TLS as connections use it: the platform's library.
#[derive(Clone)]
pub(in crate::client) struct Config {
    roots: Vec<Certificate>,
    identity: Option<Identity>,
}

impl Config {
    pub(in crate::client) fn new(options: &Options) -> Result<Self, BuildError> {
        let mut roots = Vec::new();
        for pem in &options.roots {
            match Certificate::from_pem_bundle(pem) {
                Ok(parsed) if !parsed.is_empty() => roots.extend(parsed),
                _ => return Err(BuildError::certificate(NO_ROOT)),
            }
        }
        let identity = options.identity.as_ref();
        let identity = identity
            .map(|own| Identity::from_pkcs8_pem(&own.chain, &own.key))
            .transpose()
            .map_err(|_| BuildError::certificate(NO_IDENTITY))?;
        Ok(Self { roots, identity })
    }

    pub(in crate::client) fn apply(self, builder: ClientBuilder) -> ClientBuilder {
        let builder = builder.tls_certs_merge(self.roots);
        match self.identity {
            Some(identity) => builder.identity(identity),
            None => builder,
        }
    }
}
