//! Which operations, parameters and request bodies came and went, by the crate `drift`.
//!
//! drift 0.2 does not look into an `allOf` of several parts, calls a changed list of properties, required
//! properties or limits unhandled, passes over headers, and panics where media types differ. It is given
//! the outlines of the documents, without schemas and responses; the rest is compared here.

use drift::{ChangeComparison, ChangeDetails, ChangeInfo, ChangePath};
use serde_json::{Map, Value, json};

use super::change::Class;
use super::contract::{Contract, Pair};
use super::operations::place_in_path;
use crate::diagnostic::Diagnostic;
use crate::generate::catch_panic;
use crate::openapi::{Pointer, operations, resolve};

pub(super) fn compare(contract: &mut Contract) -> Result<(), Diagnostic> {
    let old = outline(contract.old.root)?;
    let new = outline(contract.new.root)?;
    let changes = catch_panic("drift", || {
        drift::compare(&old, &new).map_err(|error| format!("{error:#}"))
    });
    let changes = changes.map_err(|reason| {
        Diagnostic::new(
            "/paths",
            format!("drift cannot compare the operations: {reason}"),
            "check the paths and their parameters",
        )
    })?;
    for change in changes {
        for (path, info) in change
            .paths
            .iter()
            .flat_map(|path| change.changes.iter().map(move |info| (path, info)))
        {
            record(contract, path, info);
        }
    }
    Ok(())
}

fn record(contract: &mut Contract, path: &ChangePath, info: &ChangeInfo) {
    let within_operation = info.old_subpath.is_empty() && info.new_subpath.is_empty();
    let class = match (path.comparison, info.details) {
        // A body is always sent, whether it has to be or not.
        (
            ChangeComparison::Input,
            ChangeDetails::MoreStrict | ChangeDetails::LessStrict | ChangeDetails::Metadata,
        ) if within_operation => Class::NoEffect,
        // The generated operation cannot be sent without a body once it has one.
        (ChangeComparison::Input, ChangeDetails::Added) if within_operation => Class::Breaking,
        (_, ChangeDetails::Added | ChangeDetails::LessStrict) => Class::Compatible,
        (_, ChangeDetails::Metadata) => Class::Description,
        _ => Class::Breaking,
    };
    let place = |base: &str, subpath: &str| {
        let separator = if subpath.is_empty() { "" } else { "/" };
        Pointer::of_reference(&format!("{base}{separator}{subpath}")).unwrap_or_default()
    };
    let pair = Pair {
        old: place(path.old.current_pointer(), &info.old_subpath),
        new: place(path.new.current_pointer(), &info.new_subpath),
    };
    let mut words = info.message.clone();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    match info.details {
        ChangeDetails::Removed => contract.removed(class, &pair.old, words),
        ChangeDetails::Added | ChangeDetails::AddedRequired => {
            contract.added(class, &pair.new, words);
        }
        _ => contract.changed(class, &pair, words),
    }
}

/// The operations of a document with their parameters and whether they have a body.
fn outline(root: &Value) -> Result<Value, Diagnostic> {
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations(root) {
        let path = operation.item.name();
        let mut outlined = json!({"responses": {}});
        if !operation.id.is_empty() {
            outlined["operationId"] = json!(operation.id);
        }
        outlined["parameters"] = outline_parameters(root, &path, &operation.at)?;
        let body = operation.at.join("requestBody");
        if body.get(root).is_some() {
            let required = resolve(root, &body)?.join("required");
            let required = required.get(root).and_then(Value::as_bool);
            outlined["requestBody"] =
                json!({"content": {}, "required": required.unwrap_or_default()});
        }
        let shared = outline_parameters(root, &path, &operation.item)?;
        let item = paths.entry(path);
        let item = item.or_insert_with(|| json!({"parameters": shared}));
        item[operation.method] = outlined;
    }
    Ok(json!({
        "openapi": "3.0.3",
        "info": {"title": "", "version": ""},
        "paths": paths,
    }))
}

/// The parameters below `holder`, at their places. Those of the path count by their position in it, not by
/// their names; drift panics where one side does not declare them.
fn outline_parameters(root: &Value, path: &str, holder: &Pointer) -> Result<Value, Diagnostic> {
    let list = holder.join("parameters");
    let count = list.get(root).and_then(Value::as_array).map_or(0, Vec::len);
    let mut outlined = Vec::new();
    for index in 0..count {
        let parameter = resolve(root, &list.join(index))?;
        let parameter = parameter.get(root).unwrap_or(&Value::Null);
        let name = parameter["name"].as_str().unwrap_or_default();
        let (name, location) = match parameter["in"].as_str() {
            Some("path") => (place_in_path(path, name), "cookie"),
            location => (name.to_owned(), location.unwrap_or_default()),
        };
        outlined.push(json!({
            "name": name,
            "in": location,
            "required": parameter["required"].as_bool().unwrap_or_default(),
            "schema": {},
        }));
    }
    Ok(Value::Array(outlined))
}
