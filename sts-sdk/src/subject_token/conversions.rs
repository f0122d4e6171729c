//! Errors of files and of HTTP as errors of a source, for `?` in a closure.

use std::error::Error;
use std::io;

use reqwest::StatusCode;

use super::error::SubjectTokenError;
use crate::redact::causes;

impl SubjectTokenError {
    /// `error` of reading a file: permanent if the file may not be read or is no text, transient otherwise, since
    /// files are missing while they are replaced.
    pub(super) fn of_io(why: impl Into<String>, error: io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::IsADirectory
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::PermissionDenied => Self::permanent,
            _ => Self::transient,
        };
        kind(why).caused_by(error)
    }
}

/// Permanent if a file may not be read, is a directory or is not text; otherwise transient.
impl From<io::Error> for SubjectTokenError {
    fn from(error: io::Error) -> Self {
        Self::of_io("reading the subject token failed", error)
    }
}

/// Without the URL, which may hold a credential. Transient if there was no complete response in time, or a status of
/// 408, 429 or 5xx; permanent if it was not sent, redirected too often, answered with another status or not with JSON.
impl From<reqwest::Error> for SubjectTokenError {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let what = "the request for the subject token";
        if let Some(status) = error.status() {
            let why = format!("{what} was answered with {status}");
            let again = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
            return if status.is_server_error() || again.contains(&status) {
                Self::transient(why)
            } else {
                Self::permanent(why)
            };
        }
        // The innermost cause says what happened, the others that a request failed.
        let cause = causes(&error).last().map(ToString::to_string);
        let why = format!("{what} failed: {}", cause.unwrap_or_default());
        // The connection that ends within a body is an error of decoding as well.
        let is_json = causes(&error).any(<dyn Error>::is::<serde_json::Error>);
        if error.is_builder() || error.is_redirect() || is_json {
            Self::permanent(why)
        } else {
            Self::transient(why)
        }
    }
}
