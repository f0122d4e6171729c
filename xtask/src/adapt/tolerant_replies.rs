//! Reads what the server sends without holding it to limits.

use serde_json::{Value, json};

use super::Adaptation;
use crate::document::{Direction, Pointer, reachable};
use crate::fault::Fault;

/// Drops limits, enumerations and closedness from every schema that a response can contain. With
/// them, a longer id, a further property or a further value would make the whole response unreadable,
/// and the error that it reports would be lost. A schema that requests contain too is relaxed as
/// well: the server checks what is sent, and nobody else could read the reply.
pub(super) const ADAPTATION: Adaptation = Adaptation {
    name: "tolerant_replies",
    apply,
};

const LIMITS: [&str; 14] = [
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "uniqueItems",
];

fn apply(root: &mut Value) -> Result<Vec<Pointer>, Fault> {
    let mut changed = Vec::new();
    for at in reachable(root, Direction::Response)? {
        let Some(Value::Object(schema)) = at.get_mut(root) else {
            continue;
        };
        let before = schema.len();
        let strings = schema
            .get("enum")
            .and_then(Value::as_array)
            .is_some_and(|values| values.iter().all(Value::is_string));
        schema.retain(|key, value| {
            let closed = key == "additionalProperties" && *value == Value::Bool(false);
            !closed && !LIMITS.contains(&key.as_str())
        });
        if schema.len() < before {
            if strings && !schema.contains_key("type") {
                schema.insert("type".to_owned(), json!("string"));
            }
            changed.push(at);
        }
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::super::tests::form;
    use super::*;

    #[test]
    fn replies_lose_their_limits_and_requests_keep_them() {
        let limited = json!({"type": "string", "maxLength": 3, "pattern": "a"});
        let mut document = form(&json!({
            "Request": {"additionalProperties": false, "properties": {"id": limited}},
            "Reply": {"type": "object", "additionalProperties": false, "required": ["id"], "properties": {
                "id": limited,
                "kind": {"enum": ["a", "b"]},
                "maximum": {"type": "integer", "format": "int32", "maximum": 3, "minimum": 1},
                "items": {"type": "array", "uniqueItems": true, "items": {"$ref": "#/components/schemas/Item"}},
                "map": {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}},
            }},
            "Item": {"type": "string", "enum": ["x"]},
        }));
        let request = document["components"]["schemas"]["Request"].clone();
        assert_eq!(apply(&mut document).unwrap().len(), 7);
        assert_eq!(document["components"]["schemas"]["Request"], request);
        assert_eq!(
            document["components"]["schemas"]["Reply"],
            json!({"type": "object", "required": ["id"], "properties": {
                "id": {"type": "string"},
                "kind": {"type": "string"},
                "maximum": {"type": "integer", "format": "int32"},
                "items": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
                "map": {"type": "object", "additionalProperties": {"type": "string"}},
            }})
        );
        assert_eq!(
            document["components"]["schemas"]["Item"],
            json!({"type": "string"})
        );
    }
}
