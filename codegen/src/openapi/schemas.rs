//! Which schemas a document sends and which it receives.

use std::collections::BTreeSet;

use serde_json::Value;

use super::operations::{media_types, operations, parameters, request_bodies};
use super::pointer::{Pointer, resolve};
use crate::diagnostic::Diagnostic;

/// Which way what a schema describes travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the caller: parameters and request bodies.
    Request,
    /// From the server: response bodies and headers.
    Response,
}

/// Every schema that travels in `direction`, inline or referred to, each once, in document order.
pub(crate) fn reachable(root: &Value, direction: Direction) -> Result<Vec<Pointer>, Diagnostic> {
    let mut open = match direction {
        Direction::Request => sent(root)?,
        Direction::Response => received(root)?,
    };
    open.reverse();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    while let Some(at) = open.pop() {
        let at = resolve(root, &at)?;
        if !seen.insert(at.clone()) {
            continue;
        }
        if let Some(schema) = at.get(root) {
            open.extend(children(schema, &at).into_iter().rev());
        }
        found.push(at);
    }
    Ok(found)
}

/// Every schema that is sent and not received as well, in document order.
pub(crate) fn only_sent(root: &Value) -> Result<Vec<Pointer>, Diagnostic> {
    let received: BTreeSet<Pointer> = reachable(root, Direction::Response)?.into_iter().collect();
    let mut sent = reachable(root, Direction::Request)?;
    sent.retain(|at| !received.contains(at));
    Ok(sent)
}

/// The schemas directly below `schema`, which stands at `at`.
pub(crate) fn children(schema: &Value, at: &Pointer) -> Vec<Pointer> {
    let mut found: Vec<Pointer> = properties(schema)
        .map(|(name, _)| at.join("properties").join(name))
        .collect();
    for key in ["items", "additionalProperties", "not"] {
        if schema.get(key).is_some_and(Value::is_object) {
            found.push(at.join(key));
        }
    }
    found.extend(parts(schema, at));
    found
}

/// The schemas that `schema` is composed of.
pub(crate) fn parts(schema: &Value, at: &Pointer) -> Vec<Pointer> {
    let mut found = Vec::new();
    for key in ["allOf", "oneOf", "anyOf"] {
        let parts = schema.get(key).and_then(Value::as_array);
        found.extend((0..parts.map_or(0, Vec::len)).map(|index| at.join(key).join(index)));
    }
    found
}

/// The properties that `schema` itself declares.
pub(crate) fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

fn sent(root: &Value) -> Result<Vec<Pointer>, Diagnostic> {
    let mut found = Vec::new();
    for operation in operations(root) {
        for parameter in parameters(root, &operation)? {
            found.extend(
                parameter
                    .schema
                    .get(root)
                    .is_some()
                    .then_some(parameter.schema),
            );
        }
    }
    found.extend(request_bodies(root)?.into_iter().map(|body| body.schema));
    Ok(found)
}

fn received(root: &Value) -> Result<Vec<Pointer>, Diagnostic> {
    let mut found = Vec::new();
    for operation in operations(root) {
        let at = operation.at.join("responses");
        for (status, _) in at
            .get(root)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let response = resolve(root, &at.join(status))?;
            let media_types = media_types(root, &response);
            found.extend(media_types.into_iter().map(|(_, schema)| schema));
            let headers = response.join("headers");
            let names = headers.get(root).and_then(Value::as_object);
            for (name, _) in names.into_iter().flatten() {
                let schema = resolve(root, &headers.join(name))?.join("schema");
                found.extend(schema.get(root).is_some().then_some(schema));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_are_found_wherever_they_travel() {
        let schema = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let root = json!({
            "paths": {"/a": {
                "parameters": [{"name": "p", "in": "query", "schema": schema("OfItem")}],
                "get": {
                    "parameters": [
                        {"$ref": "#/components/parameters/Shared"},
                        {"name": "q", "in": "query", "schema": {"type": "string"}},
                    ],
                    "responses": {
                        "200": {"$ref": "#/components/responses/Ok"},
                        "429": {"headers": {"X": {"$ref": "#/components/headers/X"}}},
                    },
                },
                "post": {"requestBody": {"$ref": "#/components/requestBodies/Body"}, "responses": {}},
            }},
            "components": {
                "parameters": {"Shared": {"name": "s", "in": "header", "schema": schema("OfParameter")}},
                "headers": {"X": {"schema": schema("OfHeader")}},
                "requestBodies": {"Body": {"content": {"application/json": {"schema": schema("Tree")}}}},
                "responses": {"Ok": {"content": {"application/json": {"schema": schema("OfResponse")}}}},
                "schemas": {
                    "OfItem": {}, "OfParameter": {}, "OfHeader": {}, "Unused": {},
                    "OfResponse": {"allOf": [schema("Part")], "additionalProperties": schema("Value")},
                    "Part": {"items": schema("Item")}, "Item": {}, "Value": {},
                    "Tree": {"properties": {"left": schema("Tree"), "leaf": schema("Leaf")}}, "Leaf": {},
                },
            },
        });
        let found = |direction| {
            let places = reachable(&root, direction).unwrap();
            places
                .iter()
                .map(|at| at.as_str().replace("/components/schemas/", ""))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            found(Direction::Request),
            [
                "OfItem",
                "OfParameter",
                "/paths/~1a/get/parameters/1/schema",
                "Tree",
                "Leaf"
            ]
        );
        assert_eq!(
            found(Direction::Response),
            ["OfResponse", "Value", "Part", "Item", "OfHeader"]
        );
    }
}
