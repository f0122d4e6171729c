//! Lists of types.

use serde_json::{Value, json};

use super::schema::{Schema, put_after, put_instead, require_instead, unsayable};
use crate::diagnostic::Diagnostic;
use crate::openapi::Pointer;

const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "null", "number", "object", "string",
];

/// Says a list of types by one type, `nullable` and `anyOf`.
pub(super) fn apply(schema: &mut Schema, at: &Pointer) -> Result<(), Diagnostic> {
    match schema.get("type") {
        Some(Value::String(only)) if only == "null" => {
            return Err(unsayable(&at.join("type"), "null alone"));
        }
        Some(Value::Array(types)) => {
            let types = names(types).ok_or_else(|| {
                Diagnostic::new(
                    at.join("type").as_str(),
                    "is not a list of types, each once",
                    "compare it with the OpenAPI 3.1 specification",
                )
            })?;
            say(schema, at, &types)?;
        }
        _ => {}
    }
    if schema.get("type").is_some_and(|only| only == "array") && !schema.contains_key("items") {
        // 3.0 demands it.
        put_after(schema, "type", "items", json!({}));
    }
    Ok(())
}

fn names(types: &[Value]) -> Option<Vec<&'static str>> {
    let mut names = Vec::new();
    for value in types {
        let name = TYPES.into_iter().find(|name| *value == *name)?;
        if names.contains(&name) {
            return None;
        }
        names.push(name);
    }
    (!names.is_empty()).then_some(names)
}

fn say(schema: &mut Schema, at: &Pointer, types: &[&'static str]) -> Result<(), Diagnostic> {
    let nullable = types.contains(&"null");
    // Every integer is a number.
    let covered = |name: &str| name == "integer" && types.contains(&"number");
    let rest = types
        .iter()
        .filter(|name| **name != "null" && !covered(name));
    let rest: Vec<&str> = rest.copied().collect();
    match rest.as_slice() {
        [] => return Err(unsayable(&at.join("type"), "null alone")),
        [only] => {
            schema.insert("type".to_owned(), json!(only));
            if nullable {
                put_after(schema, "type", "nullable", json!(true));
            }
        }
        several => {
            let part = |(index, name): (usize, &&str)| {
                let mut part = Schema::from_iter([("type".to_owned(), json!(name))]);
                if nullable && index == 0 {
                    part.insert("nullable".to_owned(), json!(true));
                }
                if *name == "array" {
                    let items = schema.get("items").cloned();
                    part.insert("items".to_owned(), items.unwrap_or_else(|| json!({})));
                }
                Value::Object(part)
            };
            let parts: Vec<Value> = several.iter().enumerate().map(part).collect();
            if several.contains(&"array") {
                schema.shift_remove("items");
            }
            // It stands beside the types only where another list has brought it.
            schema.shift_remove("nullable");
            if schema.contains_key("anyOf") {
                require_instead(schema, "type", json!({"anyOf": parts}));
            } else {
                put_instead(schema, "type", "anyOf", json!(parts));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{lowered, refusal};
    use super::*;

    #[test]
    fn one_type_or_null_is_nullable() {
        for (types, expected) in [
            (json!(["string"]), json!({"type": "string"})),
            (
                json!(["string", "null"]),
                json!({"type": "string", "nullable": true}),
            ),
            (
                json!(["null", "integer"]),
                json!({"type": "integer", "nullable": true}),
            ),
            (json!(["integer", "number"]), json!({"type": "number"})),
            (json!(["array"]), json!({"type": "array", "items": {}})),
        ] {
            assert_eq!(lowered(&json!({"type": types})), expected);
        }
        assert_eq!(
            lowered(&json!({"description": "d", "type": ["string", "null"], "maxLength": 5}))
                .to_string(),
            r#"{"description":"d","type":"string","nullable":true,"maxLength":5}"#
        );
    }

    #[test]
    fn several_types_are_alternatives() {
        assert_eq!(
            lowered(&json!({"description": "d", "type": ["string", "integer"], "maxLength": 5}))
                .to_string(),
            r#"{"description":"d","anyOf":[{"type":"string"},{"type":"integer"}],"maxLength":5}"#
        );
        assert_eq!(
            lowered(&json!({"type": ["string", "array", "null"], "items": {"type": "integer"}})),
            json!({"anyOf": [
                {"type": "string", "nullable": true},
                {"type": "array", "items": {"type": "integer"}},
            ]})
        );
        assert_eq!(
            lowered(
                &json!({"type": ["string", "integer"], "anyOf": [{"maxLength": 5}, {"minimum": 1}]})
            ),
            json!({
                "allOf": [{"anyOf": [{"type": "string"}, {"type": "integer"}]}],
                "anyOf": [{"maxLength": 5}, {"minimum": 1}],
            })
        );
    }

    #[test]
    fn null_alone_and_what_is_no_type_are_refused() {
        for types in [json!("null"), json!(["null"])] {
            assert!(
                refusal(&json!({"type": types})).starts_with("/type: null alone cannot be said")
            );
        }
        for types in [
            json!([]),
            json!(["text"]),
            json!([1]),
            json!(["string", "string"]),
        ] {
            let refused = refusal(&json!({"properties": {"a": {"type": types}}}));
            assert!(
                refused.starts_with("/properties/a/type: is not a list of types"),
                "{refused}"
            );
        }
    }
}
