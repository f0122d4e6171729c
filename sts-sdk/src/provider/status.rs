//! What a provider is doing, for people and monitoring.

use std::time::Duration;

use super::error::TokenError;
use super::tag::Tag;
use crate::subject_token::Claims;

/// A snapshot of a [`TokenProvider`](crate::TokenProvider) or an [`ExternalTokenProvider`](crate::ExternalTokenProvider),
/// without any token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Status {
    /// The name that the provider goes by in logs.
    pub name: String,
    /// What it can serve.
    pub state: State,
    /// Which token is cached; `None` if none is.
    pub tag: Option<Tag>,
    /// The time since just before the exchange of the cached token; of an external token, since it was first read.
    pub age: Option<Duration>,
    /// The time until that token is refreshed in the background, zero if that is due. The refresh starts when
    /// somebody asks for a token.
    pub refresh_in: Option<Duration>,
    /// The time until that token is no longer valid.
    pub expires_in: Option<Duration>,
    /// Whether a refresh is under way.
    pub refreshing: bool,
    /// Why the last attempt failed, of a refresh that goes on as well, or that tokens are invalidated time and again;
    /// `None` once a refresh has succeeded.
    pub last_error: Option<TokenError>,
    /// The time until the next refresh may start, where the last one makes it wait.
    pub retry_in: Option<Duration>,
    /// What the last subject token said of itself.
    pub subject_token: Option<Claims>,
    /// Exchanges that were tried, since the provider was made, without those that were refused before anything was sent;
    /// 0 for external tokens, of which there are none.
    pub exchanges: u64,
    /// Tokens that were obtained, since the provider was made.
    pub tokens: u64,
    /// Refreshes that failed, with all their retries, since the provider was made.
    pub failures: u64,
}

/// What a [`TokenProvider`](crate::TokenProvider) can serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// No token was obtained.
    Empty,
    /// A token that needs nothing.
    Fresh,
    /// A token that is to be refreshed in the background.
    Due,
    /// A token that is served only where there is no newer one to be had.
    Expiring,
    /// A token that is not served any more.
    Expired,
    /// A token that was [invalidated](crate::TokenProvider::invalidate).
    Invalidated,
}
