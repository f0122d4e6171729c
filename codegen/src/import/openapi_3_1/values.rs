//! Constants, enumerations that hold null, and examples.

use serde_json::{Value, json};

use super::schema::{Schema, put_after, put_instead, unsayable};
use crate::diagnostic::Diagnostic;
use crate::openapi::Pointer;

/// Says `const` by `enum` and `examples` by `example`, and null in an `enum` by `nullable` as well.
pub(super) fn apply(schema: &mut Schema, at: &Pointer) -> Result<(), Diagnostic> {
    constant(schema, at)?;
    null_in_enum(schema, at)?;
    examples(schema, at)
}

fn constant(schema: &mut Schema, at: &Pointer) -> Result<(), Diagnostic> {
    let Some(value) = schema.get("const").cloned() else {
        return Ok(());
    };
    if let Some(Value::Array(values)) = schema.get("enum")
        && !values.contains(&value)
    {
        let what = "`const` beside an `enum` without its value";
        return Err(unsayable(&at.join("const"), what));
    }
    schema.shift_remove("enum");
    put_instead(schema, "const", "enum", json!([value]));
    if let Some(kind) = scalar(&value)
        && !schema.contains_key("type")
        && !schema.contains_key("anyOf")
    {
        let place = schema.keys().position(|key| key == "enum");
        schema.shift_insert(place.unwrap_or_default(), "type".to_owned(), json!(kind));
    }
    Ok(())
}

/// In 3.0 null has to be allowed twice: by `nullable` beside the `type`, and by the `enum`.
fn null_in_enum(schema: &mut Schema, at: &Pointer) -> Result<(), Diagnostic> {
    let Some(Value::Array(values)) = schema.get_mut("enum") else {
        return Ok(());
    };
    let holds_null = values.contains(&Value::Null);
    let mut others: Vec<Value> = values.clone();
    others.retain(|value| !value.is_null());
    if others.is_empty() && holds_null {
        return Err(unsayable(&at.join("enum"), "null alone"));
    }
    let typed = schema.contains_key("type");
    let nullable = schema.contains_key("nullable");
    if typed && !nullable && holds_null {
        schema.insert("enum".to_owned(), json!(others));
    } else if typed && nullable && !holds_null {
        schema.shift_remove("nullable");
    } else if !typed && holds_null {
        let mut kinds = others.iter().map(scalar);
        if let Some(Some(kind)) = kinds.next()
            && kinds.all(|other| other == Some(kind))
            && !schema.contains_key("anyOf")
        {
            let place = schema.keys().position(|key| key == "enum");
            schema.shift_insert(place.unwrap_or_default(), "type".to_owned(), json!(kind));
            put_after(schema, "type", "nullable", json!(true));
        }
    }
    Ok(())
}

/// The type of a value that is neither null nor made of others.
fn scalar(value: &Value) -> Option<&'static str> {
    match value {
        Value::Bool(_) => Some("boolean"),
        Value::Number(number) if number.is_f64() => Some("number"),
        Value::Number(_) => Some("integer"),
        Value::String(_) => Some("string"),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn examples(schema: &mut Schema, at: &Pointer) -> Result<(), Diagnostic> {
    match schema.get("examples") {
        None => return Ok(()),
        Some(Value::Array(examples)) => {
            if let Some(first) = examples.first().cloned()
                && !schema.contains_key("example")
            {
                put_after(schema, "examples", "example", first);
            }
        }
        Some(_) => {
            return Err(Diagnostic::new(
                at.join("examples").as_str(),
                "is not a list of examples",
                "compare it with the OpenAPI 3.1 specification",
            ));
        }
    }
    schema.shift_remove("examples");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{lowered, refusal};
    use super::*;

    #[test]
    fn a_constant_is_an_enumeration_of_one() {
        for (value, kind) in [
            (json!("a"), "string"),
            (json!(1), "integer"),
            (json!(1.5), "number"),
            (json!(true), "boolean"),
        ] {
            assert_eq!(
                lowered(&json!({"description": "d", "const": value, "example": value})).to_string(),
                json!({"description": "d", "type": kind, "enum": [value], "example": value})
                    .to_string()
            );
        }
        assert_eq!(
            lowered(&json!({"type": "string", "const": "a", "enum": ["a", "b"]})),
            json!({"type": "string", "enum": ["a"]})
        );
        assert_eq!(lowered(&json!({"const": [1]})), json!({"enum": [[1]]}));
        assert!(
            refusal(&json!({"const": "c", "enum": ["a"]})).starts_with("/const: `const` beside")
        );
        assert!(refusal(&json!({"const": null})).starts_with("/enum: null alone"));
    }

    #[test]
    fn null_is_in_an_enumeration_where_the_type_allows_it() {
        let nullable = json!({"type": "string", "nullable": true, "enum": ["a", null]});
        assert_eq!(
            lowered(&json!({"type": ["string", "null"], "enum": ["a", null]})),
            nullable
        );
        assert_eq!(lowered(&json!({"enum": ["a", null]})), nullable);
        let plain = json!({"type": "string", "enum": ["a"]});
        assert_eq!(
            lowered(&json!({"type": ["string", "null"], "enum": ["a"]})),
            plain
        );
        assert_eq!(
            lowered(&json!({"type": "string", "enum": ["a", null]})),
            plain
        );
        assert_eq!(
            lowered(&json!({"enum": ["a", 1, null]})),
            json!({"enum": ["a", 1, null]})
        );
    }

    #[test]
    fn the_first_example_is_the_example() {
        assert_eq!(
            lowered(&json!({"type": "string", "examples": ["a", "b"], "maxLength": 5})).to_string(),
            r#"{"type":"string","example":"a","maxLength":5}"#
        );
        assert_eq!(
            lowered(&json!({"example": "c", "examples": ["a"]})),
            json!({"example": "c"})
        );
        assert_eq!(lowered(&json!({"examples": []})), json!({}));
        assert!(refusal(&json!({"examples": "a"})).starts_with("/examples: is not a list"));
    }
}
