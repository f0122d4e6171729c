//! What must hold for a document before anything is made of it.

mod structure;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::keywords::is_extension;
use super::operations::METHODS;
use super::pointer::{Pointer, leaves_document};
use super::walk::references;
use crate::diagnostic::Diagnostic;

/// Refuses what is not an OpenAPI 3.0.x document whose references resolve and whose operations have
/// names of their own, where they have any.
///
/// # Errors
///
/// The first of [`diagnostics`].
pub fn check(root: &Value) -> Result<(), Diagnostic> {
    diagnostics(root).into_iter().next().map_or(Ok(()), Err)
}

/// Everything that is wrong with a document, as far as one thing does not hide another: what the rest rests on
/// comes first, and alone.
#[must_use]
pub fn diagnostics(root: &Value) -> Vec<Diagnostic> {
    if let Err(diagnostic) = check_version(root) {
        return vec![diagnostic];
    }
    let objects = ["info", "paths"].into_iter();
    let missing = objects.filter(|key| !root.get(key).is_some_and(Value::is_object));
    let missing = missing.map(|key| {
        Diagnostic::new(
            format!("/{key}"),
            format!("is not OpenAPI: the object `{key}` is missing"),
            "fetch the document again",
        )
    });
    let mut found: Vec<Diagnostic> = missing.collect();
    if found.is_empty() {
        found = broken_references(root, "add what it refers to or correct the $ref");
    }
    if found.is_empty() {
        found = cycles(root);
        found.extend(operations(root));
        found.extend(structure::diagnostics(root));
    }
    found
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
    let found = broken_references(root, advice);
    found.into_iter().next().map_or(Ok(()), Err)
}

fn broken_references(root: &Value, advice: &str) -> Vec<Diagnostic> {
    let broken = |at: &Pointer, reference: &str| {
        let Some(target) = Pointer::of_reference(reference) else {
            return Some(leaves_document(at, reference));
        };
        // What is generated is called after the component.
        let tokens: Vec<&str> = target.as_str().split('/').collect();
        if !matches!(tokens.as_slice(), ["", "components", _, _]) {
            return Some(Diagnostic::new(
                at.as_str(),
                format!("$ref {reference:?} does not refer to a component"),
                "move what it refers to below /components, with a name of its own",
            ));
        }
        target.get(root).is_none().then(|| {
            let what = format!("$ref {reference:?} points nowhere");
            Diagnostic::new(at.as_str(), what, advice)
        })
    };
    references(root, &Pointer::root())
        .iter()
        .filter_map(|(at, reference)| broken(at, reference))
        .collect()
}

/// A schema that is defined as itself has no meaning, and would be followed for ever.
fn cycles(root: &Value) -> Vec<Diagnostic> {
    let at = Pointer::root().joined(&["components", "schemas"]);
    let Some(Value::Object(schemas)) = at.get(root) else {
        return Vec::new();
    };
    let parts: BTreeMap<Pointer, Vec<Pointer>> = schemas
        .iter()
        .map(|(name, schema)| {
            let mut targets = Vec::new();
            defining_references(schema, &mut targets);
            (at.join(name), targets)
        })
        .collect();
    let is_circular = |place: &&Pointer| {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&Pointer> = parts[*place].iter().collect();
        while let Some(next) = open.pop() {
            if next == *place {
                return true;
            }
            if seen.insert(next) {
                open.extend(parts.get(next).into_iter().flatten());
            }
        }
        false
    };
    let circular = parts.keys().filter(is_circular);
    circular
        .map(|place| {
            Diagnostic::new(
                place.as_str(),
                "is defined as itself",
                "break the circle of $ref, allOf, oneOf and anyOf",
            )
        })
        .collect()
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

/// What is wrong with the operations and the path items that hold them.
fn operations(root: &Value) -> Vec<Diagnostic> {
    let at = Pointer::root().join("paths");
    let mut found = Vec::new();
    let mut ids = BTreeSet::new();
    let mut count = 0_usize;
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        if is_extension(path) {
            continue;
        }
        let at = at.join(path);
        if let Err(diagnostic) = check_item(item, &at) {
            found.push(diagnostic);
            continue;
        }
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            count += 1;
            found.extend(check_operation(operation, &at.join(method), &mut ids).err());
        }
    }
    if count == 0 && found.is_empty() {
        found.push(Diagnostic::new(
            at.as_str(),
            "holds no operation",
            "check that this is the right document",
        ));
    }
    found
}

fn check_item(item: &Value, at: &Pointer) -> Result<(), Diagnostic> {
    let Some(keys) = item.as_object() else {
        return Err(Diagnostic::new(
            at.as_str(),
            "is not a path item",
            "make it an object of operations",
        ));
    };
    if keys.contains_key("$ref") {
        return Err(Diagnostic::new(
            at.as_str(),
            "the path item is a $ref, which is not followed",
            "put the operations there",
        ));
    }
    // What could be meant as an operation and is none.
    for key in keys.keys() {
        let known = matches!(
            key.as_str(),
            "description" | "parameters" | "servers" | "summary"
        );
        if !known && !is_extension(key) && !METHODS.contains(&key.as_str()) {
            return Err(Diagnostic::new(
                at.join(key).as_str(),
                "is not a method of OpenAPI 3.0",
                "write it in lower case, or leave it out",
            ));
        }
    }
    Ok(())
}

fn check_operation<'a>(
    operation: &'a Value,
    at: &Pointer,
    ids: &mut BTreeSet<&'a str>,
) -> Result<(), Diagnostic> {
    if !operation.is_object() {
        return Err(Diagnostic::new(
            at.as_str(),
            "is not an operation",
            "make it an object, or remove it",
        ));
    }
    let Some(id) = operation.get("operationId") else {
        return Ok(());
    };
    let Some(id) = id.as_str().filter(|id| !id.is_empty()) else {
        return Err(Diagnostic::new(
            at.join("operationId").as_str(),
            format!("the operationId {id} is not a name"),
            "write it as text, in quotes if need be",
        ));
    };
    if !ids.insert(id) {
        return Err(Diagnostic::new(
            at.as_str(),
            format!("operationId {id:?} is used twice"),
            "give each operation its own",
        ));
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
    fn everything_that_is_wrong_is_listed() {
        let listed = |root: &Value| -> Vec<String> {
            let found = diagnostics(root).into_iter();
            let places = found.map(|diagnostic| diagnostic.to_string());
            places
                .map(|text| text.split(": ").next().unwrap_or_default().to_owned())
                .collect()
        };
        assert_eq!(listed(&json!({"openapi": "3.0.0"})), ["/info", "/paths"]);
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let broken = document(&json!({"A": reference("B"), "C": {"items": reference("D")}}));
        assert_eq!(
            listed(&broken),
            ["/components/schemas/A", "/components/schemas/C/items"]
        );
        let mut wrong = document(&json!({
            "A": {"allOf": [reference("A")]},
            "B": {"type": "string", "maxLength": "9"},
            "C": {"properties": {"d": {"type": []}, "e": {}, "f": {"minLength": -1, "type": "string"}}},
        }));
        wrong["paths"]["/a"]["put"] = json!({"operationId": "getA", "responses": {}});
        wrong["paths"]["/b"] = json!({"GET": {}});
        wrong["paths"]["/c"] = json!({"get": {"responses": {"200": {}}}});
        assert_eq!(
            listed(&wrong),
            [
                "/components/schemas/A",
                "/paths/~1a/put",
                "/paths/~1b/GET",
                "/components/schemas/B",
                "/components/schemas/C/properties/d",
                "/components/schemas/C/properties/f",
                "/paths/~1c/get/responses/200",
            ]
        );
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
