//! What a request and its answer are to the endpoints.

use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use bytes::Bytes;
use serde_json::Value;

use crate::random::hexadecimal;
use crate::specification::{Problem, Specification};

/// A request whose body has been read.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    /// The body, or why it could not be read.
    pub(crate) body: Result<Bytes, String>,
}

impl Incoming {
    /// The media type of the body, in lower case, without parameters.
    pub(crate) fn media_type(&self) -> String {
        let value = self
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let essence = value
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default();
        essence.trim().to_ascii_lowercase()
    }
}

/// The media type of a form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A response, and what became of the request in words.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: Response<Bytes>,
    pub(crate) outcome: String,
}

impl Answer {
    pub(crate) fn json(status: StatusCode, body: &Value, outcome: impl Into<String>) -> Self {
        let mut response = Response::new(Bytes::from(body.to_string()));
        *response.status_mut() = status;
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        let outcome = outcome.into();
        Self { response, outcome }
    }

    /// The specification's `Failure` with these problems.
    pub(crate) fn failure(
        specification: &Specification,
        status: StatusCode,
        problems: &[Problem],
    ) -> Self {
        let outcome: Vec<&str> = problems
            .iter()
            .take(3)
            .map(|problem| problem.detail.as_str())
            .collect();
        let body = specification.failure(status.as_u16(), problems);
        let answer = Self::json(status, &body, outcome.join("; "));
        if specification.has_header(status.as_u16(), "X-Request-Id") {
            answer.header(
                HeaderName::from_static("x-request-id"),
                &hexadecimal::<16>(),
            )
        } else {
            answer
        }
    }

    /// A 405 for an endpoint that has only `allowed`.
    pub(crate) fn wrong_method(
        specification: &Specification,
        method: &Method,
        allowed: &str,
    ) -> Self {
        let detail = format!("the method is {method}, only {allowed} is allowed");
        let problem = Problem::new("method_not_allowed", "Method Not Allowed", detail);
        Self::failure(specification, StatusCode::METHOD_NOT_ALLOWED, &[problem])
            .header(ALLOW, allowed)
    }

    /// For a response with a token (RFC 6749, section 5.1).
    pub(crate) fn not_stored(self) -> Self {
        self.header(CACHE_CONTROL, "no-store")
    }

    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::try_from(value) {
            self.response.headers_mut().insert(name, value);
        }
        self
    }
}
