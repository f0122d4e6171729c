//! A subject token in an environment variable.

use std::borrow::Cow;
use std::env::{self, VarError};

use super::error::SubjectTokenError;
use super::source::SubjectTokenSource;
use super::token::SubjectToken;
use crate::clock::BoxFuture;
use crate::secret::Secret;

/// The subject token is the value of an environment variable, read anew before each exchange.
///
/// Other processes of the same user can read it, and child processes inherit it; prefer a [file](crate::subject_token::TokenFile).
///
/// # At the platform
///
/// In a GitLab pipeline it is a variable that the job declares with the keyword `id_tokens:`, in CircleCI it is
/// `CIRCLE_OIDC_TOKEN_V2`. `docs/subject-tokens.md` has a recipe for each. A process cannot see a variable change: when the
/// token has expired, there is no other.
///
/// # At Confluent
///
/// An identity provider with the issuer and the JWKS URI of the platform, and an identity pool with a filter on the claims of
/// the token, such as, for GitLab,
///
/// ```text
/// claims.aud == "confluent" && claims.project_path == "my-group/my-project" && claims.ref_protected == "true"
/// ```
///
/// # Example
///
/// ```no_run
/// # fn build() -> Result<(), sts_sdk::BuildError> {
/// use sts_sdk::TokenProvider;
/// use sts_sdk::subject_token::EnvironmentVariable;
///
/// let tokens = TokenProvider::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(EnvironmentVariable::new("CONFLUENT_ID_TOKEN"))
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Variables
///
/// The one that is named. As a [setting](crate::settings), its name is `CONFLUENT_STS_TOKEN_VARIABLE`.
///
/// # Errors
///
/// | error | transient | what to do |
/// | --- | --- | --- |
/// | it is not set, or empty | no | declare it in this very job |
/// | it is not text | no | set it to the token |
/// | expired … s ago (`exp`), of the provider | no | the process outlived its token: take a source that gives more than one |
#[derive(Clone, Debug)]
pub struct EnvironmentVariable(String);

impl EnvironmentVariable {
    /// Reads the variable `name`.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    fn read(&self) -> Result<Secret, SubjectTokenError> {
        let what = format!("the environment variable {:?}", self.0);
        match env::var(&self.0).map(Secret::from) {
            Ok(value) if value.expose_secret().trim().is_empty() => {
                let why = format!("{what} is empty; set it to the subject token");
                Err(SubjectTokenError::permanent(why))
            }
            Ok(value) => Ok(value),
            Err(VarError::NotPresent) => {
                let why = format!("{what} is not set; set it to the subject token");
                Err(SubjectTokenError::permanent(why))
            }
            // The text of this error shows the value.
            Err(VarError::NotUnicode(_)) => {
                let why = format!("{what} is not text; set it to the subject token");
                Err(SubjectTokenError::permanent(why))
            }
        }
    }
}

impl SubjectTokenSource for EnvironmentVariable {
    fn describe(&self) -> Cow<'_, str> {
        format!("the environment variable {:?}", self.0).into()
    }

    fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
        Box::pin(async { self.read().map(SubjectToken::from) })
    }
}
