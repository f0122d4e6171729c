//! Whether every part of a document has the structure that OpenAPI 3.0 gives it.

use openapiv3::{
    Components, Info, OpenAPI, Operation, Parameter, ReferenceOr, RequestBody, Response, Schema,
    Server, Tag,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::{Pointer, children, operations};
use crate::diagnostic::Diagnostic;

/// Refuses a document that the model of OpenAPI 3.0 cannot hold, at the smallest part that is at fault.
pub(super) fn check(root: &Value) -> Result<(), Diagnostic> {
    let Err(error) = parsed::<OpenAPI>(root) else {
        return Ok(());
    };
    let (at, reason) = locate(root).unwrap_or((Pointer::root(), error));
    let place = if at == Pointer::root() {
        "document"
    } else {
        at.as_str()
    };
    Err(Diagnostic::new(
        place,
        format!("is not OpenAPI 3.0: {reason}"),
        "compare it with the OpenAPI 3.0 specification",
    ))
}

fn parsed<T: DeserializeOwned>(value: &Value) -> Result<(), String> {
    let parsed = serde_json::from_value::<T>(value.clone());
    parsed.map(|_| ()).map_err(|error| error.to_string())
}

type Located = Option<(Pointer, String)>;

fn locate(root: &Value) -> Located {
    let at = Pointer::root();
    part::<Info>(root, &at.join("info"))
        .or_else(|| each::<Server>(root, &at.join("servers")))
        .or_else(|| each::<Tag>(root, &at.join("tags")))
        .or_else(|| locate_components(root))
        .or_else(|| {
            operations(root)
                .iter()
                .find_map(|operation| locate_operation(root, &operation.at))
        })
        .or_else(|| {
            operations(root).iter().find_map(|operation| {
                each::<ReferenceOr<Parameter>>(root, &operation.item.join("parameters"))
            })
        })
}

fn locate_components(root: &Value) -> Located {
    let at = Pointer::root().join("components");
    each::<ReferenceOr<Parameter>>(root, &at.join("parameters"))
        .or_else(|| {
            names(root, &at.join("responses"))
                .iter()
                .find_map(|at| locate_response(root, at))
        })
        .or_else(|| each::<ReferenceOr<RequestBody>>(root, &at.join("requestBodies")))
        .or_else(|| {
            names(root, &at.join("schemas"))
                .iter()
                .find_map(|at| locate_schema(root, at))
        })
        .or_else(|| part::<Components>(root, &at))
}

fn locate_operation(root: &Value, at: &Pointer) -> Located {
    each::<ReferenceOr<Parameter>>(root, &at.join("parameters"))
        .or_else(|| locate_content(root, &at.join("requestBody")))
        .or_else(|| part::<ReferenceOr<RequestBody>>(root, &at.join("requestBody")))
        .or_else(|| {
            names(root, &at.join("responses"))
                .iter()
                .find_map(|at| locate_response(root, at))
        })
        .or_else(|| part::<Operation>(root, at))
}

fn locate_response(root: &Value, at: &Pointer) -> Located {
    locate_content(root, at).or_else(|| part::<ReferenceOr<Response>>(root, at))
}

fn locate_content(root: &Value, at: &Pointer) -> Located {
    let media_types = names(root, &at.join("content"));
    media_types.iter().find_map(|media| {
        let schema = media.join("schema");
        schema.get(root).and_then(|_| locate_schema(root, &schema))
    })
}

/// The innermost schema at or below `at` that is at fault.
fn locate_schema(root: &Value, at: &Pointer) -> Located {
    let diagnostic = part::<ReferenceOr<Schema>>(root, at)?;
    let schema = at.get(root)?;
    let inner = children(schema, at);
    inner
        .iter()
        .find_map(|at| locate_schema(root, at))
        .or(Some(diagnostic))
}

fn part<T: DeserializeOwned>(root: &Value, at: &Pointer) -> Located {
    let reason = parsed::<T>(at.get(root)?).err()?;
    Some((at.clone(), reason))
}

/// The first element or entry of what stands at `at` that is at fault.
fn each<T: DeserializeOwned>(root: &Value, at: &Pointer) -> Located {
    names(root, at).iter().find_map(|at| part::<T>(root, at))
}

fn names(root: &Value, at: &Pointer) -> Vec<Pointer> {
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
        check(&sound).unwrap();
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
            let diagnostic = check(&document).unwrap_err().to_string();
            assert!(diagnostic.starts_with(expected), "{diagnostic}");
        }
    }
}
