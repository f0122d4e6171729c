//! What is brought down allows the values that it allowed before, and no others.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::{BoxedStrategy, Just, Strategy, prop_assert_eq, prop_oneof};
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use super::downgrade;
use crate::drawn::run;

/// Whether `schema` allows `value`, read as 3.0 where it says `nullable` and as 3.1 elsewhere.
fn allows(schema: &Value, value: &Value) -> bool {
    let Value::Object(schema) = schema else {
        return *schema == json!(true);
    };
    let nullable = schema.get("nullable") == Some(&json!(true));
    if nullable && value.is_null() && !schema.contains_key("type") {
        // As `null.rs` says.
        return true;
    }
    let all = |key: &str| parts(schema, key).iter().all(|part| allows(part, value));
    let count = |key: &str| {
        parts(schema, key)
            .iter()
            .filter(|part| allows(part, value))
            .count()
    };
    let typed = match schema.get("type") {
        None => true,
        Some(Value::Array(types)) => types.iter().any(|kind| is(value, kind)),
        Some(kind) => is(value, kind) || (nullable && value.is_null()),
    };
    typed
        && schema.get("const").is_none_or(|only| only == value)
        && schema
            .get("enum")
            .is_none_or(|_| parts(schema, "enum").contains(value))
        && all("allOf")
        && (!schema.contains_key("anyOf") || count("anyOf") > 0)
        && (!schema.contains_key("oneOf") || count("oneOf") == 1)
        && schema.get("not").is_none_or(|part| !allows(part, value))
        && within(schema, value)
        && has_allowed_properties(schema, value)
}

fn parts<'a>(schema: &'a Map<String, Value>, key: &str) -> &'a [Value] {
    let parts = schema.get(key).and_then(Value::as_array);
    parts.map_or(&[], Vec::as_slice)
}

fn is(value: &Value, kind: &Value) -> bool {
    match kind.as_str().unwrap_or_default() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        _ => value.is_object(),
    }
}

fn within(schema: &Map<String, Value>, value: &Value) -> bool {
    let Some(value) = value.as_f64() else {
        return true;
    };
    let excludes = |flag: &str| schema.get(flag) == Some(&json!(true));
    let number = |key: &str| schema.get(key).and_then(Value::as_f64);
    number("minimum")
        .is_none_or(|least| value > least || (value >= least && !excludes("exclusiveMinimum")))
        && number("maximum")
            .is_none_or(|most| value < most || (value <= most && !excludes("exclusiveMaximum")))
        && number("exclusiveMinimum").is_none_or(|least| value > least)
        && number("exclusiveMaximum").is_none_or(|most| value < most)
}

fn has_allowed_properties(schema: &Map<String, Value>, value: &Value) -> bool {
    let others = schema.get("additionalProperties");
    let others = others.or_else(|| schema.get("unevaluatedProperties"));
    let properties = schema.get("properties").and_then(Value::as_object);
    value
        .as_object()
        .into_iter()
        .flatten()
        .all(|(name, value)| {
            let property = properties.and_then(|properties| properties.get(name));
            property
                .or(others)
                .is_none_or(|schema| allows(schema, value))
        })
}

fn values() -> Vec<Value> {
    let values = json!([
        null, true, 0, 1, 2, 1.5, "a", "b", [], ["a"], {}, {"a": 1}, {"a": null}, {"b": "a"}, {"b": null},
    ]);
    values.as_array().cloned().unwrap_or_default()
}

fn schema() -> impl Strategy<Value = Value> {
    let null = json!({"type": "null"});
    let leaf = prop_oneof![2 => Just(null), 1 => Just(json!(true)), 6 => keywords(None)];
    leaf.prop_recursive(3, 12, 3, |inner| keywords(Some(inner.boxed())))
}

fn keywords(inner: Option<BoxedStrategy<Value>>) -> BoxedStrategy<Value> {
    let names = vec![
        "null", "boolean", "integer", "number", "string", "array", "object",
    ];
    let scalar = || select(values()[..8].to_vec());
    let number = || select(vec![json!(0), json!(1), json!(1.5), json!(2)]);
    let types = prop_oneof![
        select(names.clone()).prop_map(|name| json!(name)),
        subsequence(names, 1..4).prop_map(|names| json!(names)),
    ];
    let plain = (
        of(types),
        of(scalar()),
        of(vec(scalar(), 1..4).prop_map(Value::Array)),
        (of(number()), of(number())),
    );
    let plain = (plain, subsequence(vec![0, 1, 2, 3, 4], 0..3)).prop_map(|(plain, chosen)| {
        let (kind, constant, list, (least, most)) = plain;
        let given = [
            ("type", kind),
            ("const", constant),
            ("enum", list),
            ("exclusiveMinimum", least),
            ("exclusiveMaximum", most),
        ];
        let chosen = chosen.into_iter().map(|index| given[index].clone());
        let chosen = chosen.filter_map(|(key, value)| Some((key.to_owned(), value?)));
        chosen.collect::<Map<String, Value>>()
    });
    let Some(inner) = inner else {
        return plain.prop_map(Value::Object).boxed();
    };
    let lists = select(vec!["allOf", "anyOf", "oneOf", "anyOf", "oneOf"]);
    let lists = vec((lists, vec(inner.clone(), 1..4)), 0..3);
    let singles = select(vec![
        "not",
        "a",
        "additionalProperties",
        "unevaluatedProperties",
    ]);
    let singles = vec((singles, inner), 0..2);
    (plain, lists, singles)
        .prop_map(|(mut schema, lists, singles)| {
            schema.extend(
                lists
                    .into_iter()
                    .map(|(key, parts)| (key.to_owned(), json!(parts))),
            );
            for (key, part) in singles {
                match key {
                    "a" => schema.insert("properties".to_owned(), json!({"a": part})),
                    key => schema.insert(key.to_owned(), part),
                };
            }
            Value::Object(schema)
        })
        .boxed()
}

#[test]
fn the_same_values_are_allowed() {
    run(4000, &schema(), |schema| {
        let mut root = json!({"components": {"schemas": {"A": schema}}});
        if downgrade(&mut root).is_ok() {
            let lowered = &root["components"]["schemas"]["A"];
            for value in values() {
                let (before, after) = (allows(&schema, &value), allows(lowered, &value));
                prop_assert_eq!(before, after, "{} of {} as {}", value, schema, lowered);
            }
        }
        Ok(())
    });
}
