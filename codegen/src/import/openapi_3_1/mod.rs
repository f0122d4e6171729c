//! The downgrade of OpenAPI 3.1 to 3.0, where it can be said in 3.0.
//!
//! Each file is a rule about some keywords of schemas: it says them as 3.0 does, or names what it cannot.

mod bounds;
mod content;
mod keywords;
mod null;
mod schema;
mod siblings;
mod types;
mod values;

#[cfg(test)]
mod equivalence;

use serde_json::{Value, json};

use self::schema::{Schema, unsayable};
use crate::diagnostic::Diagnostic;
use crate::openapi::{Pointer, holds_names, is_data};

/// The last version of OpenAPI 3.0 that changed what its words mean, `nullable` among them; 3.0.4 only
/// explains them.
const VERSION: &str = "3.0.3";

type Rule = fn(&mut Schema, &Pointer) -> Result<(), Diagnostic>;

/// All rules, in the order in which they apply to a schema; the schemas within it come first.
const RULES: [Rule; 7] = [
    keywords::apply,
    null::apply,
    types::apply,
    values::apply,
    bounds::apply,
    content::apply,
    siblings::apply,
];

/// Says in OpenAPI 3.0 what `root` says in 3.1.
pub(super) fn downgrade(root: &mut Value) -> Result<(), Diagnostic> {
    root["openapi"] = json!(VERSION);
    object(root, &Pointer::root(), false)
}

/// Walks what is outside of schemas.
fn object(value: &mut Value, at: &Pointer, names: bool) -> Result<(), Diagnostic> {
    match value {
        Value::Object(map) => {
            // 3.0 has nothing beside a $ref; what 3.1 allows there are descriptions.
            if !names && map.get("$ref").is_some_and(Value::is_string) {
                map.retain(|key, _| key == "$ref");
            }
            if !names && map.get("type").is_some_and(|kind| kind == "mutualTLS") {
                return Err(unsayable(&at.join("type"), "mutualTLS"));
            }
            for (key, inner) in map {
                let at = at.join(key);
                match key.as_str() {
                    "schema" if !names => downgrade_schema(inner, &at)?,
                    "schemas" if !names => each(inner, &at)?,
                    _ if names || !is_data(key, inner) => {
                        object(inner, &at, !names && holds_names(key))?;
                    }
                    _ => {}
                }
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter_mut().enumerate() {
                object(inner, &at.join(index), false)?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn downgrade_schema(value: &mut Value, at: &Pointer) -> Result<(), Diagnostic> {
    match value {
        Value::Bool(true) => *value = json!({}),
        Value::Bool(false) => return Err(unsayable(at, "the schema `false`")),
        Value::Object(map) => {
            inner_schemas(map, at)?;
            for rule in RULES {
                rule(map, at)?;
            }
        }
        // Not a schema; the check of the result says so.
        _ => {}
    }
    Ok(())
}

fn inner_schemas(map: &mut Schema, at: &Pointer) -> Result<(), Diagnostic> {
    for (key, inner) in map {
        let at = at.join(key);
        match (key.as_str(), inner) {
            ("additionalProperties" | "unevaluatedProperties", Value::Bool(_)) => {}
            ("items" | "additionalProperties" | "unevaluatedProperties" | "not", inner) => {
                downgrade_schema(inner, &at)?;
            }
            ("properties", inner) => each(inner, &at)?,
            ("anyOf" | "oneOf", Value::Array(parts)) => {
                for (index, part) in parts.iter_mut().enumerate() {
                    // The schema that holds it says what becomes of null.
                    if !null::is_null(part) {
                        downgrade_schema(part, &at.join(index))?;
                    }
                }
            }
            ("allOf", Value::Array(parts)) => {
                for (index, part) in parts.iter_mut().enumerate() {
                    downgrade_schema(part, &at.join(index))?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn each(schemas: &mut Value, at: &Pointer) -> Result<(), Diagnostic> {
    for (name, inner) in schemas.as_object_mut().into_iter().flatten() {
        downgrade_schema(inner, &at.join(name))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a schema.
    pub(super) fn lowered(schema: &Value) -> Value {
        let mut root = document(schema);
        downgrade(&mut root).unwrap_or_else(|diagnostic| panic!("{diagnostic}"));
        root["components"]["schemas"]["A"].take()
    }

    /// Why a schema is refused: the place within it, and the reason.
    pub(super) fn refusal(schema: &Value) -> String {
        let mut root = document(schema);
        let diagnostic = downgrade(&mut root).unwrap_err().to_string();
        let within = diagnostic.strip_prefix("/components/schemas/A");
        within.unwrap_or_else(|| panic!("{diagnostic}")).to_owned()
    }

    fn document(schema: &Value) -> Value {
        json!({"openapi": "3.1.0", "components": {"schemas": {"A": schema}}})
    }

    /// As text, for the order of keywords.
    fn text(value: &Value) -> String {
        value.to_string()
    }

    #[test]
    fn names_and_data_are_no_keywords() {
        let schema = json!({
            "type": "object",
            "properties": {
                "const": {"type": "string"}, "examples": {"type": "string"}, "$ref": {"type": "string"},
            },
            "default": {"const": 1},
            "example": {"type": ["string", "null"]},
            "enum": [{"const": 1}],
        });
        assert_eq!(text(&lowered(&schema)), text(&schema));
    }

    #[test]
    fn schemas_are_found_wherever_they_stand() {
        let given = || json!({"type": ["string", "null"]});
        let schema = lowered(&json!({
            "properties": {"a": given()}, "items": given(), "additionalProperties": given(),
            "not": given(), "allOf": [given()], "anyOf": [given()], "oneOf": [given()],
        }));
        let expected = json!({"type": "string", "nullable": true});
        for at in [
            "/properties/a",
            "/items",
            "/additionalProperties",
            "/not",
            "/allOf/0",
            "/anyOf/0",
            "/oneOf/0",
        ] {
            assert_eq!(schema.pointer(at), Some(&expected), "{at}");
        }
        let mut root = json!({"openapi": "3.1.0", "paths": {"/a": {"get": {
            "parameters": [{"name": "schema", "schema": given()}],
            "requestBody": {"content": {"a/b": {"schema": given(), "examples": {
                "schema": {"value": {"schema": given()}},
            }}}},
            "responses": {"200": {"headers": {"schema": {"schema": given()}}}},
        }}}});
        downgrade(&mut root).unwrap();
        assert_eq!(root["openapi"], VERSION);
        for at in [
            "/parameters/0/schema",
            "/requestBody/content/a~1b/schema",
            "/responses/200/headers/schema/schema",
        ] {
            let at = format!("/paths/~1a/get{at}");
            assert_eq!(root.pointer(&at), Some(&expected), "{at}");
        }
        let example = "/paths/~1a/get/requestBody/content/a~1b/examples/schema/value/schema";
        assert_eq!(root.pointer(example), Some(&given()));
    }

    #[test]
    fn boolean_schemas_are_said_where_they_can_be() {
        assert_eq!(
            lowered(&json!({"properties": {"a": true}, "additionalProperties": false})),
            json!({"properties": {"a": {}}, "additionalProperties": false})
        );
        assert_eq!(
            refusal(&json!({"properties": {"a": false}})),
            "/properties/a: the schema `false` cannot be said in OpenAPI 3.0; \
             describe it otherwise in a copy of the document, and import that"
        );
    }

    #[test]
    fn nothing_stays_beside_references_to_what_is_no_schema() {
        let mut root = json!({"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": {
            "200": {"$ref": "#/components/responses/R", "summary": "s", "description": "d"},
        }}}}});
        downgrade(&mut root).unwrap();
        assert_eq!(
            root["paths"]["/a"]["get"]["responses"]["200"],
            json!({"$ref": "#/components/responses/R"})
        );
    }

    #[test]
    fn mutual_tls_is_refused() {
        let mut root = json!({"components": {"securitySchemes": {"m": {"type": "mutualTLS"}}}});
        let diagnostic = downgrade(&mut root).unwrap_err().to_string();
        assert!(diagnostic.starts_with("/components/securitySchemes/m/type: mutualTLS cannot"));
    }
}
