//! What a token endpoint answers.

use serde::Deserialize;

use crate::secret::Secret;
use crate::subject_token::error::SubjectTokenError;
use crate::subject_token::http::Answer;
use crate::subject_token::seconds::Seconds;

/// RFC 6749, section 5.1.
#[derive(Deserialize)]
pub(super) struct Reply {
    pub(super) access_token: Secret,
    pub(super) expires_in: Option<Seconds>,
}

impl Reply {
    pub(super) fn read(answer: &Answer) -> Result<Self, SubjectTokenError> {
        if answer.status.is_success() {
            return answer.json();
        }
        Err(answer.refused(match answer.status.as_u16() {
            401 => "check the client id and its secret or key",
            404 | 405 => "check the token URL",
            _ => "",
        }))
    }
}
