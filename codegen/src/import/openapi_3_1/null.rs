//! Null as one of several alternatives.

use serde_json::{Value, json};

use super::schema::{Schema, put_after, require_instead, says_nothing, unsayable};
use super::types;
use crate::diagnostic::Diagnostic;
use crate::openapi::Pointer;

/// Keywords beside which it takes more than this rule to see whether null is allowed.
const DECIDING: [&str; 5] = ["$ref", "allOf", "const", "enum", "not"];

/// Says `anyOf` and `oneOf` with a part that is null by `nullable`.
///
/// OpenAPI 3.0.3 wants a `type` beside `nullable`. Where there is none, as beside a reference, it is
/// written nevertheless: that is what publishers mean by it, and what generators read.
pub(super) fn apply(schema: &mut Schema, at: &Pointer) -> Result<(), Diagnostic> {
    for key in ["anyOf", "oneOf"] {
        let Some(Value::Array(parts)) = schema.get_mut(key) else {
            continue;
        };
        let total = parts.len();
        parts.retain(|part| !is_null(part));
        let (rest, nulls) = (parts.len(), total - parts.len());
        if nulls == 0 {
            continue;
        }
        let ambiguous = nulls > 1 || parts.iter().any(|part| allows_null(part) == Some(true));
        if rest == 0 {
            return Err(unsayable(&at.join(key), "null alone"));
        }
        if key == "oneOf" && ambiguous {
            let what = "null as more than one of the parts";
            return Err(unsayable(&at.join(key), what));
        }
        let other = if key == "anyOf" { "oneOf" } else { "anyOf" };
        let mut deciding = DECIDING.iter().chain([&other]);
        if let Some(decisive) = deciding.find(|other| schema.contains_key(**other)) {
            let what = format!("null in `{key}` beside `{decisive}`");
            return Err(unsayable(&at.join(key), what));
        }
        match schema.get("type").cloned() {
            // It does not allow null, whatever the parts say.
            Some(Value::String(_)) => continue,
            Some(Value::Array(types)) if !types.contains(&json!("null")) => continue,
            Some(Value::Array(types)) => part_with_types(schema, at, key, types)?,
            _ => {}
        }
        if rest == 1 {
            replace_by_part(schema, key);
        } else {
            put_after(schema, key, "nullable", json!(true));
        }
    }
    Ok(())
}

/// Whether a schema allows null and nothing else.
pub(super) fn is_null(schema: &Value) -> bool {
    let only = |key: &str, value: &Value| match key {
        "type" => *value == json!("null") || *value == json!(["null"]),
        "const" => value.is_null(),
        "enum" => *value == json!([null]),
        _ => false,
    };
    let mut says = schema
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| !says_nothing(key))
        .peekable();
    says.peek().is_some() && says.all(|(key, value)| only(key, value))
}

/// Whether a schema, already as 3.0 says it, allows null; `None` where that depends on a reference.
fn allows_null(schema: &Value) -> Option<bool> {
    let nullable = schema.get("nullable") == Some(&json!(true));
    let typed = schema.get("type").is_some();
    if nullable && !typed {
        return Some(true);
    }
    let list = |key: &str| schema.get(key).and_then(Value::as_array);
    let parts =
        |key: &str| list(key).map(|parts| parts.iter().map(allows_null).collect::<Vec<_>>());
    let lists = [
        parts("allOf").map(|parts| every(&parts)),
        // Some part is what not every part fails to be.
        parts("anyOf")
            .map(|parts| every(&parts.into_iter().map(negated).collect::<Vec<_>>()))
            .map(negated),
        parts("oneOf").map(|parts| one(&parts)),
    ];
    let mut says = vec![
        Some(nullable || !typed),
        Some(list("enum").is_none_or(|values| values.contains(&Value::Null))),
        schema
            .get("not")
            .map_or(Some(true), |part| negated(allows_null(part))),
    ];
    says.extend(lists.into_iter().flatten());
    says.extend(schema.get("$ref").map(|_| None));
    every(&says)
}

fn negated(says: Option<bool>) -> Option<bool> {
    says.map(|says| !says)
}

fn every(says: &[Option<bool>]) -> Option<bool> {
    if says.contains(&Some(false)) {
        return Some(false);
    }
    (!says.contains(&None)).then_some(true)
}

fn one(says: &[Option<bool>]) -> Option<bool> {
    let count = says.iter().filter(|says| **says == Some(true)).count();
    if count > 1 {
        return Some(false);
    }
    (!says.contains(&None)).then_some(count == 1)
}

fn is_composition(key: &str) -> bool {
    matches!(key, "$ref" | "allOf" | "anyOf" | "oneOf")
}

/// Puts the types beside the list `key` into a part of their own, which does not decide about null.
fn part_with_types(
    schema: &mut Schema,
    at: &Pointer,
    key: &str,
    mut types: Vec<Value>,
) -> Result<(), Diagnostic> {
    types.retain(|name| *name != "null");
    let only = schema.get(key).and_then(Value::as_array);
    let only = only.filter(|parts| parts.len() == 1);
    let kind = only.and_then(|parts| parts[0].get("type"));
    if kind.is_some() && types.first() == kind && types.len() == 1 {
        // The part says so itself.
        schema.shift_remove("type");
        return Ok(());
    }
    let mut part = Schema::from_iter([("type".to_owned(), json!(types))]);
    types::apply(&mut part, at)?;
    require_instead(schema, "type", Value::Object(part));
    Ok(())
}

/// Puts the one part that is left in the place of the list that held it.
fn replace_by_part(schema: &mut Schema, key: &str) {
    let part = schema.get(key).and_then(|parts| parts.get(0)).cloned();
    match part {
        Some(Value::Object(part)) if can_merge(schema, &part) => {
            let mut last = key.to_owned();
            for (name, value) in nullable(part) {
                if !schema.contains_key(&name) {
                    put_after(schema, &last, &name, value);
                    last = name;
                }
            }
            schema.shift_remove(key);
        }
        Some(part) => {
            put_after(schema, key, "nullable", json!(true));
            require_instead(schema, key, part);
        }
        None => {}
    }
}

/// Whether what `part` says can be said by `schema` itself.
fn can_merge(schema: &Schema, part: &Schema) -> bool {
    // Types that were put into a part of their own do not allow null.
    let typed = schema.contains_key("allOf");
    // Which properties are additional depends on what stands beside.
    let about_properties = |schema: &Schema| {
        schema.contains_key("properties") || schema.contains_key("additionalProperties")
    };
    let entangled = about_properties(schema) && about_properties(part);
    let composed = part.keys().any(|key| is_composition(key) || key == "not");
    let mut keys = part.keys().filter(|key| !says_nothing(key));
    !typed && !entangled && !composed && keys.all(|key| !schema.contains_key(key))
}

fn nullable(mut part: Schema) -> Schema {
    if let Some(Value::Array(values)) = part.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    if part.contains_key("type") {
        put_after(&mut part, "type", "nullable", json!(true));
    }
    part
}

#[cfg(test)]
mod tests {
    use super::super::tests::{lowered, refusal};
    use super::*;

    #[test]
    fn a_schema_or_null_is_that_schema_and_nullable() {
        for key in ["anyOf", "oneOf"] {
            for nothing in [
                json!({"type": "null"}),
                json!({"type": ["null"], "description": "none"}),
                json!({"const": null}),
                json!({"enum": [null]}),
            ] {
                assert_eq!(
                    lowered(&json!({
                        "description": "outer",
                        key: [{"type": "string", "maxLength": 5, "description": "inner"}, nothing],
                        "deprecated": true,
                    }))
                    .to_string(),
                    r#"{"description":"outer","type":"string","nullable":true,"maxLength":5,"deprecated":true}"#
                );
            }
        }
        assert_eq!(
            lowered(&json!({"anyOf": [{"type": "null"}, {"type": "string", "enum": ["a"]}]})),
            json!({"type": "string", "nullable": true, "enum": ["a", null]})
        );
        assert_eq!(
            lowered(&json!({"anyOf": [{"const": "a"}, {"type": "null"}]})),
            json!({"type": "string", "nullable": true, "enum": ["a", null]})
        );
    }

    #[test]
    fn a_reference_or_null_is_wrapped() {
        let reference = json!({"$ref": "#/components/schemas/B"});
        assert_eq!(
            lowered(&json!({"anyOf": [reference, {"type": "null"}], "description": "d"}))
                .to_string(),
            r##"{"allOf":[{"$ref":"#/components/schemas/B"}],"nullable":true,"description":"d"}"##
        );
        // What the part says of the same keyword is kept apart.
        assert_eq!(
            lowered(
                &json!({"maxLength": 5, "anyOf": [{"type": "string", "maxLength": 9}, {"type": "null"}]})
            ),
            json!({"maxLength": 5, "allOf": [{"type": "string", "maxLength": 9}], "nullable": true})
        );
        assert_eq!(
            lowered(&json!({"type": ["object", "null"], "oneOf": [reference, {"type": "null"}]})),
            json!({"allOf": [reference, {"type": "object"}], "nullable": true})
        );
    }

    #[test]
    fn several_schemas_or_null_stay_and_are_nullable() {
        let parts = json!([{"$ref": "#/components/schemas/B"}, {"$ref": "#/components/schemas/C"}]);
        let mut given = parts.clone();
        given.as_array_mut().unwrap().push(json!({"type": "null"}));
        assert_eq!(
            lowered(&json!({"oneOf": given, "discriminator": {"propertyName": "kind"}})),
            json!({"oneOf": parts, "nullable": true, "discriminator": {"propertyName": "kind"}})
        );
    }

    #[test]
    fn null_that_the_type_rules_out_is_not_said() {
        assert_eq!(
            lowered(&json!({"type": "string", "anyOf": [{"maxLength": 5}, {"type": "null"}]})),
            json!({"type": "string", "anyOf": [{"maxLength": 5}]})
        );
    }

    #[test]
    fn null_alone_or_in_doubt_is_refused() {
        let nothing = || json!({"type": "null"});
        for (schema, expected) in [
            (
                json!({"anyOf": [nothing(), nothing()]}),
                "/anyOf: null alone cannot be said",
            ),
            (
                json!({"oneOf": [{"type": "string"}, nothing(), nothing()]}),
                "/oneOf: null as more than one of the parts cannot",
            ),
            (
                json!({"oneOf": [{"type": ["string", "null"]}, nothing()]}),
                "/oneOf: null as more than one of the parts cannot",
            ),
            (
                json!({"oneOf": [{"maxLength": 5}, nothing()]}),
                "/oneOf: null as more than one of the parts cannot",
            ),
            (
                json!({"anyOf": [{"type": "string"}, nothing()], "enum": ["a", null]}),
                "/anyOf: null in `anyOf` beside `enum` cannot",
            ),
            (
                json!({"anyOf": [{"type": "string"}, nothing()], "oneOf": [{"type": "string"}]}),
                "/anyOf: null in `anyOf` beside `oneOf` cannot",
            ),
        ] {
            let refused = refusal(&schema);
            assert!(refused.starts_with(expected), "{refused}");
        }
    }
}
