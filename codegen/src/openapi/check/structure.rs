//! Whether every part of a document has the structure that OpenAPI 3.0 gives it.

use std::collections::BTreeSet;

use openapiv3::{
    Components, Info, OpenAPI, Operation, Parameter, ReferenceOr, RequestBody, Response, Schema,
    Server, Tag,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::operations::operations;
use super::super::pointer::Pointer;
use super::super::schemas::children;
use crate::diagnostic::Diagnostic;

/// The smallest parts of a document that the model of OpenAPI 3.0 cannot hold.
pub(super) fn diagnostics(root: &Value) -> Vec<Diagnostic> {
    let Err(error) = parsed::<OpenAPI>(root) else {
        return Vec::new();
    };
    let mut found = locate(root);
    if found.is_empty() {
        found.push((Pointer::root(), error));
    }
    let described = found.into_iter().map(|(at, reason)| {
        let place = match at.as_str() {
            "" => "document",
            at => at,
        };
        Diagnostic::new(
            place,
            format!("is not OpenAPI 3.0: {reason}"),
            "compare it with the OpenAPI 3.0 specification",
        )
    });
    described.collect()
}

fn parsed<T: DeserializeOwned>(value: &Value) -> Result<(), String> {
    let parsed = T::deserialize(value);
    parsed.map(|_| ()).map_err(|error| error.to_string())
}

/// Places, each with why what stands there is refused.
type Located = Vec<(Pointer, String)>;

fn locate(root: &Value) -> Located {
    let at = Pointer::root();
    let mut found = part::<Info>(root, &at.join("info"));
    found.extend(each::<Server>(root, &at.join("servers")));
    found.extend(each::<Tag>(root, &at.join("tags")));
    found.extend(locate_components(root));
    let operations = operations(root);
    for operation in &operations {
        found.extend(locate_operation(root, &operation.at));
    }
    let items: BTreeSet<&Pointer> = operations.iter().map(|operation| &operation.item).collect();
    for item in items {
        found.extend(each::<ReferenceOr<Parameter>>(
            root,
            &item.join("parameters"),
        ));
    }
    found
}

fn locate_components(root: &Value) -> Located {
    let at = Pointer::root().join("components");
    let mut found = each::<ReferenceOr<Parameter>>(root, &at.join("parameters"));
    for at in entries(root, &at.join("responses")) {
        found.extend(locate_response(root, &at));
    }
    found.extend(each::<ReferenceOr<RequestBody>>(
        root,
        &at.join("requestBodies"),
    ));
    for at in entries(root, &at.join("schemas")) {
        found.extend(locate_schema(root, &at));
    }
    or_whole::<Components>(found, root, &at)
}

fn locate_operation(root: &Value, at: &Pointer) -> Located {
    let mut found = each::<ReferenceOr<Parameter>>(root, &at.join("parameters"));
    let body = at.join("requestBody");
    let content = locate_content(root, &body);
    found.extend(or_whole::<ReferenceOr<RequestBody>>(content, root, &body));
    for at in entries(root, &at.join("responses")) {
        found.extend(locate_response(root, &at));
    }
    or_whole::<Operation>(found, root, at)
}

fn locate_response(root: &Value, at: &Pointer) -> Located {
    or_whole::<ReferenceOr<Response>>(locate_content(root, at), root, at)
}

fn locate_content(root: &Value, at: &Pointer) -> Located {
    let media_types = entries(root, &at.join("content"));
    let schemas = media_types.iter().map(|media| media.join("schema"));
    schemas.flat_map(|at| locate_schema(root, &at)).collect()
}

/// The innermost schemas at or below `at` that are refused.
fn locate_schema(root: &Value, at: &Pointer) -> Located {
    let whole = part::<ReferenceOr<Schema>>(root, at);
    let (Some(schema), false) = (at.get(root), whole.is_empty()) else {
        return whole;
    };
    let inner = children(schema, at);
    let found: Located = inner
        .iter()
        .flat_map(|at| locate_schema(root, at))
        .collect();
    if found.is_empty() { whole } else { found }
}

/// What was found within `at`; where that is nothing, what stands at `at` as a whole, if it is refused.
fn or_whole<T: DeserializeOwned>(found: Located, root: &Value, at: &Pointer) -> Located {
    if found.is_empty() {
        part::<T>(root, at)
    } else {
        found
    }
}

/// What stands at `at`, if it is refused.
fn part<T: DeserializeOwned>(root: &Value, at: &Pointer) -> Located {
    let reason = at.get(root).and_then(|value| parsed::<T>(value).err());
    reason
        .map(|reason| (at.clone(), reason))
        .into_iter()
        .collect()
}

/// The elements or entries of what stands at `at` that are refused.
fn each<T: DeserializeOwned>(root: &Value, at: &Pointer) -> Located {
    let entries = entries(root, at);
    entries.iter().flat_map(|at| part::<T>(root, at)).collect()
}

fn entries(root: &Value, at: &Pointer) -> Vec<Pointer> {
    match at.get(root) {
        Some(Value::Object(entries)) => entries.keys().map(|name| at.join(name)).collect(),
        Some(Value::Array(items)) => (0..items.len()).map(|index| at.join(index)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_smallest_part_at_fault_is_named() {
        let sound = json!({
            "openapi": "3.0.0",
            "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "a", "parameters": [], "responses": {}}}},
            "components": {"schemas": {"A": {"type": "object", "properties": {"b": {"type": "string"}}}}},
        });
        assert!(diagnostics(&sound).is_empty());
        for (at, value, expected) in [
            (
                "/info/version",
                json!(1.0),
                "/info: is not OpenAPI 3.0: invalid type: floating point `1.0`",
            ),
            (
                "/paths/~1a/get/responses",
                json!({"200": {}}),
                "/paths/~1a/get/responses/200: is not OpenAPI",
            ),
            (
                "/paths/~1a/get/responses",
                json!(null),
                "/paths/~1a/get: is not OpenAPI",
            ),
            (
                "/paths/~1a/get/parameters",
                json!([{"name": "x"}]),
                "/paths/~1a/get/parameters/0: is not OpenAPI",
            ),
            (
                "/components/schemas/A/properties/b",
                json!({"type": ["string", "null"]}),
                "/components/schemas/A/properties/b: is not OpenAPI 3.0: ",
            ),
            (
                "/components/schemas/A/properties/b",
                json!({"type": "integer", "exclusiveMinimum": 5}),
                "/components/schemas/A/properties/b: is not OpenAPI 3.0: ",
            ),
        ] {
            let mut document = sound.clone();
            *document.pointer_mut(at).unwrap() = value;
            let diagnostic = diagnostics(&document)[0].to_string();
            assert!(diagnostic.starts_with(expected), "{diagnostic}");
        }
    }
}
