//! A subject token that is known from the start.

use std::borrow::Cow;

use super::error::SubjectTokenError;
use super::source::SubjectTokenSource;
use super::token::SubjectToken;
use crate::clock::BoxFuture;
use crate::secret::Secret;

/// A subject token that never changes. When it has expired, exchanges fail: for short-lived programs and tests.
#[derive(Clone, Debug)]
pub struct StaticToken(Secret);

impl StaticToken {
    /// Always gives `token`.
    #[must_use]
    pub fn new(token: impl Into<Secret>) -> Self {
        Self(token.into())
    }
}

impl SubjectTokenSource for StaticToken {
    fn describe(&self) -> Cow<'_, str> {
        "the static token".into()
    }

    fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
        Box::pin(async { Ok(SubjectToken::from(self.0.clone())) })
    }
}
