//! Walking a document without taking the data in it, or the names, for keywords.

use serde_json::{Map, Value};

use super::Pointer;

/// Every `$ref` at or below `at`, with the place that holds it. Values that only look like
/// references (in examples, defaults, enumerations, vendor extensions) are passed over.
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
                    if let Some(reference) = inner.as_str() {
                        found.push((at.clone(), reference.to_owned()));
                    }
                } else if names || !is_data(key) {
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
                if names || !is_data(key) {
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
fn is_data(key: &str) -> bool {
    matches!(key, "example" | "examples" | "default" | "enum") || key.starts_with("x-")
}

/// Whether the keys of the object under a key are names and not keywords.
fn holds_names(key: &str) -> bool {
    matches!(
        key,
        "callbacks"
            | "content"
            | "encoding"
            | "headers"
            | "links"
            | "parameters"
            | "paths"
            | "properties"
            | "requestBodies"
            | "responses"
            | "schemas"
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
