//! Leaves strings strings where a type would cost every user a crate.

use serde_json::Value;

use super::adaptation::Adaptation;
use crate::diagnostic::Diagnostic;
use crate::openapi::{Direction, Pointer, reachable};

/// Sets aside the formats for which typify uses a type of another crate (`chrono`, `uuid`) or one that
/// rejects what it cannot parse (`ip`), and the patterns for which it uses the crate `regress`. Such
/// strings are sent and read as they are; the JSON Schema of the type still names the format.
pub(super) const ADAPTATION: Adaptation = Adaptation {
    name: "plain_text",
    why: "typify would need a further crate for the format or pattern, or reject what it cannot parse",
    apply,
};

/// Where a format that was set aside is kept.
pub(crate) const KEPT_FORMAT: &str = "x-kept-format";
/// Where a pattern that was set aside is kept.
pub(crate) const KEPT_PATTERN: &str = "x-kept-pattern";

fn apply(root: &mut Value) -> Result<Vec<Pointer>, Diagnostic> {
    let mut changed = Vec::new();
    for direction in [Direction::Request, Direction::Response] {
        for at in reachable(root, direction)? {
            let Some(Value::Object(schema)) = at.get_mut(root) else {
                continue;
            };
            let mut kept = Vec::new();
            if schema.get("type").is_some_and(|kind| kind == "string") {
                if schema.get("format").is_some_and(needs_type) {
                    kept.extend(Some(KEPT_FORMAT).zip(schema.shift_remove("format")));
                }
                kept.extend(Some(KEPT_PATTERN).zip(schema.shift_remove("pattern")));
            }
            if !kept.is_empty() {
                for (key, value) in kept {
                    schema.insert(key.to_owned(), value);
                }
                changed.push(at);
            }
        }
    }
    Ok(changed)
}

fn needs_type(format: &Value) -> bool {
    ["date", "date-time", "uuid", "ip", "ipv4", "ipv6"]
        .iter()
        .any(|known| format == known)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::form;
    use super::*;

    #[test]
    fn formats_and_patterns_are_kept_aside() {
        let mut document = form(&json!({
            "Request": {"properties": {
                "at": {"type": "string", "format": "date-time", "description": "d"},
                "url": {"type": "string", "format": "uri"},
                "code": {"type": "string", "pattern": "^a$", "maxLength": 3},
                "count": {"type": "integer", "format": "int32"},
            }},
            "Reply": {"properties": {"id": {"type": "string", "format": "uuid"}}},
        }));
        assert_eq!(apply(&mut document).unwrap().len(), 3);
        assert_eq!(
            document["components"]["schemas"],
            json!({
                "Request": {"properties": {
                    "at": {"type": "string", "description": "d", "x-kept-format": "date-time"},
                    "url": {"type": "string", "format": "uri"},
                    "code": {"type": "string", "maxLength": 3, "x-kept-pattern": "^a$"},
                    "count": {"type": "integer", "format": "int32"},
                }},
                "Reply": {"properties": {"id": {"type": "string", "x-kept-format": "uuid"}}},
            })
        );
    }
}
