//! Takes out what no operation refers to.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Adaptation;
use crate::document::{Pointer, keywords_mut, operations, references};
use crate::fault::Fault;

/// Removes components that no operation refers to, and vendor extensions other than
/// `x-extensible-enum`. Unused components would become dead code; extensions are samples and page
/// furniture or, worse, instructions to the generator (`x-rust-type`, `x-dropshot-…`).
pub(super) const ADAPTATION: Adaptation = Adaptation {
    name: "prune",
    why: "unused components would become dead code, and vendor extensions can steer the generator",
    apply,
};

// The shape of every adaptation, although this one never fails.
#[allow(clippy::unnecessary_wraps)]
fn apply(root: &mut Value) -> Result<Vec<Pointer>, Fault> {
    let mut changed = Vec::new();
    keywords_mut(root, &mut |at, keywords| {
        keywords.retain(|key, _| {
            let keep = !key.starts_with("x-") || key == "x-extensible-enum";
            if !keep {
                changed.push(at.join(key));
            }
            keep
        });
    });
    changed.extend(remove_components(root));
    Ok(changed)
}

/// Removes the components that no operation refers to, and returns their places.
pub(super) fn remove_components(root: &mut Value) -> Vec<Pointer> {
    let mut changed = Vec::new();
    let used = used_components(root);
    let at = Pointer::root().join("components");
    let Some(Value::Object(sections)) = root.get_mut("components") else {
        return changed;
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
    changed
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
    let operations = operations(root).into_iter();
    operations
        .filter_map(|operation| operation.at.get(root))
        .chain([root])
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
