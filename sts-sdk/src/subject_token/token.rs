//! What a source of subject tokens gives.

use std::time::SystemTime;

use crate::secret::Secret;

/// A JWT that the workload's own identity provider issued: the secret and, where its source knows it, when it stops
/// being valid.
///
/// Made of a text or a [`Secret`] with `From`.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use sts_sdk::subject_token::SubjectToken;
///
/// let token = SubjectToken::from("eyJhbGciOi...");
/// assert!(token.expires_at().is_none());
/// let end = SystemTime::now() + Duration::from_secs(3600);
/// assert_eq!(token.valid_until(end).expires_at(), Some(end));
/// ```
#[derive(Clone, Debug)]
pub struct SubjectToken {
    secret: Secret,
    expires_at: Option<SystemTime>,
}

impl SubjectToken {
    /// The same token, which stops being valid at `end`.
    #[must_use]
    pub fn valid_until(self, end: SystemTime) -> Self {
        Self {
            expires_at: Some(end),
            ..self
        }
    }

    /// The token itself.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// When it stops being valid, if its source knows.
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at
    }
}

impl From<Secret> for SubjectToken {
    fn from(secret: Secret) -> Self {
        Self {
            secret,
            expires_at: None,
        }
    }
}

impl From<String> for SubjectToken {
    fn from(text: String) -> Self {
        Self::from(Secret::from(text))
    }
}

impl From<&str> for SubjectToken {
    fn from(text: &str) -> Self {
        Self::from(Secret::from(text))
    }
}
