//! A subject token that is known from the start.

use std::borrow::Cow;

use super::error::SubjectTokenError;
use super::source::SubjectTokenSource;
use super::token::SubjectToken;
use crate::clock::BoxFuture;
use crate::secret::Secret;

/// A subject token that never changes. When it has expired, exchanges fail: for short-lived programs and tests.
///
/// # At Confluent
///
/// An identity provider with the issuer and the JWKS URI of whoever issued the token, and an identity pool with a filter on its
/// claims, such as `claims.aud == "confluent" && claims.sub == "my-workload"`.
///
/// # Example
///
/// ```no_run
/// # fn build(jwt: String) -> Result<(), sts_sdk::BuildError> {
/// use sts_sdk::TokenProvider;
/// use sts_sdk::subject_token::StaticToken;
///
/// let tokens = TokenProvider::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(StaticToken::new(jwt))
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Variables
///
/// None. As a [setting](crate::settings), the token is `CONFLUENT_STS_TOKEN`.
///
/// # Errors
///
/// It has none. A provider says of a token that is no JWT, has expired or is not valid yet what is wrong with it.
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
