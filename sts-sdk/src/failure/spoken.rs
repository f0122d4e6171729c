//! What a response of 4xx or 5xx says, in one line.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::normalise::normalise;
use super::sentence;
use crate::redact::Credentials;
use crate::transport::{FailureBody, Notes};

/// What a 4xx or 5xx says, of whose body `json` was made: in one line, without what the status says already.
pub(crate) fn said(status: StatusCode, json: &[u8], notes: &Notes) -> String {
    let json: Value = serde_json::from_slice(json).unwrap_or_default();
    let errors = json.get("errors").and_then(Value::as_array);
    let errors = errors.map(Vec::as_slice).unwrap_or_default();
    let mut said = sentence::said(errors, notes.errors, Some(status));
    // A long text may have been cut before it.
    for advice in [&notes.suggestion, &notes.doc_url].into_iter().flatten() {
        if !said.contains(advice.trim_end_matches('.')) {
            let separator = if said.is_empty() { "" } else { "; " };
            said.push_str(separator);
            said.push_str(advice);
        }
    }
    said
}

/// The same of a `body` as it came, without `credentials`.
pub(crate) fn said_by(
    status: StatusCode,
    headers: &HeaderMap,
    body: Vec<u8>,
    credentials: &Credentials<'_>,
) -> String {
    let FailureBody { json, notes } = normalise(status, headers, body, credentials);
    said(status, &json, &notes)
}
