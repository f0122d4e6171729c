//! A schema as the rules of the downgrade change it, and what they share.

use std::fmt::Display;

use serde_json::{Map, Value, json};

use crate::diagnostic::Diagnostic;
use crate::openapi::{Pointer, is_annotation};

pub(super) type Schema = Map<String, Value>;

pub(super) fn unsayable(at: &Pointer, what: impl Display) -> Diagnostic {
    Diagnostic::new(
        at.as_str(),
        format!("{what} cannot be said in OpenAPI 3.0"),
        "describe it otherwise in a copy of the document, and import that",
    )
}

/// Whether a keyword says nothing about what is valid.
pub(super) fn says_nothing(key: &str) -> bool {
    is_annotation(key) || key == "default"
}

/// Puts `key` directly after `before`.
pub(super) fn put_after(schema: &mut Schema, before: &str, key: &str, value: Value) {
    schema.shift_remove(key);
    let place = schema.keys().position(|key| key == before);
    let place = place.map_or(schema.len(), |place| place + 1);
    schema.shift_insert(place, key.to_owned(), value);
}

/// Puts `value` as `key` where `old` was.
pub(super) fn put_instead(schema: &mut Schema, old: &str, key: &str, value: Value) {
    put_after(schema, old, key, value);
    if old != key {
        schema.shift_remove(old);
    }
}

/// Requires `part` as well, where `old` said so in words of 3.1.
pub(super) fn require_instead(schema: &mut Schema, old: &str, part: Value) {
    match schema.get_mut("allOf") {
        Some(Value::Array(parts)) => {
            parts.insert(0, part);
            schema.shift_remove(old);
        }
        _ => put_instead(schema, old, "allOf", json!([part])),
    }
}
