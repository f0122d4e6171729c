//! What presents an external token to the data plane.

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use super::identifier;
use super::pools::Pools;
use crate::build_error::BuildError;
use crate::provider::error::TokenError;
use crate::provider::external::ExternalTokenProvider;
use crate::provider::tag::Tag;

const IDENTITY_POOL: HeaderName = HeaderName::from_static("confluent-identity-pool-id");
const TARGET: HeaderName = HeaderName::from_static("target-sr-cluster");

/// An external token, and the headers beside it.
#[derive(Clone, Debug)]
pub(super) struct External {
    pub(super) tokens: ExternalTokenProvider,
    beside: Vec<(HeaderName, HeaderValue)>,
}

impl External {
    pub(super) fn new(tokens: ExternalTokenProvider) -> Self {
        Self {
            tokens,
            beside: Vec::new(),
        }
    }

    /// The same with the headers that name identity pools and the cluster of a Schema Registry, where they are given.
    ///
    /// # Errors
    ///
    /// A value cannot be sent.
    pub(super) fn beside(
        mut self,
        pools: Option<&Pools>,
        cluster: Option<&str>,
    ) -> Result<Self, BuildError> {
        let cluster = cluster
            .map(|id| identifier::checked("target_sr_cluster", "lsrc-abc", id))
            .transpose()?;
        let pools = pools.and_then(Pools::value);
        for (name, value) in [(IDENTITY_POOL, pools), (TARGET, cluster)] {
            if let Some(value) = value {
                let value = HeaderValue::try_from(value)
                    .map_err(|_| BuildError::option("an id has characters that no header has"))?;
                self.beside.push((name, value));
            }
        }
        Ok(self)
    }

    /// Sets the headers, but for those beside the token that the caller has set. Which token it is.
    pub(super) async fn present(&self, headers: &mut HeaderMap) -> Result<Tag, TokenError> {
        let token = self.tokens.token().await?;
        headers.insert(AUTHORIZATION, token.authorization().clone());
        for (name, value) in &self.beside {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        Ok(token.tag())
    }
}
