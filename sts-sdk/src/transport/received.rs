//! A response that has arrived.

use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};

use super::rejected::Rejected;

/// A response as far as it is one of the specification.
pub(crate) struct Received {
    pub(crate) status: StatusCode,
    /// Fit to be printed.
    pub(crate) headers: HeaderMap,
    /// For a 4xx or 5xx a `Failure`, whatever the server sent.
    pub(crate) body: Result<Vec<u8>, Rejected>,
}

/// For progenitor, which reads the body.
impl From<Received> for Response {
    fn from(received: Received) -> Self {
        let mut response = http::Response::new(Vec::new());
        *response.status_mut() = received.status;
        *response.headers_mut() = received.headers;
        match received.body {
            Ok(body) => *response.body_mut() = body,
            Err(rejected) => {
                response.extensions_mut().insert(rejected);
            }
        }
        response.into()
    }
}
