//! Spares callers what can have one value only.

use serde_json::Value;

use super::adaptation::Adaptation;
use crate::diagnostic::Diagnostic;
use crate::openapi::{EXTENSIBLE_ENUM, Pointer, only_sent, properties};

/// Makes the only value of a required request property's `x-extensible-enum` its default, and stops
/// requiring the property of the caller. It is always sent; a caller can still send another value, as
/// the enumeration is extensible. Replies keep theirs required: what is missing there is not assumed.
pub(super) const ADAPTATION: Adaptation = Adaptation {
    name: "single_values",
    why: "callers need not give what can have one value only",
    apply,
};

fn apply(root: &mut Value) -> Result<Vec<Pointer>, Diagnostic> {
    let mut changed = Vec::new();
    for at in only_sent(root)? {
        let Some(schema) = at.get_mut(root) else {
            continue;
        };
        let values: Vec<(String, Value)> = properties(schema)
            .filter(|(name, _)| is_required(schema, name))
            .filter_map(|(name, property)| Some((name.clone(), only_value(property)?.clone())))
            .collect();
        for (name, value) in values {
            schema["properties"][&name]["default"] = value;
            if let Some(Value::Array(required)) = schema.get_mut("required") {
                required.retain(|other| *other != *name);
                if required.is_empty()
                    && let Some(schema) = schema.as_object_mut()
                {
                    // OpenAPI 3.0 does not allow the empty list.
                    schema.shift_remove("required");
                }
            }
            changed.push(at.join("properties").join(name));
        }
    }
    Ok(changed)
}

fn is_required(schema: &Value, name: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|names| names.iter().any(|other| other == name))
}

fn only_value(property: &Value) -> Option<&Value> {
    match property.get(EXTENSIBLE_ENUM)?.as_array()?.as_slice() {
        [value] => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::form;
    use super::*;

    #[test]
    fn the_only_value_becomes_the_default_in_requests() {
        let schema = json!({"required": ["one", "two", "plain"], "properties": {
            "one": {"type": "string", "x-extensible-enum": ["a"]},
            "two": {"type": "string", "x-extensible-enum": ["a", "b"]},
            "plain": {"type": "string"},
            "optional": {"type": "string", "x-extensible-enum": ["a"]},
        }});
        let mut document = form(&json!({"Request": schema, "Reply": schema}));
        let changed = apply(&mut document).unwrap();
        assert_eq!(
            changed.iter().map(Pointer::as_str).collect::<Vec<_>>(),
            ["/components/schemas/Request/properties/one"]
        );
        let request = &document["components"]["schemas"]["Request"];
        assert_eq!(request["required"], json!(["two", "plain"]));
        assert_eq!(request["properties"]["one"]["default"], "a");
        assert_eq!(document["components"]["schemas"]["Reply"], schema);
    }

    #[test]
    fn an_empty_list_of_required_properties_goes() {
        let mut document = form(&json!({
            "Request": {"required": ["one"], "properties": {"one": {"x-extensible-enum": ["a"]}}},
            "Reply": {},
        }));
        apply(&mut document).unwrap();
        assert!(
            document["components"]["schemas"]["Request"]
                .get("required")
                .is_none()
        );
    }
}
