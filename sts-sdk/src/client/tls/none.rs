//! No TLS: only plain http works.

use reqwest::ClientBuilder;

use super::options::{NO_IDENTITY, NO_ROOT, Options};
use crate::build_error::BuildError;

/// No TLS.
#[derive(Clone)]
pub(in crate::client) struct Config;

impl Config {
    pub(in crate::client) fn new(options: &Options) -> Result<Self, BuildError> {
        if options.identity.is_some() {
            return Err(BuildError::certificate(NO_IDENTITY));
        }
        if !options.roots.is_empty() {
            return Err(BuildError::certificate(NO_ROOT));
        }
        Ok(Self)
    }

    #[allow(clippy::unused_self, reason = "the shape of the other backends")]
    pub(in crate::client) fn apply(self, builder: ClientBuilder) -> ClientBuilder {
        builder
    }
}
