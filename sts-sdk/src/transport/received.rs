//! A response that has arrived, and what is expected of it.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::body::Stopped;
use crate::redact::Credentials;
use crate::response_headers::ResponseHeaders;

/// What an operation expects of responses.
#[derive(Clone, Copy)]
pub(crate) struct Responses {
    /// The only status of success that is taken; any if there is none.
    pub(crate) success: Option<StatusCode>,
    /// Makes of the body of a 4xx or 5xx what the operation returns for it, without the request's credentials.
    pub(crate) failure: fn(StatusCode, &HeaderMap, Vec<u8>, &Credentials<'_>) -> FailureBody,
}

/// What an operation makes of the body of a 4xx or 5xx.
pub(crate) struct FailureBody {
    /// The JSON that the operation returns.
    pub(crate) json: Vec<u8>,
    pub(crate) notes: Notes,
}

/// What the body of a 4xx or 5xx says for which the operation's type has no place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes {
    /// What identifies the request to the server's operators.
    pub(crate) request_id: Option<String>,
    /// What to do about the failure.
    pub(crate) suggestion: Option<String>,
    /// Where to read on.
    pub(crate) doc_url: Option<String>,
    /// How many errors the body tells of, which may be more than are kept.
    pub(crate) errors: usize,
}

/// A response that has arrived, whole or in part.
pub(crate) struct Received {
    pub(crate) status: StatusCode,
    /// Fit to be printed.
    pub(crate) headers: HeaderMap,
    /// For a 4xx or 5xx what [`Responses::failure`] made of it.
    pub(crate) body: Result<Vec<u8>, Refused>,
    /// Empty for a success.
    pub(crate) notes: Notes,
}

impl Received {
    /// What identifies the request to Confluent's support.
    pub(crate) fn request_id(&self) -> Option<&str> {
        let of_body = self.notes.request_id.as_deref();
        self.headers.request_id().or(of_body)
    }
}

/// Why the body of a response was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The operation has no such status.
    Status,
    /// A redirect, which is not followed.
    Redirect,
    /// The HTTP client followed a redirect.
    Redirected,
    /// It could not be read to its end.
    Body(Stopped),
}
