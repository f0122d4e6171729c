//! Extracting the operations under a prefix, with everything they refer to, from a document.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::prefix::Prefix;
use super::unused::{remove_unused, remove_unused_from_paths};
use crate::diagnostic::Diagnostic;
use crate::openapi::{
    Pointer, check_references, operations, remove_components, resolve, used_schemes,
};

/// What is left of a document at its top level, beside extensions.
const KEPT: [&str; 7] = [
    "openapi",
    "info",
    "servers",
    "tags",
    "security",
    "paths",
    "components",
];
const MISSING: &str =
    "add what it refers to, or fetch the document again if the download was cut short";

/// What was taken and what was left.
#[derive(Debug)]
pub struct Extract {
    /// Operations taken.
    pub operations: usize,
    /// Components taken.
    pub components: usize,
    /// Paths left out.
    pub other_paths: usize,
    /// Components left out.
    pub other_components: usize,
    /// Where path items came from that were described elsewhere, and where they are now.
    pub(super) moved: Vec<(Pointer, Pointer)>,
}

impl Extract {
    /// Removes the components of `root` that are no longer referred to.
    pub(super) fn remove_components(&mut self, root: &mut Value) {
        remove_components(root);
        let kept = count_components(root);
        if kept == 0
            && let Value::Object(root) = root
        {
            root.shift_remove("components");
        }
        self.other_components += self.components.saturating_sub(kept);
        self.components = kept;
    }
}

/// Reduces `root` to the operations that `prefix` covers, what they refer to, and what the SDK has a use
/// for. What is broken elsewhere does not matter.
pub(super) fn extract(root: &mut Value, prefix: &Prefix) -> Result<Extract, Diagnostic> {
    let paths = count_paths(root);
    let components = count_components(root);
    keep_paths(root, prefix)?;
    let kept = count_paths(root);
    let moved = place_path_items(root)?;
    keep_top_level(root);
    // References from what has no use are not followed.
    remove_unused_from_paths(root);
    remove_components(root);
    remove_unused(root);
    let mut extract = Extract {
        operations: operations(root).len(),
        components,
        other_paths: paths - kept,
        other_components: 0,
        moved,
    };
    extract.remove_components(root);
    check_references(root, MISSING)?;
    check_schemes(root)?;
    Ok(extract)
}

fn keep_paths(root: &mut Value, prefix: &Prefix) -> Result<(), Diagnostic> {
    let Some(Value::Object(paths)) = root.get_mut("paths") else {
        return Err(Diagnostic::new(
            "/paths",
            "is not OpenAPI: the object `paths` is missing",
            "fetch the document again",
        ));
    };
    if !paths.keys().any(|path| prefix.covers(path)) {
        let others = paths.keys().map(String::as_str);
        let nearest = prefix.nearest(others.filter(|path| path.starts_with('/')));
        let what = format!("no path is under {prefix}");
        return Err(if nearest.is_empty() {
            Diagnostic::new(
                "/paths",
                what,
                "fetch the document again: it has no path at all",
            )
        } else {
            let nearest = nearest.join(", ");
            let advice = format!("give --path-prefix a prefix that is there, such as {nearest}");
            Diagnostic::new("/paths", what, advice)
        });
    }
    paths.retain(|path, _| prefix.covers(path));
    Ok(())
}

/// Puts path items that are described elsewhere (OpenAPI 3.1.1, Path Item Object) where they are used,
/// and returns from where to where they were moved.
fn place_path_items(root: &mut Value) -> Result<Vec<(Pointer, Pointer)>, Diagnostic> {
    let mut moved = Vec::new();
    let paths = Pointer::root().join("paths");
    let items = paths.get(root).and_then(Value::as_object);
    let items: Vec<Pointer> = items
        .into_iter()
        .flatten()
        .filter(|(_, item)| item.get("$ref").is_some_and(Value::is_string))
        .map(|(path, _)| paths.join(path))
        .collect();
    let shared = Pointer::root().joined(&["components", "pathItems"]);
    for at in items {
        let from = resolve(root, &at)?;
        if !from.is_in(&shared) {
            continue;
        }
        let Some(Value::Object(described)) = from.get(root).cloned() else {
            continue;
        };
        let Some(Value::Object(item)) = at.get_mut(root) else {
            continue;
        };
        item.shift_remove("$ref");
        for (key, value) in described {
            if item.contains_key(&key) {
                return Err(Diagnostic::new(
                    at.join(&key).as_str(),
                    format!("`{key}` is described here and where the $ref beside it points"),
                    "describe it in one place",
                ));
            }
            item.insert(key, value);
        }
        moved.push((from, at));
    }
    Ok(moved)
}

/// Keeps what belongs to the kept operations of what stands outside of them.
fn keep_top_level(root: &mut Value) {
    let operations = operations(root);
    let operations = || {
        operations
            .iter()
            .filter_map(|operation| operation.at.get(root))
    };
    let tags = operations()
        .filter_map(|operation| operation.get("tags")?.as_array())
        .flatten()
        .filter_map(Value::as_str);
    let tags: BTreeSet<String> = tags.map(str::to_owned).collect();
    let inherited = operations().any(|operation| operation.get("security").is_none());
    let Value::Object(root) = root else {
        return;
    };
    root.retain(|key, _| KEPT.contains(&key.as_str()) && (key != "security" || inherited));
    if let Some(Value::Array(described)) = root.get_mut("tags") {
        described.retain(|tag| {
            let name = tag.get("name").and_then(Value::as_str);
            name.is_some_and(|name| tags.contains(name))
        });
        if described.is_empty() {
            root.shift_remove("tags");
        }
    }
    if let Some(Value::Object(info)) = root.get_mut("info") {
        info.retain(|key, _| matches!(key.as_str(), "title" | "version"));
    }
}

fn check_schemes(root: &Value) -> Result<(), Diagnostic> {
    for (at, scheme) in used_schemes(root) {
        if scheme.get(root).is_none() {
            let what = format!("the security scheme {:?} does not exist", scheme.name());
            return Err(Diagnostic::new(at.as_str(), what, MISSING));
        }
    }
    Ok(())
}

fn count_paths(root: &Value) -> usize {
    let paths = root.get("paths").and_then(Value::as_object);
    let paths = paths.into_iter().flat_map(Map::keys);
    paths.filter(|path| path.starts_with('/')).count()
}

fn count_components(root: &Value) -> usize {
    let sections = root.get("components").and_then(Value::as_object);
    let sections = sections.into_iter().flat_map(Map::values);
    sections.filter_map(Value::as_object).map(Map::len).sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn prefix() -> Prefix {
        Prefix::new("/a/v1").unwrap()
    }

    fn refusal(mut root: Value) -> String {
        extract(&mut root, &prefix()).unwrap_err().to_string()
    }

    fn schema(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    fn response(schema: &Value) -> Value {
        json!({"description": "d", "content": {"a/b": {"schema": schema}}})
    }

    #[test]
    fn everything_that_is_referred_to_is_kept_in_its_order() {
        let mut root = json!({
            "openapi": "3.0.0",
            "info": {"x-logo": {"url": "u"}, "contact": {}, "version": "1", "license": {}, "title": "t"},
            "x-tagGroups": [],
            "externalDocs": {"url": "u"},
            "tags": [{"name": "B"}, {"name": "A", "x-displayName": "a"}],
            "security": [{"inherited": []}],
            "components": {
                "schemas": {
                    "Unused": {},
                    "a/b~c %": {"properties": {"next": schema("Z")}},
                    "Z": {"allOf": [{"items": schema("a~1b~0c%20%25")}]},
                    "Kind": {"discriminator": {"propertyName": "k", "mapping": {
                        "x-d": "Dog", "c": "#/components/schemas/Cat",
                    }}},
                    "Cat": {}, "Dog": {}, "OnlyLinked": {},
                },
                "responses": {"R": {
                    "description": "d",
                    "headers": {"H": {"$ref": "#/components/headers/H"}},
                    "links": {"L": {"$ref": "#/components/links/L"}},
                }, "Unused": {"content": schema("Nowhere")}},
                "headers": {"H": {"schema": schema("Kind")}},
                "parameters": {"P": {
                    "name": "p", "in": "query", "schema": {"type": "string"},
                    "examples": {"e": {"$ref": "#/components/examples/E"}},
                }},
                "examples": {"E": {"value": {"$ref": "#/components/schemas/Unused"}}, "Unused": {}},
                "links": {"L": {}},
                "callbacks": {"C": {}},
                "securitySchemes": {"own": {}, "inherited": {"x-a": 1}, "x-own": {}, "unused": {}},
            },
            "paths": {
                "x-paths": {},
                "/b": {"get": {"responses": {"200": schema("Nowhere")}}},
                "/a/v1/z": {
                    "parameters": [{"$ref": "#/components/parameters/P"}],
                    "x-a": 1,
                    "get": {
                        "tags": ["A", "undescribed"],
                        "security": [{"own": [], "x-own": []}],
                        "x-codeSamples": [schema("Unused")],
                        "callbacks": {"onEvent": {"{$url}": {"post": {
                            "requestBody": {"content": {"a/b": {"schema": schema("Nowhere")}}},
                        }}}},
                        "responses": {
                            "200": {"$ref": "#/components/responses/R"},
                            "x-extension": {},
                        },
                    },
                },
                "/a/v1": {"post": {"responses": {"200": response(&schema("a~1b~0c%20%25"))}}},
            },
        });
        let extract = extract(&mut root, &prefix()).unwrap();
        let expected = json!({
            "openapi": "3.0.0",
            "info": {"version": "1", "title": "t"},
            "tags": [{"name": "A"}],
            "security": [{"inherited": []}],
            "components": {
                "schemas": {
                    "a/b~c %": {"properties": {"next": schema("Z")}},
                    "Z": {"allOf": [{"items": schema("a~1b~0c%20%25")}]},
                    "Kind": {"discriminator": {"propertyName": "k", "mapping": {
                        "x-d": "Dog", "c": "#/components/schemas/Cat",
                    }}},
                    "Cat": {}, "Dog": {},
                },
                "responses": {"R": {
                    "description": "d", "headers": {"H": {"$ref": "#/components/headers/H"}},
                }},
                "headers": {"H": {"schema": schema("Kind")}},
                "parameters": {"P": {
                    "name": "p", "in": "query", "schema": {"type": "string"},
                    "examples": {"e": {"$ref": "#/components/examples/E"}},
                }},
                "examples": {"E": {"value": {"$ref": "#/components/schemas/Unused"}}},
                "securitySchemes": {"own": {}, "inherited": {}, "x-own": {}},
            },
            "paths": {
                "/a/v1/z": {
                    "parameters": [{"$ref": "#/components/parameters/P"}],
                    "get": {
                        "tags": ["A", "undescribed"],
                        "security": [{"own": [], "x-own": []}],
                        "responses": {"200": {"$ref": "#/components/responses/R"}},
                    },
                },
                "/a/v1": {"post": {"responses": {"200": response(&schema("a~1b~0c%20%25"))}}},
            },
        });
        assert_eq!(root.to_string(), expected.to_string());
        assert_eq!((extract.operations, extract.components), (2, 12));
        assert_eq!((extract.other_paths, extract.other_components), (1, 7));
    }

    #[test]
    fn what_no_operation_uses_is_not_left_empty() {
        let mut root = json!({
            "tags": [{"name": "A"}],
            "security": [{"missing": []}],
            "paths": {"/a/v1": {"get": {"security": []}}},
            "components": {"securitySchemes": {}, "schemas": {"A": {}}},
        });
        extract(&mut root, &prefix()).unwrap();
        assert_eq!(root, json!({"paths": {"/a/v1": {"get": {"security": []}}}}));
    }

    #[test]
    fn path_items_are_put_where_they_are_used() {
        let mut root = json!({
            "paths": {"/a/v1": {
                "$ref": "#/components/pathItems/one", "parameters": [], "summary": "s",
            }},
            "components": {"pathItems": {
                "one": {"$ref": "#/components/pathItems/two"},
                "two": {"get": {"security": [{"key": []}]}},
            }, "securitySchemes": {"key": {}}},
        });
        let given = root.clone();
        let extract = extract(&mut root, &prefix()).unwrap();
        assert_eq!(
            root,
            json!({
                "paths": {"/a/v1": {
                    "parameters": [], "summary": "s", "get": {"security": [{"key": []}]},
                }},
                "components": {"securitySchemes": {"key": {}}},
            })
        );
        assert_eq!(extract.operations, 1);
        assert_eq!(extract.moved[0].0.as_str(), "/components/pathItems/two");
        let mut twice = given;
        twice["components"]["pathItems"]["two"]["summary"] = json!("t");
        assert!(refusal(twice).starts_with("/paths/~1a~1v1/summary: `summary` is described here"));
    }

    #[test]
    fn references_that_lead_nowhere_are_named_in_the_cut() {
        let document = |reference: &str| {
            json!({
                "paths": {
                    "/a/v1": {"get": {"responses": {"200": response(&json!({"$ref": reference}))}}},
                    "/b": {"get": {"responses": {"200": response(&schema("A"))}}},
                },
                "components": {"schemas": {"A": {"properties": {"b": {}}}}},
            })
        };
        let at = "/paths/~1a~1v1/get/responses/200/content/a~1b/schema: $ref ";
        for (reference, expected) in [
            (
                "#/components/schemas/B",
                "points nowhere; add what it refers to, or fetch",
            ),
            ("other.yaml#/A", "leaves the document"),
            (
                "#/components/schemas/A/properties/b",
                "does not refer to a component",
            ),
            (
                "#/paths/~1b/get/responses/200",
                "does not refer to a component",
            ),
        ] {
            let refused = refusal(document(reference));
            assert!(refused.starts_with(at), "{refused}");
            assert!(refused.contains(expected), "{refused}");
        }
        let scheme = json!({"paths": {"/a/v1": {"get": {"security": [{"key": []}]}}}});
        assert!(refusal(scheme).starts_with(
            "/paths/~1a~1v1/get/security/0/key: the security scheme \"key\" does not"
        ));
        let item = json!({"paths": {"/a/v1": {"$ref": "#/components/pathItems/a"}}});
        assert!(
            refusal(item)
                .starts_with("/components/pathItems/a: does not exist; add it, correct the $ref")
        );
    }

    #[test]
    fn a_document_without_the_path_is_refused() {
        assert!(refusal(json!({})).starts_with("/paths: is not OpenAPI: the object `paths`"));
        assert_eq!(
            refusal(json!({"paths": {}})),
            "/paths: no path is under /a/v1; fetch the document again: it has no path at all"
        );
        assert_eq!(
            refusal(json!({"paths": {"/a/v10": {}, "/b/v1/c": {}, "x-a": {}}})),
            "/paths: no path is under /a/v1; \
             give --path-prefix a prefix that is there, such as /a/v10, /b/v1"
        );
    }

    #[test]
    fn a_long_chain_of_references_is_followed() {
        let mut schemas = Map::new();
        for index in 0..20_000 {
            schemas.insert(
                format!("S{index}"),
                json!({"items": schema(&format!("S{}", index + 1))}),
            );
        }
        schemas.insert("S20000".to_owned(), schema("S0"));
        let mut root = json!({
            "paths": {"/a/v1": {"get": {"responses": {"200": response(&schema("S0"))}}}},
            "components": {"schemas": schemas},
        });
        assert_eq!(extract(&mut root, &prefix()).unwrap().components, 20_001);
    }
}
