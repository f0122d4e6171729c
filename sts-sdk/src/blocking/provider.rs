//! The providers, for callers without async.

use std::time::Duration;

use reqwest::header::HeaderValue;

use super::runtime::{NoOutput, Runtime};
use crate::build_error::BuildError;
use crate::provider::error::{Kind, Step, TokenError};
use crate::provider::external::ExternalToken;
use crate::provider::keep_fresh::KeepFresh;
use crate::provider::status::Status;
use crate::provider::tag::Tag;
use crate::provider::token::Token;

/// How much longer than its deadline a provider may take: a second for a runtime that is not driven, and one for ours.
const GRACE: Duration = Duration::from_secs(2);

/// Gives a valid access token at any moment, to any thread: a [`TokenProvider`](crate::TokenProvider) without async.
///
/// Cheap to clone; all clones share one token.
///
/// # Errors
///
/// They are the same, [`TokenError`]. Of a runtime that the call is made from they say nothing: it is not used.
#[derive(Clone, Debug)]
pub struct TokenProvider {
    tokens: crate::TokenProvider,
    runtime: Runtime,
}

/// Gives a valid external token at any moment, to any thread: an
/// [`ExternalTokenProvider`](crate::ExternalTokenProvider) without async, such as for the callback of a Kafka client.
///
/// Cheap to clone; all clones share one token.
#[derive(Clone, Debug)]
pub struct ExternalTokenProvider(TokenProvider);

impl TokenProvider {
    /// A face of `tokens`.
    ///
    /// # Errors
    ///
    /// There is no thread for the runtime.
    pub fn new(tokens: crate::TokenProvider) -> Result<Self, BuildError> {
        let runtime = Runtime::shared()?;
        Ok(Self { tokens, runtime })
    }

    /// A valid access token, as [`TokenProvider::token`](crate::TokenProvider::token) gives it.
    ///
    /// # Errors
    ///
    /// None could be obtained, or this is called on the thread of this module, where it cannot wait. A refresh fails at its
    /// [deadline](crate::TokenProviderBuilder::deadline); a caller waits for at most two seconds more than that.
    pub fn token(&self) -> Result<Token, TokenError> {
        if let Some(at_once) = self.runtime.at_once(self.tokens.token()) {
            return at_once;
        }
        let tokens = self.tokens.clone();
        let timeout = tokens.deadline() + GRACE;
        let token = self
            .runtime
            .wait(async move { tokens.token().await }, timeout);
        token.unwrap_or_else(|why| {
            Err(match why {
                NoOutput::WouldWaitForItself => self.tokens.error(Kind::WouldWaitForItself),
                NoOutput::TimedOut => self.tokens.overdue(),
                NoOutput::Panicked => self.tokens.error(Kind::Panicked(Step::Refresh)),
            })
        })
    }

    /// The value of an `authorization` header that presents a valid token, marked sensitive.
    ///
    /// # Errors
    ///
    /// As for [`token`](Self::token).
    pub fn authorization(&self) -> Result<HeaderValue, TokenError> {
        Ok(self.token()?.authorization().clone())
    }

    /// Stops serving `token`, after an API has answered it with 401; as
    /// [`TokenProvider::invalidate`](crate::TokenProvider::invalidate).
    pub fn invalidate(&self, token: impl AsRef<Tag>) -> bool {
        self.tokens.invalidate(token)
    }

    /// Refreshes without being asked, on the thread of the runtime; as
    /// [`TokenProvider::keep_fresh`](crate::TokenProvider::keep_fresh).
    ///
    /// # Errors
    ///
    /// The provider has a clock that cannot wait on a runtime of tokio.
    pub fn keep_fresh(&self) -> Result<KeepFresh, TokenError> {
        self.runtime.within(|| self.tokens.keep_fresh())
    }

    /// What the provider is doing.
    #[must_use]
    pub fn status(&self) -> Status {
        self.tokens.status()
    }
}

impl ExternalTokenProvider {
    /// A face of `tokens`.
    ///
    /// # Errors
    ///
    /// There is no thread for the runtime.
    pub fn new(tokens: &crate::ExternalTokenProvider) -> Result<Self, BuildError> {
        TokenProvider::new(tokens.inner().clone()).map(Self)
    }

    /// A valid external token, as [`ExternalTokenProvider::token`](crate::ExternalTokenProvider::token) gives it.
    ///
    /// # Errors
    ///
    /// There is none. A refresh fails at its [deadline](crate::ExternalTokenProviderBuilder::deadline); a caller waits for
    /// at most two seconds more than that.
    pub fn token(&self) -> Result<ExternalToken, TokenError> {
        self.0.token().map(ExternalToken::new)
    }

    /// The value of an `authorization` header that presents a valid token, marked sensitive.
    ///
    /// # Errors
    ///
    /// As for [`token`](Self::token).
    pub fn authorization(&self) -> Result<HeaderValue, TokenError> {
        self.0.authorization()
    }

    /// Stops serving `token`, after an API has answered it with 401; as
    /// [`ExternalTokenProvider::invalidate`](crate::ExternalTokenProvider::invalidate).
    pub fn invalidate(&self, token: impl AsRef<Tag>) -> bool {
        self.0.invalidate(token)
    }

    /// Refreshes without being asked, on the thread of the runtime; as
    /// [`TokenProvider::keep_fresh`](crate::TokenProvider::keep_fresh).
    ///
    /// # Errors
    ///
    /// The provider has a clock that cannot wait on a runtime of tokio.
    pub fn keep_fresh(&self) -> Result<KeepFresh, TokenError> {
        self.0.keep_fresh()
    }

    /// What the provider is doing.
    #[must_use]
    pub fn status(&self) -> Status {
        self.0.status()
    }
}
