//! Making replies that the schema allows.

use serde_json::{Map, Value, json};

use super::problem::Problem;
use super::schema::{listed, type_of, violations};
use crate::random::uuid;

/// The most errors that a `Failure` lists.
const LISTED: usize = 16;

/// An object of `schema`: of `known` what it has as a property, and a sample of whatever else it requires.
pub(crate) fn object(schema: &Value, known: Map<String, Value>) -> Result<Value, String> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let has = |name: &str| properties.is_none_or(|properties| properties.contains_key(name));
    let mut object: Map<String, Value> = known.into_iter().filter(|(name, _)| has(name)).collect();
    for name in schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(name) = name.as_str()
            && !object.contains_key(name)
        {
            let property = properties.and_then(|properties| properties.get(name));
            object.insert(name.to_owned(), sample(property.unwrap_or(&Value::Null)));
        }
    }
    let object = Value::Object(object);
    match violations(schema, &object).first() {
        None => Ok(object),
        Some((at, text)) => Err(format!(
            "the emulator cannot make what the specification wants: {at} {text}"
        )),
    }
}

/// A value of the schema, for what the emulator does not know the meaning of.
fn sample(schema: &Value) -> Value {
    let given = ["default", "example"]
        .iter()
        .find_map(|key| schema.get(*key));
    if let Some(given) = given.or_else(|| listed(schema)?.first()) {
        return given.clone();
    }
    match type_of(schema) {
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => json!(false),
        Some("array") => json!([]),
        Some("object") => object(schema, Map::new()).unwrap_or(json!({})),
        _ => json!("sample"),
    }
}

/// A `Failure` of `schema`.
pub(crate) fn failure(schema: &Value, status: u16, problems: &[Problem]) -> Value {
    let error = schema.pointer("/properties/errors/items/properties");
    let has = |name: &str| error.is_none_or(|error| error.get(name).is_some());
    let errors = problems.iter().take(LISTED).map(|problem| {
        let mut error = json!({
            "id": uuid(),
            "status": status.to_string(),
            "code": problem.code,
            "title": problem.title,
            "detail": problem.detail,
        });
        if let Some(parameter) = &problem.parameter {
            error["source"] = json!({"parameter": parameter});
        }
        if let Value::Object(error) = &mut error {
            error.retain(|name, _| has(name));
        }
        error
    });
    json!({"errors": errors.collect::<Vec<Value>>()})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_schema_requires_is_there() {
        let schema = json!({
            "required": ["a", "b", "c", "d"],
            "properties": {
                "a": {"type": "string"},
                "b": {"type": "string", "x-extensible-enum": ["only"]},
                "c": {"type": "integer", "minimum": 5},
                "d": {"type": "object", "required": ["e"], "properties": {"e": {"type": "boolean"}}},
            }
        });
        let known = Map::from_iter([("a".to_owned(), json!("A")), ("z".to_owned(), json!(1))]);
        assert_eq!(
            object(&schema, known).unwrap(),
            json!({"a": "A", "b": "only", "c": 5, "d": {"e": false}})
        );
        let known = Map::from_iter([("a".to_owned(), json!(1))]);
        let error = object(&schema, known).unwrap_err();
        assert_eq!(
            error,
            "the emulator cannot make what the specification wants: /a must be of type string"
        );
    }
}
