//! Holding JSON values to a schema of OpenAPI 3.0, without references.
//!
//! Known are `type`, `nullable`, `enum`, `x-extensible-enum` (of which only the listed values are taken), `minimum`,
//! `maximum` and their `exclusive…`, `minLength`, `maxLength`, `properties`, `required`, `additionalProperties`,
//! `items`, `minItems`, `maxItems`, `uniqueItems`, `oneOf`, `anyOf`, and the formats `int32`, `int64`, `uri` and
//! `date-time`.

use serde_json::Value;

/// What is wrong with `value`, each with the JSON Pointer to it (RFC 6901). Texts that the value holds are not repeated.
pub(crate) fn violations(schema: &Value, value: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    check(schema, value, String::new(), &mut found);
    found
}

/// The type of a schema; one with properties is an object even if it does not say so.
pub(crate) fn type_of(schema: &Value) -> Option<&str> {
    let named = schema.get("type").and_then(Value::as_str);
    named.or_else(|| schema.get("properties").map(|_| "object"))
}

/// The values that the schema lists.
pub(crate) fn listed(schema: &Value) -> Option<&Vec<Value>> {
    let list = schema
        .get("enum")
        .or_else(|| schema.get("x-extensible-enum"));
    list.and_then(Value::as_array)
}

fn check(schema: &Value, value: &Value, at: String, found: &mut Vec<(String, String)>) {
    if value.is_null() && schema.get("nullable") == Some(&Value::Bool(true)) {
        return;
    }
    if let Some(wanted) = type_of(schema)
        && !is_of(wanted, value)
    {
        found.push((at, format!("must be of type {wanted}")));
        return;
    }
    if let Some(list) = listed(schema)
        && !list.contains(value)
    {
        let list: Vec<String> = list.iter().map(plain).collect();
        let text = match list.as_slice() {
            [only] => format!("must be {only}"),
            _ => format!("must be one of {}", list.join(", ")),
        };
        found.push((at.clone(), text));
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(Value::Array(choices)) = schema.get(key)
            && !choices
                .iter()
                .any(|choice| violations(choice, value).is_empty())
        {
            found.push((
                at.clone(),
                "is none of what the specification allows".to_owned(),
            ));
        }
    }
    match value {
        Value::Number(_) => number(schema, value, &at, found),
        Value::String(text) => string(schema, text, &at, found),
        Value::Array(items) => array(schema, items, &at, found),
        Value::Object(members) => object(schema, members, &at, found),
        Value::Null | Value::Bool(_) => {}
    }
}

fn is_of(wanted: &str, value: &Value) -> bool {
    match wanted {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

/// A value as people write it.
fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn number(schema: &Value, value: &Value, at: &str, found: &mut Vec<(String, String)>) {
    let Some(number) = value.as_f64() else {
        return;
    };
    let mut bound = |key: &str, exclusive: &str, beyond: fn(f64, f64) -> bool, text: &str| {
        let Some(limit) = schema.get(key) else {
            return;
        };
        let exclusive = schema.get(exclusive) == Some(&Value::Bool(true));
        if let Some(of) = limit.as_f64()
            && (beyond(number, of) || exclusive && !beyond(of, number))
        {
            let except = if exclusive { ", which is excluded" } else { "" };
            found.push((at.to_owned(), format!("is {value}, {text} {limit}{except}")));
        }
    };
    bound(
        "maximum",
        "exclusiveMaximum",
        |a, b| a > b,
        "the maximum is",
    );
    bound(
        "minimum",
        "exclusiveMinimum",
        |a, b| a < b,
        "the minimum is",
    );
    let fits = match schema.get("format").and_then(Value::as_str) {
        Some("int32") => value
            .as_i64()
            .is_some_and(|number| i32::try_from(number).is_ok()),
        Some("int64") => value.as_i64().is_some(),
        _ => true,
    };
    if !fits {
        found.push((
            at.to_owned(),
            format!("is {value}, which is no {}", plain(&schema["format"])),
        ));
    }
}

fn string(schema: &Value, text: &str, at: &str, found: &mut Vec<(String, String)>) {
    let length = text.chars().count() as u64;
    if let Some(most) = schema.get("maxLength").and_then(Value::as_u64)
        && length > most
    {
        found.push((
            at.to_owned(),
            format!("has {length} characters, the maximum is {most}"),
        ));
    }
    if let Some(least) = schema.get("minLength").and_then(Value::as_u64)
        && length < least
    {
        found.push((
            at.to_owned(),
            format!("has {length} characters, the minimum is {least}"),
        ));
    }
    let fits = match schema.get("format").and_then(Value::as_str) {
        Some("uri") => reqwest::Url::parse(text).is_ok(),
        Some("date-time") => is_date_time(text),
        _ => true,
    };
    if !fits {
        found.push((
            at.to_owned(),
            format!("must be of format {}", plain(&schema["format"])),
        ));
    }
}

/// RFC 3339, section 5.6, without the lengths of months.
fn is_date_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', 't', ' ']) else {
        return false;
    };
    let within = |text: &str, length: usize, range: std::ops::RangeInclusive<u32>| {
        text.len() == length
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && text.parse().is_ok_and(|number| range.contains(&number))
    };
    let date: Vec<&str> = date.split('-').collect();
    let [year, month, day] = date.as_slice() else {
        return false;
    };
    let Some(end) = time.find(['Z', 'z', '+', '-']) else {
        return false;
    };
    let (time, offset) = time.split_at(end);
    let offset_fits = offset.eq_ignore_ascii_case("z")
        || offset[1..]
            .split_once(':')
            .is_some_and(|(hours, minutes)| within(hours, 2, 0..=23) && within(minutes, 2, 0..=59));
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let time: Vec<&str> = time.split(':').collect();
    let [hour, minute, second] = time.as_slice() else {
        return false;
    };
    offset_fits
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && within(year, 4, 0..=9999)
        && within(month, 2, 1..=12)
        && within(day, 2, 1..=31)
        && within(hour, 2, 0..=23)
        && within(minute, 2, 0..=59)
        && within(second, 2, 0..=60)
}

fn array(schema: &Value, items: &[Value], at: &str, found: &mut Vec<(String, String)>) {
    let count = items.len() as u64;
    if schema
        .get("maxItems")
        .and_then(Value::as_u64)
        .is_some_and(|most| count > most)
    {
        found.push((at.to_owned(), format!("has {count} items, too many")));
    }
    if schema
        .get("minItems")
        .and_then(Value::as_u64)
        .is_some_and(|least| count < least)
    {
        found.push((at.to_owned(), format!("has {count} items, too few")));
    }
    if schema.get("uniqueItems") == Some(&Value::Bool(true))
        && items
            .iter()
            .enumerate()
            .any(|(index, item)| items[..index].contains(item))
    {
        found.push((at.to_owned(), "has the same item twice".to_owned()));
    }
    if let Some(schema) = schema.get("items") {
        for (index, item) in items.iter().enumerate() {
            check(schema, item, format!("{at}/{index}"), found);
        }
    }
}

fn object(
    schema: &Value,
    members: &serde_json::Map<String, Value>,
    at: &str,
    found: &mut Vec<(String, String)>,
) {
    for name in schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(name) = name.as_str()
            && !members.contains_key(name)
        {
            found.push((at.to_owned(), format!("must have the property {name}")));
        }
    }
    for (name, value) in members {
        let below = || format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        match schema
            .get("properties")
            .and_then(|properties| properties.get(name))
        {
            Some(schema) => check(schema, value, below(), found),
            None => match schema.get("additionalProperties") {
                Some(Value::Bool(false)) => {
                    found.push((
                        at.to_owned(),
                        "has a property that the specification does not".to_owned(),
                    ));
                }
                Some(schema @ Value::Object(_)) => check(schema, value, below(), found),
                _ => {}
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Each with a value that it takes, and values that it does not with what is said.
    #[test]
    #[expect(clippy::too_many_lines, reason = "it is a table")]
    fn each_keyword_is_held() {
        let cases = [
            (
                json!({"type": "integer", "maximum": 900}),
                json!(900),
                json!(901),
                "is 901, the maximum is 900",
            ),
            (
                json!({"minimum": 1}),
                json!(1),
                json!(0),
                "is 0, the minimum is 1",
            ),
            (
                json!({"maximum": 9, "exclusiveMaximum": true}),
                json!(8),
                json!(9),
                "is 9, the maximum is 9, which is excluded",
            ),
            (
                json!({"format": "int32", "type": "integer"}),
                json!(1),
                json!(2_147_483_648_u32),
                "is 2147483648, which is no int32",
            ),
            (
                json!({"type": "integer"}),
                json!(1),
                json!(1.5),
                "must be of type integer",
            ),
            (
                json!({"type": "string"}),
                json!("a"),
                json!(1),
                "must be of type string",
            ),
            (json!({"enum": ["a"]}), json!("a"), json!("b"), "must be a"),
            (
                json!({"x-extensible-enum": ["a", "b"]}),
                json!("b"),
                json!("c"),
                "must be one of a, b",
            ),
            (
                json!({"maxLength": 2}),
                json!("äö"),
                json!("abc"),
                "has 3 characters, the maximum is 2",
            ),
            (
                json!({"minLength": 2}),
                json!("ab"),
                json!("a"),
                "has 1 characters, the minimum is 2",
            ),
            (
                json!({"format": "uri"}),
                json!("crn://a/b=c"),
                json!("a"),
                "must be of format uri",
            ),
            (
                json!({"format": "date-time"}),
                json!("2006-01-02T15:04:05.5-07:00"),
                json!("2006-13-02T15:04:05Z"),
                "must be of format date-time",
            ),
            (
                json!({"properties": {}, "required": ["a"]}),
                json!({"a": 1}),
                json!({}),
                "must have the property a",
            ),
            (
                json!({"type": "object", "additionalProperties": false}),
                json!({}),
                json!({"a": 1}),
                "has a property that the specification does not",
            ),
            (
                json!({"uniqueItems": true}),
                json!([1, 2]),
                json!([1, 1]),
                "has the same item twice",
            ),
            (
                json!({"minItems": 1}),
                json!([1]),
                json!([]),
                "has 0 items, too few",
            ),
            (
                json!({"maxItems": 1}),
                json!([1]),
                json!([1, 2]),
                "has 2 items, too many",
            ),
            (
                json!({"oneOf": [{"type": "string"}]}),
                json!("a"),
                json!(1),
                "is none of what the specification allows",
            ),
            (
                json!({"type": "string", "nullable": true}),
                json!(null),
                json!(1),
                "must be of type string",
            ),
        ];
        for (schema, good, bad, text) in cases {
            assert_eq!(violations(&schema, &good), [], "{schema}");
            assert_eq!(
                violations(&schema, &bad),
                [(String::new(), text.to_owned())],
                "{schema}"
            );
        }
    }

    #[test]
    fn the_place_is_a_pointer() {
        let schema = json!({"properties": {"a/b": {"items": {"type": "string"}}}});
        let found = violations(&schema, &json!({"a/b": ["x", 1]}));
        assert_eq!(
            found,
            [("/a~1b/1".to_owned(), "must be of type string".to_owned())]
        );
    }

    #[test]
    fn dates_that_are_none() {
        for text in [
            "",
            "T",
            "2006-01-02",
            "2006-01-02T15:04:05",
            "2006-01-02T15:04Z",
            "2006-1-02T15:04:05Z",
            "2006-01-02T15:04:05+7",
            "2006-01-02T15:04:05.Z",
            "ä-01-02T15:04:05Z",
            "2006-01-02T15:04:05Zx",
        ] {
            assert!(!is_date_time(text), "{text}");
        }
    }
}
