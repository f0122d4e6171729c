//! A secret that the program gives, or that a file holds.

#[cfg(feature = "private-key")]
use std::borrow::Cow;
use std::path::PathBuf;

use crate::secret::Secret;
use crate::subject_token::error::SubjectTokenError;
use crate::subject_token::file::TokenFile;
use crate::subject_token::source::SubjectTokenSource;

#[derive(Clone)]
pub(super) enum SecretText {
    Text(Secret),
    File(TokenFile),
}

impl SecretText {
    /// That of the file at `path`, which errors call `what`.
    pub(super) fn file(what: &'static str, path: PathBuf) -> Self {
        Self::File(TokenFile::of(what, path))
    }

    /// It is read at each call, so that it can be replaced.
    pub(super) async fn read(&self) -> Result<Secret, SubjectTokenError> {
        match self {
            Self::Text(secret) => Ok(secret.clone()),
            Self::File(file) => {
                let secret = file.subject_token().await?;
                Ok(secret.secret().clone())
            }
        }
    }

    /// What errors call it, which is `text` if there is no file.
    #[cfg(feature = "private-key")]
    pub(super) fn describe(&self, text: &'static str) -> Cow<'_, str> {
        match self {
            Self::Text(_) => text.into(),
            Self::File(file) => file.describe(),
        }
    }
}
