//! What came back.

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde::de::DeserializeOwned;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::failure;
use crate::redact::{Credentials, line_of};
use crate::response_headers::ResponseHeaders;
use crate::subject_token::error::SubjectTokenError;
use crate::transport::Stopped;

/// Longest content type that is printed, in characters.
const LONGEST_TYPE: usize = 60;

/// A response to the request of a source.
pub(in crate::subject_token) struct Answer {
    /// Whose answer it is, and from where.
    from: String,
    pub(in crate::subject_token) status: StatusCode,
    pub(in crate::subject_token) headers: HeaderMap,
    pub(in crate::subject_token) body: Zeroizing<Vec<u8>>,
    /// What a 3xx, 4xx or 5xx says, in one line without credentials; may be empty.
    said: String,
}

impl Answer {
    pub(in crate::subject_token) fn new(
        from: String,
        status: StatusCode,
        headers: HeaderMap,
        body: Vec<u8>,
        credentials: &Credentials<'_>,
    ) -> Self {
        let body = Zeroizing::new(body);
        let mut said = String::new();
        if status.is_client_error() || status.is_server_error() {
            said = failure::said_by(status, &headers, body.to_vec(), credentials);
        }
        Self {
            from,
            status,
            headers,
            body,
            said,
        }
    }

    /// The same, of which only the source knows what it says: one line without credentials.
    #[cfg(feature = "aws")]
    pub(in crate::subject_token) fn saying(self, said: String) -> Self {
        Self { said, ..self }
    }

    /// The error of an answer other than a success. `what_to_do` follows what the server says.
    pub(in crate::subject_token) fn refused(&self, what_to_do: &str) -> SubjectTokenError {
        let Self {
            from, status, said, ..
        } = self;
        let mut why = format!("{from} answered {status}");
        if status.is_redirection() {
            why.push_str(", a redirect, which is not followed");
        }
        for part in [said, what_to_do] {
            if !part.is_empty() {
                why = format!("{why}: {part}");
            }
        }
        let again = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
        let error = if again.contains(status)
            || (status.is_server_error() && *status != StatusCode::NOT_IMPLEMENTED)
        {
            SubjectTokenError::transient(why)
        } else {
            SubjectTokenError::permanent(why)
        };
        match self.headers.retry_after() {
            Some(wait) => error.with_retry_after(wait),
            None => error,
        }
    }

    /// The error of a success that is not what was asked for.
    pub(in crate::subject_token) fn unusable(&self, why: &str) -> SubjectTokenError {
        let Self { from, status, .. } = self;
        SubjectTokenError::permanent(format!("{from} answered {status}, but {why}"))
    }

    /// The error of a success whose body was not read to its end.
    pub(in crate::subject_token) fn cut(&self, stopped: Stopped) -> SubjectTokenError {
        let Self { from, status, .. } = self;
        let answered = format!("{from} answered {status}, but");
        match stopped {
            Stopped::TooLong(limit) => SubjectTokenError::permanent(format!(
                "{answered} with more than {limit} bytes, which is no token"
            )),
            Stopped::CutShort => {
                SubjectTokenError::transient(format!("{answered} the connection ended too early"))
            }
            Stopped::TimedOut => {
                SubjectTokenError::transient(format!("{answered} the rest did not come in time"))
            }
        }
    }

    /// The body as JSON. What it holds is not printed.
    pub(in crate::subject_token) fn json<T: DeserializeOwned>(
        &self,
    ) -> Result<T, SubjectTokenError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let content_type = self.headers.get(CONTENT_TYPE).map(|value| {
                let value = String::from_utf8_lossy(value.as_bytes());
                format!("; its content type is {:?}", line_of(&value, LONGEST_TYPE))
            });
            let what = if serde_json::from_slice::<Value>(&self.body).is_ok() {
                "its JSON has not what was asked for"
            } else {
                "it is not JSON"
            };
            // The text of an error of data quotes the value.
            let place = format!("line {} column {}", error.line(), error.column());
            let content_type = content_type.unwrap_or_default();
            self.unusable(&format!("{what} at {place}{content_type}"))
        })
    }
}
