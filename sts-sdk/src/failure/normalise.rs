//! Bodies of 4xx and 5xx as the `Failure` of the specification, whatever their shape.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::json;
use super::sentence::sentence;
use super::text;
use crate::generated::types::Failure;
use crate::redact::Credentials;

/// The body of a 4xx or 5xx as a `Failure`: `body` itself where it is one, otherwise one that is made from it.
/// `credentials` that the server sends back, and what looks like a JWT, are taken out of either.
pub(crate) fn normalise(
    status: StatusCode,
    headers: &HeaderMap,
    body: Vec<u8>,
    credentials: &Credentials<'_>,
) -> Vec<u8> {
    let decoded = String::from_utf8_lossy(&body);
    let content = decoded.trim_start_matches('\u{feff}');
    let errors = match serde_json::from_str::<Value>(content) {
        Ok(mut value) => {
            let changed = credentials.remove_from_json(&mut value);
            if is_failure(&value) {
                // Progenitor reads the bytes, and is stricter than this: no key may occur twice, UTF-8 only.
                let untouched = !changed && serde_json::from_slice::<Failure>(&body).is_ok();
                return if untouched {
                    body
                } else {
                    value.to_string().into_bytes()
                };
            }
            json::properties(&value)
        }
        Err(error) => vec![text::properties(
            &credentials.remove_from(content),
            headers,
            &error,
        )],
    };
    let errors: Vec<Value> = errors
        .into_iter()
        .map(|mut error| {
            let error_status = json!(status.as_str());
            error.entry("status").or_insert(error_status);
            if !error.contains_key("title") && !error.contains_key("detail") {
                let reason = status.canonical_reason().unwrap_or("the request failed");
                error.insert("title".to_owned(), json!(reason));
            }
            Value::Object(error)
        })
        .collect();
    json!({ "errors": errors }).to_string().into_bytes()
}

/// Whether `value` is the specification's `Failure`, and its errors say something or are all that is there.
fn is_failure(value: &Value) -> bool {
    let Ok(failure) = serde_json::from_value::<Failure>(value.clone()) else {
        return false;
    };
    let mut errors = failure.errors.iter();
    let says = errors.any(|error| {
        let error = serde_json::to_value(error);
        error.is_ok_and(|error| sentence(&error).is_some())
    });
    says || value.as_object().is_some_and(|object| object.len() == 1)
}
