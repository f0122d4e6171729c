//! A response that has arrived, and what is expected of it.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::body::Stopped;
use crate::redact::Credentials;

/// What an operation expects of responses.
#[derive(Clone, Copy)]
pub(crate) struct Responses {
    /// The only status of success that is taken; any if there is none.
    pub(crate) success: Option<StatusCode>,
    /// Makes of the body of a 4xx or 5xx what the operation returns for it, without the request's credentials.
    pub(crate) failure: fn(StatusCode, &HeaderMap, Vec<u8>, &Credentials<'_>) -> Vec<u8>,
}

/// A response that has arrived, whole or in part.
pub(crate) struct Received {
    pub(crate) status: StatusCode,
    /// Fit to be printed.
    pub(crate) headers: HeaderMap,
    /// For a 4xx or 5xx what [`Responses::failure`] made of it.
    pub(crate) body: Result<Vec<u8>, Refused>,
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
