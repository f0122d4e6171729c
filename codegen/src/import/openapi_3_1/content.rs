//! Text that carries bytes.

use serde_json::{Value, json};

use super::schema::{Schema, put_instead, unsayable};
use crate::diagnostic::Diagnostic;
use crate::openapi::Pointer;

/// Says `contentEncoding` and `contentMediaType` by the formats of 3.0: `byte` for base64, and `binary`
/// for bytes as they are.
pub(super) fn apply(schema: &mut Schema, at: &Pointer) -> Result<(), Diagnostic> {
    let (encoding, media_type) = ("contentEncoding", "contentMediaType");
    for (key, other, value, format) in [
        (encoding, media_type, "base64", "byte"),
        (media_type, encoding, "application/octet-stream", "binary"),
    ] {
        let Some(given) = schema.get(key) else {
            continue;
        };
        let text = schema.get("type") == Some(&json!("string"));
        let free = schema
            .get("format")
            .is_none_or(|other| *other == json!(format));
        if !text || !free || *given != json!(value) || schema.contains_key(other) {
            let given = given
                .as_str()
                .map_or_else(String::new, |given| format!(": {given}"));
            return Err(unsayable(&at.join(key), format!("`{key}{given}`")));
        }
        put_instead(schema, key, "format", Value::from(format));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{lowered, refusal};
    use super::*;

    #[test]
    fn base64_and_bytes_are_formats() {
        assert_eq!(
            lowered(
                &json!({"type": ["string", "null"], "contentEncoding": "base64", "maxLength": 5})
            )
            .to_string(),
            r#"{"type":"string","nullable":true,"format":"byte","maxLength":5}"#
        );
        assert_eq!(
            lowered(&json!({"type": "string", "contentMediaType": "application/octet-stream"})),
            json!({"type": "string", "format": "binary"})
        );
    }

    #[test]
    fn other_content_is_refused() {
        for (schema, expected) in [
            (
                json!({"type": "string", "contentEncoding": "base64url"}),
                "/contentEncoding: `contentEncoding: base64url` cannot",
            ),
            (json!({"contentEncoding": "base64"}), "/contentEncoding: "),
            (
                json!({"type": "string", "format": "uri", "contentEncoding": "base64"}),
                "/contentEncoding: ",
            ),
            (
                json!({"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png"}),
                "/contentEncoding: ",
            ),
            (
                json!({"type": "string", "contentMediaType": "application/json"}),
                "/contentMediaType: `contentMediaType: application/json` cannot",
            ),
        ] {
            let refused = refusal(&schema);
            assert!(refused.starts_with(expected), "{refused}");
        }
    }
}
