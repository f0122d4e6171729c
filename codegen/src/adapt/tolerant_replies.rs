//! Reads what the server sends without holding it to limits.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::adaptation::Adaptation;
use crate::diagnostic::Diagnostic;
use crate::openapi::{Direction, Pointer, reachable, resolve};

/// Drops limits, enumerations and closedness from every schema that a response can contain. With
/// them, a longer id, a further property or a further value would make the whole response unreadable,
/// and the error that it reports would be lost. A schema that requests contain too is relaxed as
/// well: the server checks what is sent, and nobody else could read the reply. Where a reply is one of
/// several schemas, what tells them apart stays: the enumerations of their required properties, and that
/// they are closed. A property that is required and declared nowhere is not required: that is a slip of the
/// document, and replies do not have it.
pub(super) const ADAPTATION: Adaptation = Adaptation {
    name: "tolerant_replies",
    why: "one value beyond a limit would make a whole response unreadable",
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

fn apply(root: &mut Value) -> Result<Vec<Pointer>, Diagnostic> {
    let mut changed = Vec::new();
    let places = reachable(root, Direction::Response)?;
    let (alternatives, discriminators) = distinctions(root, &places)?;
    let composed = parts_of(root, &places, &["allOf"])?;
    for at in places {
        let Some(Value::Object(schema)) = at.get_mut(root) else {
            continue;
        };
        let whole = !composed.contains(&at) && !alternatives.contains(&at);
        let undeclared = whole && forget_undeclared(schema);
        let before = schema.len();
        let strings = schema
            .get("enum")
            .and_then(Value::as_array)
            .is_some_and(|values| values.iter().all(Value::is_string));
        schema.retain(|key, value| match key.as_str() {
            "additionalProperties" => *value != false || alternatives.contains(&at),
            "enum" => discriminators.contains(&at),
            key => !LIMITS.contains(&key),
        });
        if undeclared || schema.len() < before {
            if strings && !schema.contains_key("type") {
                schema.insert("type".to_owned(), json!("string"));
            }
            changed.push(at);
        }
    }
    Ok(changed)
}

/// Stops requiring properties of `schema`, an object that is described in one place, which it does not declare.
/// Whether there are any.
fn forget_undeclared(schema: &mut Map<String, Value>) -> bool {
    let composed = ["allOf", "oneOf", "anyOf"]
        .iter()
        .any(|key| schema.contains_key(*key));
    let Some(declared) = schema
        .get("properties")
        .and_then(Value::as_object)
        .filter(|_| !composed)
    else {
        return false;
    };
    let declared: BTreeSet<String> = declared.keys().cloned().collect();
    let Some(Value::Array(required)) = schema.get_mut("required") else {
        return false;
    };
    let before = required.len();
    required.retain(|name| name.as_str().is_none_or(|name| declared.contains(name)));
    let changed = required.len() < before;
    if required.is_empty() {
        // OpenAPI 3.0 does not allow the empty list.
        schema.shift_remove("required");
    }
    changed
}

/// What the schemas at `places` are composed of under `keys`.
fn parts_of(
    root: &Value,
    places: &[Pointer],
    keys: &[&str],
) -> Result<BTreeSet<Pointer>, Diagnostic> {
    let mut found = BTreeSet::new();
    for at in places {
        for parts in keys.iter().map(|key| at.join(key)) {
            let count = parts
                .get(root)
                .and_then(Value::as_array)
                .map_or(0, Vec::len);
            for index in 0..count {
                found.insert(resolve(root, &parts.join(index))?);
            }
        }
    }
    Ok(found)
}

/// The alternatives of every `oneOf` and `anyOf`, and the properties that each of them requires.
fn distinctions(
    root: &Value,
    places: &[Pointer],
) -> Result<(BTreeSet<Pointer>, BTreeSet<Pointer>), Diagnostic> {
    let alternatives = parts_of(root, places, &["oneOf", "anyOf"])?;
    let mut discriminators = BTreeSet::new();
    for part in &alternatives {
        let required = part.join("required");
        let required = required.get(root).and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            let property = part.joined(&["properties", name]);
            if property.get(root).is_some() {
                discriminators.insert(resolve(root, &property)?);
            }
        }
    }
    Ok((alternatives, discriminators))
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

    #[test]
    fn what_is_required_and_not_declared_is_not_required() {
        let slip = json!({"required": ["a", "b"], "properties": {"a": {"type": "string"}}});
        let mut document = form(&json!({
            "Request": slip,
            "Reply": {"required": ["data"], "properties": {
                "slip": slip,
                "composed": {"allOf": [{"$ref": "#/components/schemas/Part"}, {"properties": {"b": {}}}]},
                "map": {"required": ["b"], "additionalProperties": {"type": "string"}},
            }},
            "Part": slip,
        }));
        apply(&mut document).unwrap();
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["Request"], slip, "nobody else reads it");
        assert_eq!(schemas["Part"], slip, "what it lacks may be beside it");
        assert_eq!(schemas["Reply"].get("required"), None);
        assert_eq!(
            schemas["Reply"]["properties"]["slip"]["required"],
            json!(["a"])
        );
        assert_eq!(
            schemas["Reply"]["properties"]["map"]["required"],
            json!(["b"])
        );
    }

    #[test]
    fn what_tells_alternatives_apart_stays() {
        let kind = |name: &str| {
            json!({"type": "object", "required": ["kind"], "additionalProperties": false, "properties": {
                "kind": {"type": "string", "enum": [name]},
                "size": {"type": "string", "enum": ["s", "l"]},
            }})
        };
        let mut document = form(&json!({
            "Request": {},
            "Reply": {"oneOf": [kind("cat"), {"$ref": "#/components/schemas/Dog"}]},
            "Dog": kind("dog"),
        }));
        apply(&mut document).unwrap();
        for schema in [
            &document["components"]["schemas"]["Dog"],
            &document["components"]["schemas"]["Reply"]["oneOf"][0],
        ] {
            assert_eq!(schema["additionalProperties"], false);
            assert!(schema["properties"]["kind"].get("enum").is_some());
            assert!(schema["properties"]["size"].get("enum").is_none());
        }
    }
}
