//! What the endpoint answers.

use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use hyper::{HeaderMap, Response, StatusCode};
use serde_json::{Value, json};
use sts_sdk::TokenError;

use super::policy::Issued;

/// An answer, and what the log says of it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    body: String,
    pub(crate) outcome: String,
}

impl Answer {
    pub(crate) fn text(status: StatusCode, text: &str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        Self {
            status,
            headers,
            body: format!("{text}\n"),
            outcome: text.to_owned(),
        }
    }

    pub(crate) fn not_allowed(methods: &'static str) -> Self {
        let mut answer = Self::text(
            StatusCode::METHOD_NOT_ALLOWED,
            "another method is asked for",
        );
        answer
            .headers
            .insert(ALLOW, HeaderValue::from_static(methods));
        answer
    }

    fn json(status: StatusCode, json: &Value, outcome: String) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // RFC 6749, section 5.1.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Self {
            status,
            headers,
            body: json.to_string(),
            outcome,
        }
    }

    /// The token called `what`.
    pub(crate) fn token(token: &Issued, what: &str) -> Self {
        let expires_in = token.left().as_secs();
        let json = json!({
            "access_token": token.secret.expose_secret(),
            "token_type": "Bearer",
            "expires_in": expires_in,
        });
        Self::json(
            StatusCode::OK,
            &json,
            format!("{what}, {expires_in} s left"),
        )
    }

    /// An error of RFC 6749, section 5.2.
    pub(crate) fn wrong(code: &str, why: &str) -> Self {
        let status = if code == "invalid_client" {
            StatusCode::UNAUTHORIZED
        } else {
            StatusCode::BAD_REQUEST
        };
        let json = json!({"error": code, "error_description": described(why)});
        let mut answer = Self::json(status, &json, why.to_owned());
        if status == StatusCode::UNAUTHORIZED {
            answer.headers.insert(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"confluent-sts\""),
            );
        }
        answer
    }

    /// There is no token.
    pub(crate) fn failed(error: &TokenError) -> Self {
        let (status, code) = if error.is_transient() {
            (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable")
        } else {
            (StatusCode::BAD_GATEWAY, "server_error")
        };
        let why = error.to_string();
        let json = json!({"error": code, "error_description": described(&why)});
        let mut answer = Self::json(status, &json, why);
        let wait = error.retry_after().unwrap_or(Duration::from_secs(2));
        if error.is_transient() {
            answer
                .headers
                .insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        answer
    }

    pub(crate) fn into_response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(Bytes::from(self.body)));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

/// Of the characters that an `error_description` may have.
fn described(why: &str) -> String {
    let allowed =
        |character: char| matches!(character, ' '..='~') && character != '"' && character != '\\';
    why.chars()
        .map(|character| if allowed(character) { character } else { '\'' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_has_the_characters_that_rfc_6749_allows() {
        // Section 5.2: %x20-21 / %x23-5B / %x5D-7E.
        assert_eq!(described("a\"b\\c\n\u{e9}~ !#[]"), "a'b'c''~ !#[]");
    }
}
