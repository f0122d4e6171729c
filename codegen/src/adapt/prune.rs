//! Takes out what no operation refers to.

use serde_json::Value;

use super::adaptation::Adaptation;
use crate::diagnostic::Diagnostic;
use crate::openapi::{Pointer, is_furniture, keywords_mut, remove_components};

/// Removes components that no operation refers to, and vendor extensions other than
/// `x-extensible-enum`. Unused components would become dead code; extensions are samples and page
/// furniture or, worse, instructions to the generator (`x-rust-type`, `x-dropshot-…`).
pub(super) const ADAPTATION: Adaptation = Adaptation {
    name: "prune",
    why: "unused components would become dead code, and vendor extensions can steer the generator",
    apply,
};

#[expect(clippy::unnecessary_wraps, reason = "the shape of every adaptation")]
fn apply(root: &mut Value) -> Result<Vec<Pointer>, Diagnostic> {
    let mut changed = Vec::new();
    keywords_mut(root, &mut |at, keywords| {
        keywords.retain(|key, _| {
            let keep = !is_furniture(key);
            if !keep {
                changed.push(at.join(key));
            }
            keep
        });
    });
    changed.extend(remove_components(root));
    Ok(changed)
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
