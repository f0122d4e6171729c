//! Finds the part of a document that the generator could not take, by giving it less and less.

use serde_json::{Map, Value, json};

use super::{parse, run, settings};
use crate::document::{METHODS, Pointer, references};
use crate::fault::Fault;

const ADVICE: &str =
    "describe it in a way that progenitor takes, or add an adaptation to xtask/src/adapt";

/// The fault of the first operation or schema that fails on its own; the whole document's if none does.
pub(super) fn find(adapted: &Value, reason: &str) -> Fault {
    let schemas = failing_schema(adapted).map(|(name, reason)| {
        Fault::new(
            Pointer::root()
                .joined(&["components", "schemas", &name])
                .as_str(),
            format!("the schema cannot be generated: {reason}"),
            ADVICE,
        )
    });
    schemas
        .or_else(|| failing_operation(adapted))
        .unwrap_or_else(|| Fault::new("document", format!("cannot be generated: {reason}"), ADVICE))
}

fn outcome(document: &Value) -> Result<(), String> {
    let spec = parse(document).map_err(|fault| fault.to_string())?;
    run(&spec, &settings()).map(|_| ())
}

/// The schema that fails together with the fewest others.
fn failing_schema(adapted: &Value) -> Option<(String, String)> {
    let schemas = adapted.pointer("/components/schemas")?.as_object()?;
    let mut worst: Option<(usize, String, String)> = None;
    for name in schemas.keys() {
        let parts = closure(adapted, schemas, name);
        let size = parts.len();
        let mut document = adapted.clone();
        document["paths"] = json!({});
        document["components"]["schemas"] = Value::Object(parts);
        if let Err(reason) = outcome(&document)
            && worst.as_ref().is_none_or(|(least, ..)| size < *least)
        {
            worst = Some((size, name.clone(), reason));
        }
    }
    worst.map(|(_, name, reason)| (name, reason))
}

/// The schema `name` with all it refers to.
fn closure(adapted: &Value, schemas: &Map<String, Value>, name: &str) -> Map<String, Value> {
    let at = Pointer::root().joined(&["components", "schemas"]);
    let mut parts = Map::new();
    let mut open = vec![name.to_owned()];
    while let Some(name) = open.pop() {
        let Some(schema) = schemas.get(&name).filter(|_| !parts.contains_key(&name)) else {
            continue;
        };
        let targets = references(adapted, &at.join(&name));
        let targets = targets
            .iter()
            .filter_map(|(_, reference)| Pointer::of_reference(reference));
        open.extend(targets.map(|target| target.name()));
        parts.insert(name, schema.clone());
    }
    parts
}

fn failing_operation(adapted: &Value) -> Option<Fault> {
    let at = Pointer::root().join("paths");
    for (path, item) in adapted["paths"].as_object()? {
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let mut alone = item.clone();
            if let Some(alone) = alone.as_object_mut() {
                alone.retain(|key, _| key == method || !METHODS.contains(&key.as_str()));
            }
            let mut document = adapted.clone();
            document["paths"] = json!({ path: alone });
            if let Err(reason) = outcome(&document) {
                let id = operation["operationId"].as_str().unwrap_or_default();
                return Some(Fault::new(
                    at.join(path).join(method).as_str(),
                    format!("the operation {id:?} cannot be generated: {reason}"),
                    ADVICE,
                ));
            }
        }
    }
    None
}
