//! Bodies of 4xx and 5xx as the `Failure` of the specification, whatever their shape.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::advice::Advice;
use super::json::{self, Errors};
use super::read::Read;
use super::sentence::says_something;
use super::text;
use crate::generated::types::Failure;
use crate::redact::{Credentials, PLACEHOLDER};
use crate::transport::{FailureBody, Notes};

/// Longest request id that is taken from a body, in bytes.
const LONGEST_ID: usize = 200;

/// The body of a 4xx or 5xx as a `Failure`: `body` itself where it is one, otherwise one that is made from it.
/// `credentials` that the server sends back, and what looks like a JWT, are taken out of either.
pub(crate) fn normalise(
    status: StatusCode,
    headers: &HeaderMap,
    body: Vec<u8>,
    credentials: &Credentials<'_>,
) -> FailureBody {
    let decoded = String::from_utf8_lossy(&body);
    let content = decoded.trim_start_matches('\u{feff}');
    let (errors, mut notes) = match Read::from_str(content) {
        Ok(mut read) => {
            let changed = credentials.remove_from_json(&mut read.value);
            let notes = notes(&read.value);
            if let Some(errors) = errors_of_failure(&read) {
                let advised = add_advice(&mut read.value);
                // Progenitor reads the bytes, and is stricter than this: no key may occur twice, UTF-8 only.
                let untouched = read.is_whole
                    && !changed
                    && !advised
                    && serde_json::from_slice::<Failure>(&body).is_ok();
                let json = if untouched {
                    body
                } else {
                    credentials.remove_from_json(&mut read.value);
                    read.value.to_string().into_bytes()
                };
                return FailureBody {
                    json,
                    notes: Notes { errors, ..notes },
                };
            }
            (json::errors(&read), notes)
        }
        Err(error) => {
            let kept = vec![text::properties(
                &credentials.remove_from(content),
                headers,
                &error,
            )];
            (Errors { kept, count: 1 }, Notes::default())
        }
    };
    notes.errors = errors.count;
    let errors = errors.kept.into_iter().map(|mut error| {
        let error_status = json!(status.as_str());
        error.entry("status").or_insert(error_status);
        if !error.contains_key("title") && !error.contains_key("detail") {
            let reason = status.canonical_reason().unwrap_or("the request failed");
            error.insert("title".to_owned(), json!(reason));
        }
        Value::Object(error)
    });
    let mut failure = json!({ "errors": errors.collect::<Vec<_>>() });
    // Names of properties may have become texts.
    credentials.remove_from_json(&mut failure);
    FailureBody {
        json: failure.to_string().into_bytes(),
        notes,
    }
}

/// How many errors there are in what is the specification's `Failure`, if its errors say something or are all that is
/// there.
fn errors_of_failure(read: &Read) -> Option<usize> {
    let failure: Failure = serde_json::from_value(read.value.clone()).ok()?;
    let mut errors = failure.errors.iter();
    let says = errors.any(|error| {
        let error = serde_json::to_value(error).ok();
        error.is_some_and(|error| error.as_object().is_some_and(says_something))
    });
    let is_all = read
        .value
        .as_object()
        .is_some_and(|object| object.len() == 1);
    let count = read.length_before_cut(&["errors"]);
    (says || is_all).then(|| count.unwrap_or(failure.errors.len()))
}

/// Adds to the errors of a `Failure` what it has no properties for; whether there was any such.
fn add_advice(failure: &mut Value) -> bool {
    let Some(object) = failure.as_object_mut() else {
        return false;
    };
    let around = Advice::of(&[object]);
    let Some(Value::Array(errors)) = object.get_mut("errors") else {
        return false;
    };
    let mut changed = false;
    for error in errors.iter_mut().filter_map(Value::as_object_mut) {
        changed |= Advice::of(&[error]).add_to(error);
    }
    if let Some(Value::Object(first)) = errors.first_mut() {
        changed |= around.add_to(first);
    }
    changed
}

/// What the caller is to be told beside the `Failure`.
fn notes(body: &Value) -> Notes {
    let around = body.as_object();
    let inner = around.and_then(|object| object.get("error")?.as_object());
    let list = around.and_then(|object| object.get("errors")?.as_array());
    let list = list.into_iter().flatten().filter_map(Value::as_object);
    let places: Vec<_> = inner.into_iter().chain(around).chain(list).collect();
    let advice = Advice::of(&places);
    // As for the header: what is no visible ASCII, or held a token, is none.
    let is_id = |id: &&str| {
        id.len() <= LONGEST_ID
            && id.bytes().all(|byte| byte.is_ascii_graphic())
            && !id.contains(PLACEHOLDER)
    };
    let mut ids = around
        .into_iter()
        .chain(inner)
        .filter_map(|object| json::request_id(object));
    Notes {
        request_id: ids.find(is_id).map(str::to_owned),
        suggestion: advice.suggestion,
        doc_url: advice.doc_url,
        errors: 0,
    }
}
