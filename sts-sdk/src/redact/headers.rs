//! Which headers of a response may be printed.

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue};

use super::credentials::Credentials;
use super::placeholder::PLACEHOLDER;

/// The headers of a response that may be printed, unless they hold a token.
const PRINTED: [&str; 10] = [
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "retry-after",
    "server",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-request-id",
];

/// Replaces headers that hold a token of the request's own `form`, and marks as sensitive those that may hold
/// another, so that `Debug` does not print them.
pub(crate) fn redact_headers(mut headers: HeaderMap, form: &[u8]) -> HeaderMap {
    let mut credentials = None;
    for (name, value) in &mut headers {
        // A value as it comes keeps alive the whole buffer that the response was read into, with its token.
        if let Ok(copy) = HeaderValue::from_bytes(value.as_bytes()) {
            *value = copy;
        }
        if is_harmless(name, value.as_bytes()) {
            continue;
        }
        let credentials = credentials.get_or_insert_with(|| Credentials::of_form(form));
        let text = value.as_bytes();
        if credentials.occur_in(text) {
            *value = HeaderValue::from_static(PLACEHOLDER);
            value.set_sensitive(true);
        } else if !PRINTED.contains(&name.as_str()) || text.windows(3).any(|part| part == b"eyJ") {
            value.set_sensitive(true);
        }
    }
    headers
}

/// Whether a header that almost every response has is too short or too plain to hold a token.
fn is_harmless(name: &HeaderName, value: &[u8]) -> bool {
    match *name {
        CONTENT_LENGTH => value.len() < 12 && value.iter().all(u8::is_ascii_digit),
        CONTENT_TYPE => value == b"application/json",
        DATE => value.len() == 29 && value.ends_with(b" GMT"),
        _ => false,
    }
}
