//! Keywords that 3.0 does not have.

use serde_json::{Value, json};

use super::schema::{Schema, put_instead, unsayable};
use crate::diagnostic::Diagnostic;
use crate::openapi::Pointer;

/// Keywords that say something which 3.0 has no words for.
const REFUSED: [&str; 19] = [
    "$anchor",
    "$defs",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$vocabulary",
    "contains",
    "contentSchema",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "minContains",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
];
/// Keywords through which other schemas evaluate properties of the same object.
const EVALUATING: [&str; 4] = ["$ref", "allOf", "anyOf", "oneOf"];

/// Drops keywords without a meaning for the wire and refuses those that 3.0 cannot say.
pub(super) fn apply(schema: &mut Schema, at: &Pointer) -> Result<(), Diagnostic> {
    schema.shift_remove("$comment");
    schema.shift_remove("$schema");
    // Not a keyword of 3.1, but in 3.0 it would become one.
    if schema.get("nullable") == Some(&json!(false)) {
        schema.shift_remove("nullable");
    } else if schema.contains_key("nullable") {
        return Err(Diagnostic::new(
            at.join("nullable").as_str(),
            "`nullable` has no meaning in OpenAPI 3.1",
            "add \"null\" to the type, or take it out, in a copy of the document, and import that",
        ));
    }
    for keyword in REFUSED {
        if schema
            .get(keyword)
            .is_some_and(|value| !is_void(keyword, value))
        {
            return Err(unsayable(&at.join(keyword), format!("`{keyword}`")));
        }
        schema.shift_remove(keyword);
    }
    unevaluated_properties(schema, at)
}

/// Whether a keyword with this value allows everything.
fn is_void(keyword: &str, value: &Value) -> bool {
    match value {
        Value::Bool(value) => *value && matches!(keyword, "propertyNames" | "unevaluatedItems"),
        Value::Object(map) => map.is_empty() && !matches!(keyword, "contains" | "if"),
        _ => false,
    }
}

/// Without other schemas for the same object, what they would leave unevaluated is what is additional.
fn unevaluated_properties(schema: &mut Schema, at: &Pointer) -> Result<(), Diagnostic> {
    let key = "unevaluatedProperties";
    let Some(value) = schema.get(key) else {
        return Ok(());
    };
    if *value == json!(true) || schema.contains_key("additionalProperties") {
        schema.shift_remove(key);
    } else if EVALUATING.iter().any(|other| schema.contains_key(*other)) {
        return Err(unsayable(&at.join(key), format!("`{key}`")));
    } else {
        let value = value.clone();
        put_instead(schema, key, "additionalProperties", value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{lowered, refusal};
    use super::*;

    #[test]
    fn what_3_0_has_no_words_for_is_refused_by_name() {
        for keyword in REFUSED {
            let value = json!({"a": {"type": "string"}});
            assert_eq!(
                refusal(&json!({"items": {keyword: value}})),
                format!(
                    "/items/{keyword}: `{keyword}` cannot be said in OpenAPI 3.0; \
                     describe it otherwise in a copy of the document, and import that"
                )
            );
        }
        assert!(refusal(&json!({"contains": {}})).starts_with("/contains: "));
        assert!(refusal(&json!({"unevaluatedItems": false})).starts_with("/unevaluatedItems: "));
    }

    #[test]
    fn what_has_no_meaning_goes() {
        assert_eq!(
            lowered(&json!({
                "$comment": "c", "$schema": "s", "propertyNames": true, "$defs": {},
                "unevaluatedProperties": true, "unevaluatedItems": true, "nullable": false,
                "type": "object",
            })),
            json!({"type": "object"})
        );
        assert!(refusal(&json!({"nullable": true})).starts_with("/nullable: `nullable` has no"));
    }

    #[test]
    fn unevaluated_properties_are_additional_ones_where_nothing_else_evaluates() {
        assert_eq!(
            lowered(&json!({"type": "object", "unevaluatedProperties": false})),
            json!({"type": "object", "additionalProperties": false})
        );
        assert_eq!(
            lowered(&json!({"unevaluatedProperties": {"type": ["string", "null"]}})),
            json!({"additionalProperties": {"type": "string", "nullable": true}})
        );
        assert_eq!(
            lowered(&json!({"additionalProperties": {}, "unevaluatedProperties": false})),
            json!({"additionalProperties": {}})
        );
        let composed = json!({"allOf": [{"type": "object"}], "unevaluatedProperties": false});
        assert!(refusal(&composed).starts_with("/unevaluatedProperties: "));
    }
}
