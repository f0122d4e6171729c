//! What must hold for a document before anything is made of it.

mod structure;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::pointer::leaves_document;
use super::{METHODS, Pointer, references};
use crate::diagnostic::Diagnostic;

/// Refuses what is not an OpenAPI 3.0.x document whose references resolve and whose operations have
/// names of their own, where they have any.
///
/// # Errors
///
/// What is wrong first.
pub fn check(root: &Value) -> Result<(), Diagnostic> {
    check_version(root)?;
    for (key, value) in [("info", root.get("info")), ("paths", root.get("paths"))] {
        if !value.is_some_and(Value::is_object) {
            return Err(Diagnostic::new(
                format!("/{key}"),
                format!("is not OpenAPI: the object `{key}` is missing"),
                "fetch the document again",
            ));
        }
    }
    check_references(root, "add what it refers to or correct the $ref")?;
    check_cycles(root)?;
    check_operations(root)?;
    structure::check(root)
}

/// Refuses what is not an OpenAPI 3.0.x document.
///
/// # Errors
///
/// It is another version, or no OpenAPI document.
pub fn check_version(root: &Value) -> Result<(), Diagnostic> {
    let version = version(root)?;
    if is_release_of(version, "3.0") {
        return Ok(());
    }
    Err(Diagnostic::new(
        "/openapi",
        format!("OpenAPI {version} is not supported"),
        "provide the document in OpenAPI 3.0.x",
    ))
}

/// The version of OpenAPI that the document says it follows.
pub(crate) fn version(root: &Value) -> Result<&str, Diagnostic> {
    let at = "/openapi";
    match root.get("openapi") {
        Some(Value::String(version)) => Ok(version),
        Some(other) => Err(Diagnostic::new(
            at,
            format!("the version {other} is not a string"),
            "write it like '3.0.0', in quotes",
        )),
        None if root.get("swagger").is_some() => Err(Diagnostic::new(
            "/swagger",
            "is Swagger 2.0, not OpenAPI",
            "provide the document in OpenAPI 3.0.x",
        )),
        None => Err(Diagnostic::new(
            at,
            "is not an OpenAPI document: `openapi` is missing",
            "check that this is the right file",
        )),
    }
}

/// Whether `version` is a patch release of `minor`, as 3.0.4 is of 3.0.
pub(crate) fn is_release_of(version: &str, minor: &str) -> bool {
    version
        .strip_prefix(minor)
        .and_then(|rest| rest.strip_prefix('.'))
        .is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|b| b.is_ascii_digit()))
}

/// Refuses references that are not to a component of the document; `advice` is for one that is missing.
pub(crate) fn check_references(root: &Value, advice: &str) -> Result<(), Diagnostic> {
    for (at, reference) in references(root, &Pointer::root()) {
        let target =
            Pointer::of_reference(&reference).ok_or_else(|| leaves_document(&at, &reference))?;
        // Progenitor finds components by the last part of a reference alone.
        let tokens: Vec<&str> = target.as_str().split('/').collect();
        if !matches!(tokens.as_slice(), ["", "components", _, _]) {
            return Err(Diagnostic::new(
                at.as_str(),
                format!("$ref {reference:?} does not refer to a component"),
                "move what it refers to below /components, with a name of its own",
            ));
        }
        if target.get(root).is_none() {
            return Err(Diagnostic::new(
                at.as_str(),
                format!("$ref {reference:?} points nowhere"),
                advice,
            ));
        }
    }
    Ok(())
}

/// A schema that is defined as itself has no meaning, and would be followed for ever.
fn check_cycles(root: &Value) -> Result<(), Diagnostic> {
    let at = Pointer::root().joined(&["components", "schemas"]);
    let Some(Value::Object(schemas)) = at.get(root) else {
        return Ok(());
    };
    let parts: BTreeMap<Pointer, Vec<Pointer>> = schemas
        .iter()
        .map(|(name, schema)| {
            let mut targets = Vec::new();
            defining_references(schema, &mut targets);
            (at.join(name), targets)
        })
        .collect();
    for place in parts.keys() {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&Pointer> = parts[place].iter().collect();
        while let Some(next) = open.pop() {
            if next == place {
                return Err(Diagnostic::new(
                    place.as_str(),
                    "is defined as itself",
                    "break the circle of $ref, allOf, oneOf and anyOf",
                ));
            }
            if seen.insert(next) {
                open.extend(parts.get(next).into_iter().flatten());
            }
        }
    }
    Ok(())
}

/// The schemas that `schema` is made of, as opposed to those its properties or items have.
fn defining_references(schema: &Value, targets: &mut Vec<Pointer>) {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        targets.extend(Pointer::of_reference(reference));
    }
    let lists = ["allOf", "oneOf", "anyOf"].into_iter();
    let parts = lists
        .filter_map(|key| schema.get(key)?.as_array())
        .flatten();
    for part in parts.chain(schema.get("not")) {
        defining_references(part, targets);
    }
}

fn check_operations(root: &Value) -> Result<(), Diagnostic> {
    let at = Pointer::root().join("paths");
    let mut seen = BTreeSet::new();
    let mut count = 0_usize;
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        if path.starts_with("x-") {
            continue;
        }
        let at = at.join(path);
        if !item.is_object() {
            return Err(Diagnostic::new(
                at.as_str(),
                "is not a path item",
                "make it an object of operations",
            ));
        }
        if item.get("$ref").is_some() {
            return Err(Diagnostic::new(
                at.as_str(),
                "the path item is a $ref, which progenitor does not follow",
                "put the operations there",
            ));
        }
        check_keys(item, &at)?;
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let at = at.join(method);
            if !operation.is_object() {
                return Err(Diagnostic::new(
                    at.as_str(),
                    "is not an operation",
                    "make it an object, or remove it",
                ));
            }
            count += 1;
            let Some(id) = operation.get("operationId") else {
                continue;
            };
            let Some(id) = id.as_str().filter(|id| !id.is_empty()) else {
                return Err(Diagnostic::new(
                    at.join("operationId").as_str(),
                    format!("the operationId {id} is not a name"),
                    "write it as text, in quotes if need be",
                ));
            };
            if !seen.insert(id) {
                return Err(Diagnostic::new(
                    at.as_str(),
                    format!("operationId {id:?} is used twice"),
                    "give each operation its own",
                ));
            }
        }
    }
    if count == 0 {
        return Err(Diagnostic::new(
            at.as_str(),
            "holds no operation",
            "check that this is the right document",
        ));
    }
    Ok(())
}

/// Refuses what could be meant as an operation and is none.
fn check_keys(item: &Value, at: &Pointer) -> Result<(), Diagnostic> {
    for (key, _) in item.as_object().into_iter().flatten() {
        let known = matches!(
            key.as_str(),
            "description" | "parameters" | "servers" | "summary"
        );
        if !known && !key.starts_with("x-") && !METHODS.contains(&key.as_str()) {
            return Err(Diagnostic::new(
                at.join(key).as_str(),
                "is not a method of OpenAPI 3.0",
                "write it in lower case, or leave it out",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(root: &Value) -> String {
        check(root).unwrap_err().to_string()
    }

    fn document(schemas: &Value) -> Value {
        json!({
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "getA", "responses": {}}}},
            "components": {"schemas": schemas},
        })
    }

    #[test]
    fn other_versions_are_refused() {
        for (version, part) in [
            (json!("3.1.0"), "OpenAPI 3.1.0 is not supported"),
            (json!("3.0"), "OpenAPI 3.0 is not supported"),
            (json!(3.0), "is not a string"),
        ] {
            assert!(refusal(&json!({"openapi": version})).contains(part));
        }
        assert!(refusal(&json!({"swagger": "2.0"})).contains("is Swagger 2.0"));
        assert!(refusal(&json!({"name": "x"})).contains("`openapi` is missing"));
        assert!(refusal(&json!({"openapi": "3.0.0"})).contains("`info` is missing"));
    }

    #[test]
    fn references_must_resolve_within_the_document() {
        let nowhere = document(&json!({"A": {"$ref": "#/components/schemas/B"}}));
        assert!(
            refusal(&nowhere)
                .starts_with("/components/schemas/A: $ref \"#/components/schemas/B\" points")
        );
        let outside = document(&json!({"A": {"$ref": "other.yaml#/B"}}));
        assert!(refusal(&outside).contains("leaves the document"));
    }

    #[test]
    fn a_schema_defined_as_itself_is_refused_but_recursion_through_a_property_is_not() {
        let circle = document(&json!({
            "A": {"allOf": [{"$ref": "#/components/schemas/B"}]},
            "B": {"oneOf": [{"$ref": "#/components/schemas/A"}]},
        }));
        assert!(refusal(&circle).contains("is defined as itself"));
        let tree = document(&json!({
            "A": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/A"}}},
        }));
        check(&tree).unwrap();
    }

    #[test]
    fn references_must_be_to_components() {
        let deep = document(&json!({
            "A": {"type": "object", "properties": {"b": {"type": "string"}}},
            "B": {"$ref": "#/components/schemas/A/properties/b"},
        }));
        assert!(refusal(&deep).starts_with("/components/schemas/B: $ref"));
        assert!(refusal(&deep).contains("does not refer to a component"));
        let mut item = document(&json!({}));
        item["components"]["pathItems"] = json!({"b": {}});
        item["paths"]["/b"] = json!({"$ref": "#/components/pathItems/b"});
        assert!(refusal(&item).starts_with("/paths/~1b: the path item is a $ref"));
    }

    #[test]
    fn what_should_be_an_operation_or_a_name_is_named() {
        let mut document = document(&json!({}));
        document["paths"]["/a"]["get"]["operationId"] = json!(true);
        assert!(refusal(&document).starts_with("/paths/~1a/get/operationId: the operationId true"));
        document["paths"]["/a"]["get"] = json!(null);
        assert!(refusal(&document).starts_with("/paths/~1a/get: is not an operation"));
    }

    #[test]
    fn methods_that_there_are_not_and_references_that_are_no_text_are_named() {
        let mut document = document(&json!({"A": {"properties": {"b": {"$ref": 3}}}}));
        let said = refusal(&document);
        assert!(
            said.starts_with("/components/schemas/A/properties/b: $ref \"3\""),
            "{said}"
        );
        document["components"] = json!({});
        document["paths"]["/a"]["POST"] = json!({"operationId": "b", "responses": {}});
        let said = refusal(&document);
        assert!(
            said.starts_with("/paths/~1a/POST: is not a method"),
            "{said}"
        );
    }

    #[test]
    fn names_of_operations_are_their_own() {
        let mut unnamed = document(&json!({}));
        unnamed["paths"]["/b"] = json!({"post": {"responses": {}}});
        check(&unnamed).unwrap();
        unnamed["paths"]["/b"]["post"]["operationId"] = json!("");
        assert!(refusal(&unnamed).starts_with("/paths/~1b/post/operationId: the operationId "));
        unnamed["paths"]["/b"]["post"]["operationId"] = json!("getA");
        assert!(refusal(&unnamed).contains("is used twice"));
        let mut empty = document(&json!({}));
        empty["paths"] = json!({});
        assert!(refusal(&empty).starts_with("/paths: holds no operation"));
    }
}
