//! Which schemas a document sends and which it receives.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{METHODS, Pointer, resolve};
use crate::fault::Fault;

/// Which way what a schema describes travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the caller: parameters and request bodies.
    Request,
    /// From the server: response bodies and headers.
    Response,
}

/// Every schema that travels in `direction`, inline or referred to, each once, in document order.
pub(crate) fn reachable(root: &Value, direction: Direction) -> Result<Vec<Pointer>, Fault> {
    let mut open = roots(root, direction)?;
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

/// A request body in one media type.
pub(crate) struct RequestBody {
    /// The operation that it belongs to.
    pub(crate) operation: Pointer,
    pub(crate) media_type: String,
    pub(crate) schema: Pointer,
}

/// Every request body of the document.
pub(crate) fn request_bodies(root: &Value) -> Result<Vec<RequestBody>, Fault> {
    let mut found = Vec::new();
    for operation in operations(root) {
        let body = operation.join("requestBody");
        if body.get(root).is_none() {
            continue;
        }
        for (media_type, schema) in media_types(root, &resolve(root, &body)?) {
            found.push(RequestBody {
                operation: operation.clone(),
                media_type,
                schema,
            });
        }
    }
    Ok(found)
}

fn roots(root: &Value, direction: Direction) -> Result<Vec<Pointer>, Fault> {
    let mut found = Vec::new();
    if direction == Direction::Request {
        for item in path_items(root) {
            found.extend(parameters(root, &item)?);
        }
        found.extend(request_bodies(root)?.into_iter().map(|body| body.schema));
    }
    for at in operations(root) {
        match direction {
            Direction::Request => found.extend(parameters(root, &at)?),
            Direction::Response => found.extend(responses(root, &at)?),
        }
    }
    Ok(found)
}

fn path_items(root: &Value) -> Vec<Pointer> {
    let at = Pointer::root().join("paths");
    let paths = root.get("paths").and_then(Value::as_object);
    let names = paths.into_iter().flatten().map(|(name, _)| name);
    names.map(|name| at.join(name)).collect()
}

/// The place of every operation.
fn operations(root: &Value) -> Vec<Pointer> {
    let items = path_items(root);
    let all = items
        .iter()
        .flat_map(|item| METHODS.map(|method| item.join(method)));
    all.filter(|at| at.get(root).is_some()).collect()
}

fn parameters(root: &Value, holder: &Pointer) -> Result<Vec<Pointer>, Fault> {
    let at = holder.join("parameters");
    let list = at.get(root).and_then(Value::as_array).map_or(0, Vec::len);
    let mut found = Vec::new();
    for index in 0..list {
        let parameter = resolve(root, &at.join(index))?;
        let schema = parameter.join("schema");
        found.extend(schema.get(root).is_some().then_some(schema));
        found.extend(
            media_types(root, &parameter)
                .into_iter()
                .map(|(_, schema)| schema),
        );
    }
    Ok(found)
}

fn responses(root: &Value, operation: &Pointer) -> Result<Vec<Pointer>, Fault> {
    let at = operation.join("responses");
    let mut found = Vec::new();
    for (status, _) in at
        .get(root)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let response = resolve(root, &at.join(status))?;
        found.extend(
            media_types(root, &response)
                .into_iter()
                .map(|(_, schema)| schema),
        );
        let headers = response.join("headers");
        let names = headers.get(root).and_then(Value::as_object);
        for (name, _) in names.into_iter().flatten() {
            let schema = resolve(root, &headers.join(name))?.join("schema");
            found.extend(schema.get(root).is_some().then_some(schema));
        }
    }
    Ok(found)
}

fn media_types(root: &Value, holder: &Pointer) -> Vec<(String, Pointer)> {
    let at = holder.join("content");
    let content = at.get(root).and_then(Value::as_object);
    let names = content.into_iter().flatten().map(|(name, _)| name);
    names
        .map(|name| (name.clone(), at.join(name).join("schema")))
        .filter(|(_, schema)| schema.get(root).is_some())
        .collect()
}
