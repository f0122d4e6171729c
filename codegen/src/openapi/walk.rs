//! Walking a document without taking the data in it, or the names, for keywords.

use serde_json::{Map, Value};

use super::keywords::is_extension;
use super::pointer::Pointer;

/// Every reference at or below `at`, with the place that holds it: `$ref`, and what a discriminator
/// maps to. Values that only look like references (in examples, defaults, enumerations, vendor
/// extensions) are passed over.
pub(crate) fn references(root: &Value, at: &Pointer) -> Vec<(Pointer, String)> {
    let mut found = Vec::new();
    if let Some(value) = at.get(root) {
        collect(value, at, false, &mut found);
    }
    found
}

fn collect(value: &Value, at: &Pointer, names: bool, found: &mut Vec<(Pointer, String)>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                if !names && key == "$ref" {
                    // What is no text refers to nothing, and is found to.
                    let reference = inner.as_str().map(str::to_owned);
                    found.push((at.clone(), reference.unwrap_or_else(|| inner.to_string())));
                } else if !names && key == "discriminator" {
                    mapped(inner, &at.join(key), found);
                } else if names || !is_data(key, inner) {
                    collect(inner, &at.join(key), !names && holds_names(key), found);
                }
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                collect(inner, &at.join(index), false, found);
            }
        }
        _ => {}
    }
}

/// What a discriminator maps to: references, or bare names of schemas (OpenAPI 3.0.4, Discriminator
/// Object).
fn mapped(discriminator: &Value, at: &Pointer, found: &mut Vec<(Pointer, String)>) {
    let at = at.join("mapping");
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    for (key, target) in mapping.into_iter().flatten() {
        let Some(target) = target.as_str() else {
            continue;
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let reference = if target.chars().all(is_name) {
            let schemas = Pointer::root().joined(&["components", "schemas"]);
            schemas.join(target).to_reference()
        } else {
            target.to_owned()
        };
        found.push((at.join(key), reference));
    }
}

/// Calls `change` with every object at or below `root` whose keys are keywords, outer ones first.
pub(crate) fn keywords_mut(
    root: &mut Value,
    change: &mut impl FnMut(&Pointer, &mut Map<String, Value>),
) {
    descend(root, &Pointer::root(), false, change);
}

fn descend(
    value: &mut Value,
    at: &Pointer,
    names: bool,
    change: &mut impl FnMut(&Pointer, &mut Map<String, Value>),
) {
    match value {
        Value::Object(map) => {
            if !names {
                change(at, map);
            }
            for (key, inner) in map.iter_mut() {
                if names || !is_data(key, inner) {
                    descend(inner, &at.join(key), !names && holds_names(key), change);
                }
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter_mut().enumerate() {
                descend(inner, &at.join(index), false, change);
            }
        }
        _ => {}
    }
}

/// Whether what a key holds is data of the API and not part of its description.
pub(crate) fn is_data(key: &str, value: &Value) -> bool {
    match key {
        // In a schema a list of values, elsewhere a map of Example Objects.
        "examples" => !value.is_object(),
        // Under `security` are names of schemes and scopes.
        "const" | "default" | "enum" | "example" | "security" | "value" => true,
        _ => is_extension(key),
    }
}

/// Whether the keys of the object under a key are names and not keywords.
pub(crate) fn holds_names(key: &str) -> bool {
    matches!(
        key,
        "callbacks"
            | "content"
            | "encoding"
            | "examples"
            | "headers"
            | "links"
            | "mapping"
            | "parameters"
            | "pathItems"
            | "paths"
            | "properties"
            | "requestBodies"
            | "responses"
            | "schemas"
            | "scopes"
            | "securitySchemes"
            | "variables"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn root() -> Value {
        json!({
            "properties": {
                "default": {"$ref": "#/components/schemas/A"},
                "other": {"example": {"$ref": "#/nowhere"}, "default": {"$ref": "#/nowhere"}},
                "$ref": {"type": "string"},
            }
        })
    }

    #[test]
    fn examples_by_reference_and_mappings_are_references() {
        let root = json!({
            "content": {"text/plain": {"examples": {
                "default": {"$ref": "#/components/examples/E"},
                "inline": {"value": {"$ref": "#/nowhere"}},
            }}},
            "schema": {
                "examples": [{"$ref": "#/nowhere"}],
                "discriminator": {"propertyName": "kind", "mapping": {
                    "x-a": "A.b", "b": "#/components/schemas/B", "c": "other.yaml#/C",
                }},
            },
            "security": [{"$ref": []}],
        });
        let found = references(&root, &Pointer::root());
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(at, reference)| (at.as_str(), reference.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                (
                    "/content/text~1plain/examples/default",
                    "#/components/examples/E"
                ),
                (
                    "/schema/discriminator/mapping/x-a",
                    "#/components/schemas/A.b"
                ),
                ("/schema/discriminator/mapping/b", "#/components/schemas/B"),
                ("/schema/discriminator/mapping/c", "other.yaml#/C"),
            ]
        );
    }

    #[test]
    fn examples_and_names_are_no_references() {
        let found = references(&root(), &Pointer::root());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0.as_str(), "/properties/default");
    }

    #[test]
    fn keywords_are_visited_and_names_are_not() {
        let mut places = Vec::new();
        keywords_mut(&mut root(), &mut |at, _| {
            places.push(at.as_str().to_owned());
        });
        assert_eq!(
            places,
            [
                "",
                "/properties/default",
                "/properties/other",
                "/properties/$ref"
            ]
        );
    }
}
