//! Finds the parts of a document that the generator could not take, by giving it less and less.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::run::{parse, run};
use super::settings::{Target, settings};
use crate::diagnostic::Diagnostic;
use crate::openapi::{Operation, Pointer, alone, component, operations, references};

const ADVICE: &str =
    "describe it in a way that progenitor takes, or add an adaptation to codegen/src/adapt";

/// What is wrong with the first schema or operation that fails on its own; the whole document's if none does.
pub(super) fn find(adapted: &Value, target: &Target, reason: &str) -> Diagnostic {
    let found = failing_schemas(adapted, target).next();
    found
        .or_else(|| failing_operations(adapted, target).next())
        .unwrap_or_else(|| {
            Diagnostic::new("document", format!("cannot be generated: {reason}"), ADVICE)
        })
}

/// What is wrong with each schema and operation that fails on its own. Those that fail with another one, because
/// they refer to it, are not listed.
pub(super) fn find_all(adapted: &Value, target: &Target) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = failing_schemas(adapted, target).collect();
    if found.is_empty() {
        found = failing_operations(adapted, target).collect();
    }
    found
}

fn outcome(document: &Value, target: &Target) -> Result<(), String> {
    let spec = parse(document).map_err(|diagnostic| diagnostic.to_string())?;
    let settings = settings(target).map_err(|diagnostic| diagnostic.to_string())?;
    run(&spec, &settings).map(|_| ())
}

/// The schemas that fail together with what they refer to, those with the fewest others first.
fn failing_schemas<'a>(
    adapted: &'a Value,
    target: &'a Target,
) -> impl Iterator<Item = Diagnostic> + 'a {
    let schemas = adapted.pointer("/components/schemas");
    let schemas = schemas.and_then(Value::as_object);
    let mut closures: Vec<(&String, Map<String, Value>)> = schemas
        .into_iter()
        .flat_map(|schemas| {
            let names = schemas.keys();
            names.map(|name| (name, closure(adapted, schemas, name)))
        })
        .collect();
    closures.sort_by_key(|(_, parts)| parts.len());
    let mut failed: BTreeSet<&String> = BTreeSet::new();
    closures.into_iter().filter_map(move |(name, parts)| {
        if failed.iter().any(|name| parts.contains_key(*name)) {
            return None;
        }
        let document = json!({
            "openapi": adapted["openapi"],
            "info": adapted["info"],
            "paths": {},
            "components": {"schemas": parts},
        });
        let reason = outcome(&document, target).err()?;
        failed.insert(name);
        Some(Diagnostic::new(
            component(name).as_str(),
            format!("the schema cannot be generated: {reason}"),
            ADVICE,
        ))
    })
}

/// The schema `name` with all it refers to.
fn closure(adapted: &Value, schemas: &Map<String, Value>, name: &str) -> Map<String, Value> {
    let mut parts = Map::new();
    let mut open = vec![name.to_owned()];
    while let Some(name) = open.pop() {
        let Some(schema) = schemas.get(&name).filter(|_| !parts.contains_key(&name)) else {
            continue;
        };
        let targets = references(adapted, &component(&name));
        let targets = targets.into_iter().map(|(_, reference)| reference);
        let targets = targets.chain(parameters_of_types(schema));
        let targets = targets.filter_map(|reference| Pointer::of_reference(&reference));
        open.extend(targets.map(|target| target.name()));
        parts.insert(name, schema.clone());
    }
    parts
}

/// What the types that adaptations name (`x-rust-type`) refer to within `schema`.
fn parameters_of_types(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        let parameters = value.pointer("/x-rust-type/parameters");
        let parameters = parameters.and_then(Value::as_array).into_iter().flatten();
        let references = parameters.filter_map(|parameter| parameter.get("$ref")?.as_str());
        found.extend(references.map(str::to_owned));
        match value {
            Value::Object(map) => open.extend(map.values()),
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    found
}

fn failing_operations<'a>(
    adapted: &'a Value,
    target: &'a Target,
) -> impl Iterator<Item = Diagnostic> + 'a {
    let failing = move |operation: Operation| {
        let reason = outcome(&alone(adapted, &operation), target).err()?;
        let what = format!(
            "the operation {:?} cannot be generated: {reason}",
            operation.id
        );
        Some(Diagnostic::new(operation.at.as_str(), what, ADVICE))
    };
    operations(adapted).into_iter().filter_map(failing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostic(document: &Value) -> String {
        find(document, &Target::default(), "it failed").to_string()
    }

    fn document(operation: &Value, schemas: &Value) -> Value {
        json!({
            "openapi": "3.0.0",
            "info": {"title": "t", "version": "1"},
            "paths": {"/good": {"get": {"operationId": "good", "responses": {}}}, "/bad": {"get": operation}},
            "components": {"schemas": schemas},
        })
    }

    #[test]
    fn the_schema_or_the_operation_at_fault_is_named() {
        let cookie = json!({"operationId": "bad", "responses": {}, "parameters": [
            {"name": "c", "in": "cookie", "schema": {"type": "string"}},
        ]});
        let sound = json!({"A": {"type": "string"}});
        let said = diagnostic(&document(&cookie, &sound));
        assert!(
            said.starts_with("/paths/~1bad/get: the operation \"bad\""),
            "{said}"
        );

        let good = json!({"operationId": "fine", "responses": {}});
        let bad = json!({
            "User": {"type": "object", "properties": {"bad": {"$ref": "#/components/schemas/Bad"}}},
            "Bad": {"type": "object", "properties": {"n": {"type": "integer", "format": "int32", "default": 3e9}}},
        });
        let said = diagnostic(&document(&good, &bad));
        assert!(
            said.starts_with("/components/schemas/Bad: the schema cannot be generated"),
            "{said}"
        );

        // What a named type holds belongs to the schema.
        let held = json!({
            "Form": {"type": "object", "properties": {"a": {"x-rust-type": {
                "crate": "sts-sdk", "version": "*", "path": "sts_sdk::JsonText",
                "parameters": [{"$ref": "#/components/schemas/Held"}],
            }}}},
            "Held": {"type": "object", "properties": {"n": {"type": "integer"}}},
        });
        assert!(diagnostic(&document(&good, &held)).starts_with("document: "));

        assert!(
            diagnostic(&document(&good, &sound))
                .starts_with("document: cannot be generated: it failed")
        );
    }
}
