//! What is presented to an API, and where it comes from.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap};

use super::external::External;
use super::takes::Takes;
use crate::clock::BoxFuture;
use crate::provider::TokenProvider;
use crate::provider::error::TokenError;
use crate::provider::tag::Tag;

/// Gives the headers that present a token, and takes back a token that was refused.
#[derive(Clone, Debug)]
pub(crate) enum Credentials {
    /// The access token of STS, for the APIs of the control plane.
    AccessToken(TokenProvider),
    /// The token of the workload's own identity provider, for the data plane.
    External(External),
}

impl Credentials {
    /// Sets the headers that present a valid token. Which one it is.
    pub(super) async fn present(&self, headers: &mut HeaderMap) -> Result<Tag, TokenError> {
        match self {
            Self::AccessToken(tokens) => {
                let token = tokens.token().await?;
                headers.insert(AUTHORIZATION, token.authorization().clone());
                Ok(token.tag())
            }
            Self::External(external) => external.present(headers).await,
        }
    }

    /// Takes back a token that an API answered with 401.
    pub(super) fn invalidate(&self, tag: Tag) -> bool {
        match self {
            Self::AccessToken(tokens) => tokens.invalidate(tag),
            Self::External(external) => external.tokens.invalidate(tag),
        }
    }

    /// A wait by the clock of the provider; `None` on a runtime that cannot wait.
    pub(super) fn timer(&self, duration: Duration) -> Option<BoxFuture<'static, ()>> {
        match self {
            Self::AccessToken(tokens) => tokens.timer(duration),
            Self::External(external) => external.tokens.inner().timer(duration),
        }
    }

    /// Whether an operation that takes `takes` takes these.
    pub(super) fn suit(&self, takes: Takes) -> bool {
        match self {
            Self::AccessToken(_) => matches!(takes, Takes::AccessToken | Takes::Either),
            Self::External(_) => matches!(takes, Takes::ExternalToken | Takes::Either),
        }
    }

    /// What they are, for people.
    pub(super) fn described(&self) -> &'static str {
        match self {
            Self::AccessToken(_) => "an access token of STS",
            Self::External(_) => "an external token",
        }
    }
}
