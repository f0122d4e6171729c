//! The operations of a document, with their parameters and bodies.

use serde_json::{Value, json};

use super::keywords::is_extension;
use super::pointer::{Pointer, resolve};
use crate::diagnostic::Diagnostic;

/// The HTTP methods that a path item may hold (OpenAPI 3.0.4, Path Item Object).
pub(crate) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// An operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Where it stands.
    pub at: Pointer,
    /// The path item that it belongs to.
    pub item: Pointer,
    /// Its HTTP method, in lower case.
    pub method: &'static str,
    /// Its `operationId`; empty where it has none.
    pub id: String,
}

/// Every operation, in document order.
#[must_use]
pub fn operations(root: &Value) -> Vec<Operation> {
    let at = Pointer::root().join("paths");
    let paths = root.get("paths").and_then(Value::as_object);
    let items = paths.into_iter().flatten();
    let items = items.filter(|(path, _)| !is_extension(path));
    items
        .flat_map(|(path, item)| {
            let at = at.join(path);
            METHODS.into_iter().filter_map(move |method| {
                let operation = item.get(method)?;
                let id = operation.get("operationId").and_then(Value::as_str);
                Some(Operation {
                    at: at.join(method),
                    item: at.clone(),
                    method,
                    id: id.unwrap_or_default().to_owned(),
                })
            })
        })
        .collect()
}

/// The document with no operation but one.
pub(crate) fn alone(root: &Value, operation: &Operation) -> Value {
    let mut item = operation.item.get(root).cloned().unwrap_or_default();
    if let Some(item) = item.as_object_mut() {
        item.retain(|key, _| key == operation.method || !METHODS.contains(&key.as_str()));
    }
    let mut document = root.clone();
    document["paths"] = json!({ operation.item.name(): item });
    document
}

/// A parameter of an operation.
pub(crate) struct Parameter {
    pub(crate) at: Pointer,
    pub(crate) name: String,
    /// Where it is sent: `path`, `query`, `header` or `cookie`.
    pub(crate) location: String,
    pub(crate) schema: Pointer,
}

/// The parameters of `operation`, those of its path item first.
pub(crate) fn parameters(
    root: &Value,
    operation: &Operation,
) -> Result<Vec<Parameter>, Diagnostic> {
    let mut found: Vec<Parameter> = Vec::new();
    for holder in [&operation.item, &operation.at] {
        let list = holder.join("parameters");
        let length = list.get(root).and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..length {
            let at = resolve(root, &list.join(index))?;
            let text = |key: &str| {
                let value = at.join(key);
                let value = value.get(root).and_then(Value::as_str);
                value.unwrap_or_default().to_owned()
            };
            let (name, location) = (text("name"), text("in"));
            // An operation's own parameter replaces that of its path item.
            found.retain(|other| other.name != name || other.location != location);
            found.push(Parameter {
                schema: at.join("schema"),
                at,
                name,
                location,
            });
        }
    }
    Ok(found)
}

/// A request body in one media type.
pub(crate) struct RequestBody {
    /// The `operationId` of the operation that it belongs to.
    pub(crate) operation: String,
    pub(crate) media_type: String,
    pub(crate) schema: Pointer,
}

/// Every request body of the document.
pub(crate) fn request_bodies(root: &Value) -> Result<Vec<RequestBody>, Diagnostic> {
    let mut found = Vec::new();
    for operation in operations(root) {
        let body = operation.at.join("requestBody");
        if body.get(root).is_none() {
            continue;
        }
        for (media_type, schema) in media_types(root, &resolve(root, &body)?) {
            found.push(RequestBody {
                operation: operation.id.clone(),
                media_type,
                schema,
            });
        }
    }
    Ok(found)
}

/// The media types below the `content` of `holder`, with the places of their schemas.
pub(super) fn media_types(root: &Value, holder: &Pointer) -> Vec<(String, Pointer)> {
    let at = holder.join("content");
    let content = at.get(root).and_then(Value::as_object);
    let names = content.into_iter().flatten().map(|(name, _)| name);
    names
        .map(|name| (name.clone(), at.join(name).join("schema")))
        .filter(|(_, schema)| schema.get(root).is_some())
        .collect()
}
