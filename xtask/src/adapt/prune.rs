//! Takes out what no operation refers to.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Adaptation;
use crate::document::{Pointer, holds_names, is_data, references};
use crate::fault::Fault;

/// Removes components that no operation refers to, and vendor extensions other than
/// `x-extensible-enum`. Unused components would become dead code; extensions are samples and page
/// furniture or, worse, instructions to the generator (`x-rust-type`, `x-dropshot-…`).
pub(super) const ADAPTATION: Adaptation = Adaptation {
    name: "prune",
    apply,
};

// The shape of every adaptation, although this one never fails.
#[allow(clippy::unnecessary_wraps)]
fn apply(root: &mut Value) -> Result<Vec<Pointer>, Fault> {
    let mut changed = Vec::new();
    remove_extensions(root, &Pointer::root(), false, &mut changed);
    remove_components(root, &mut changed);
    Ok(changed)
}

fn remove_extensions(value: &mut Value, at: &Pointer, names: bool, changed: &mut Vec<Pointer>) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| {
                let keep = names || !key.starts_with("x-") || key == "x-extensible-enum";
                if !keep {
                    changed.push(at.join(key));
                }
                keep
            });
            for (key, inner) in map.iter_mut() {
                if names || !is_data(key) {
                    remove_extensions(inner, &at.join(key), !names && holds_names(key), changed);
                }
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter_mut().enumerate() {
                remove_extensions(inner, &at.join(index), false, changed);
            }
        }
        _ => {}
    }
}

fn remove_components(root: &mut Value, changed: &mut Vec<Pointer>) {
    let used = used_components(root);
    let at = Pointer::root().join("components");
    let Some(Value::Object(sections)) = root.get_mut("components") else {
        return;
    };
    for (section, entries) in sections.iter_mut() {
        let at = at.join(section);
        if let Value::Object(entries) = entries {
            entries.retain(|name, _| {
                let keep = used.contains(&at.join(name));
                if !keep {
                    changed.push(at.join(name));
                }
                keep
            });
        }
    }
    sections.retain(|_, entries| {
        entries
            .as_object()
            .is_none_or(|entries| !entries.is_empty())
    });
}

/// Components that the operations refer to, through any number of others.
fn used_components(root: &Value) -> BTreeSet<Pointer> {
    let mut used = security_schemes(root);
    let mut open = vec![Pointer::root().join("paths")];
    while let Some(at) = open.pop() {
        for (_, reference) in references(root, &at) {
            let Some(target) = Pointer::of_reference(&reference) else {
                continue;
            };
            if used.insert(target.clone()) {
                open.push(target);
            }
        }
    }
    used
}

/// Security schemes are referred to by name (OpenAPI 3.0.4, Security Requirement Object).
fn security_schemes(root: &Value) -> BTreeSet<Pointer> {
    let at = Pointer::root().joined(&["components", "securitySchemes"]);
    let items = root.get("paths").and_then(Value::as_object);
    let operations = items
        .into_iter()
        .flatten()
        .filter_map(|(_, item)| item.as_object())
        .flatten()
        .map(|(_, operation)| operation);
    std::iter::once(root)
        .chain(operations)
        .filter_map(|holder| holder.get("security")?.as_array())
        .flatten()
        .filter_map(Value::as_object)
        .flatten()
        .map(|(name, _)| at.join(name))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unused_components_and_extensions_go() {
        let mut document = json!({
            "x-api-id": 1,
            "paths": {"/a": {"get": {
                "security": [{"key": []}],
                "x-codeSamples": [{"lang": "Shell"}],
                "responses": {"400": {"$ref": "#/components/responses/Bad"}},
            }}},
            "components": {
                "responses": {
                    "Bad": {"schema": {"$ref": "#/components/schemas/Used"}},
                    "Unused": {"schema": {"$ref": "#/components/schemas/OnlyByUnused"}},
                },
                "schemas": {
                    "Used": {"properties": {
                        "x-name": {"type": "string", "x-extensible-enum": ["a"], "x-rust-type": {}},
                    }},
                    "OnlyByUnused": {},
                },
                "parameters": {"P": {}},
                "securitySchemes": {"key": {}, "other": {}},
            },
        });
        let changed = apply(&mut document).unwrap();
        assert_eq!(
            document,
            json!({
                "paths": {"/a": {"get": {
                    "security": [{"key": []}],
                    "responses": {"400": {"$ref": "#/components/responses/Bad"}},
                }}},
                "components": {
                    "responses": {"Bad": {"schema": {"$ref": "#/components/schemas/Used"}}},
                    "schemas": {"Used": {"properties": {
                        "x-name": {"type": "string", "x-extensible-enum": ["a"]},
                    }}},
                    "securitySchemes": {"key": {}},
                },
            })
        );
        assert_eq!(changed.len(), 7);
    }
}
