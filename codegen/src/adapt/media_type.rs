//! Names of media types, and where an operation names them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::openapi::{Pointer, operations, resolve};

/// The media type that stands for every form of JSON.
pub(super) const JSON: &str = "application/json";

/// Beside a media type that stands for another: which one is to be sent or asked for.
pub(crate) const DECLARED: &str = "x-media-type";

/// The media type without its parameters, in lower case.
pub(super) fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

pub(super) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == JSON || essence == "text/json" || essence.ends_with("+json")
}

/// Whether `media_type` stands for several, as `image/*` does.
pub(super) fn is_range(media_type: &str) -> bool {
    essence(media_type).contains('*')
}

/// Refuses what cannot be the value of a header.
pub(super) fn check(at: &Pointer, media_type: &str) -> Result<(), Diagnostic> {
    let sound = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b'/')
    };
    let essence = essence(media_type);
    let parts = essence.split_once('/');
    let visible = media_type
        .bytes()
        .all(|byte| byte == b' ' || byte.is_ascii_graphic());
    if visible && parts.is_some_and(|(main, sub)| sound(main) && sound(sub)) {
        return Ok(());
    }
    Err(Diagnostic::new(
        at.as_str(),
        format!("{media_type:?} is not a media type"),
        "write it like application/json",
    ))
}

/// Which way a body travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    Request,
    Response,
}

/// What has a `content` with media types, each once: request bodies and responses, in document order.
/// Errors are not among them: they are all JSON once they have one shape.
pub(super) fn bodies(root: &Value) -> Result<Vec<(Body, Pointer)>, Diagnostic> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for operation in operations(root) {
        let request = operation.at.join("requestBody");
        let mut places = vec![(Body::Request, request)];
        let responses = operation.at.join("responses");
        let statuses = responses.get(root).and_then(Value::as_object);
        let statuses = statuses.into_iter().flatten().map(|(status, _)| status);
        for status in statuses.filter(|status| !status.starts_with(['4', '5'])) {
            places.push((Body::Response, responses.join(status)));
        }
        for (body, place) in places {
            if place.get(root).is_none() {
                continue;
            }
            let at = resolve(root, &place)?.join("content");
            if at.get(root).is_some_and(Value::is_object) && seen.insert(at.clone()) {
                found.push((body, at));
            }
        }
    }
    Ok(found)
}

/// The media types of the `content` at `at`.
pub(super) fn names(root: &Value, at: &Pointer) -> Vec<String> {
    let content = at.get(root).and_then(Value::as_object);
    content
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_told_apart() {
        for json in [
            "application/json",
            "Application/JSON ; qs=0.5",
            "application/a.v1+json",
        ] {
            assert!(is_json(json), "{json}");
        }
        assert!(!is_json("application/jsonl"));
        assert!(is_range("image/*") && is_range("*/*; q=1") && !is_range("image/png"));
        let at = Pointer::root();
        for sound in [
            "image/*",
            "text/plain;version=0.0.4",
            "application/a+json; charset=utf-8",
        ] {
            assert!(check(&at, sound).is_ok(), "{sound}");
        }
        for broken in ["", "json", "a/b/c", "a/", "a/b\n", "a/ü"] {
            assert!(check(&at, broken).is_err(), "{broken}");
        }
    }
}
