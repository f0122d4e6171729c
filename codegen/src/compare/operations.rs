//! What differs between the operations that both documents have.

use serde_json::Value;

use super::change::Class;
use super::contract::{Contract, Pair, Role, Travel};
use super::{content, security};
use crate::diagnostic::Diagnostic;
use crate::openapi::{Operation, Parameter, Pointer, operations, parameters};

pub(super) fn compare(contract: &mut Contract) -> Result<(), Diagnostic> {
    for side in [&contract.old, &contract.new] {
        let paths = Pointer::root().join("paths");
        for path in side.keys(&paths) {
            let at = paths.join(path);
            if side.under(&at, "$ref").is_some() {
                return Err(Diagnostic::new(
                    at.as_str(),
                    "the path item is a $ref, which is not followed",
                    "import the document first (cargo xtask spec import)",
                ));
            }
        }
    }
    let new = operations(contract.new.root);
    for old in operations(contract.old.root) {
        let route = route(&old);
        let same = |new: &&Operation| new.method == old.method && self::route(new) == route;
        if let Some(new) = new.iter().find(same) {
            let item = Pair {
                old: old.item.clone(),
                new: new.item.clone(),
            };
            compare_item(contract, &item);
            compare_operation(contract, &old, new)?;
        }
    }
    Ok(())
}

/// The path of an operation, whatever its parameters are called.
fn route(operation: &Operation) -> String {
    let path = operation.item.name();
    let mut parts = path.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |route, part| {
        let rest = part.split_once('}').map_or("", |(_, rest)| rest);
        format!("{route}{{}}{rest}")
    })
}

/// The how-manieth parameter of `path` is called `name`, in a form that is no name; `name` if none is.
pub(super) fn place_in_path(path: &str, name: &str) -> String {
    match path.split_once(&format!("{{{name}}}")) {
        Some((before, _)) => format!("{{{}}}", before.matches('{').count()),
        None => name.to_owned(),
    }
}

fn compare_item(contract: &mut Contract, item: &Pair) {
    for key in contract.keys(item) {
        let at = item.join(key);
        let class = match key.as_str() {
            "summary" | "description" => Class::Description,
            "servers" => Class::Breaking,
            key if key.starts_with("x-") => Class::Description,
            _ => continue,
        };
        contract.keyword(class, &at);
    }
}

fn compare_operation(
    contract: &mut Contract,
    old: &Operation,
    new: &Operation,
) -> Result<(), Diagnostic> {
    let operation = Pair {
        old: old.at.clone(),
        new: new.at.clone(),
    };
    for key in contract.keys(&operation) {
        let at = operation.join(key);
        let class = match key.as_str() {
            "parameters" | "requestBody" | "responses" | "security" => continue,
            "summary" | "description" | "tags" | "externalDocs" => Class::Description,
            "deprecated" => Class::Compatible,
            "callbacks" => Class::NoEffect,
            key if key.starts_with("x-") => Class::Description,
            // The operationId names the client's method; what is not known may mean anything.
            _ => Class::Breaking,
        };
        contract.keyword(class, &at);
    }
    security::compare(contract, &operation);
    compare_parameters(contract, old, new)?;
    compare_body(contract, &operation.join("requestBody"))?;
    super::responses::compare(contract, &operation.join("responses"))
}

fn compare_parameters(
    contract: &mut Contract,
    old: &Operation,
    new: &Operation,
) -> Result<(), Diagnostic> {
    let key = |operation: &Operation, parameter: &Parameter| {
        let name = match parameter.location.as_str() {
            "path" => place_in_path(&operation.item.name(), &parameter.name),
            _ => parameter.name.clone(),
        };
        (parameter.location.clone(), name)
    };
    let candidates = parameters(contract.new.root, new)?;
    for parameter in parameters(contract.old.root, old)? {
        let same = |other: &&Parameter| key(new, other) == key(old, &parameter);
        if let Some(other) = candidates.iter().find(same) {
            compare_parameter(
                contract,
                &Pair {
                    old: parameter.at.clone(),
                    new: other.at.clone(),
                },
            );
        }
    }
    Ok(())
}

fn compare_parameter(contract: &mut Contract, parameter: &Pair) {
    for key in contract.keys(parameter) {
        let at = parameter.join(key);
        let (old, new) = contract.values(&at);
        let class = match key.as_str() {
            // Whether it is required is compared with which parameters there are.
            "required" | "in" => continue,
            "schema" if old.is_some() && new.is_some() => {
                contract.open(at, Role::Other);
                continue;
            }
            "description" | "example" | "examples" => Class::Description,
            "deprecated" => Class::Compatible,
            "style" | "explode" if is_default(contract, parameter, key) => Class::NoEffect,
            key if key.starts_with("x-") => Class::Description,
            _ => Class::Breaking,
        };
        contract.keyword(class, &at);
    }
}

/// Whether a parameter is written as OpenAPI has it unless it says otherwise (3.0.4, Parameter Object).
fn is_default(contract: &Contract, parameter: &Pair, key: &str) -> bool {
    let sides = [
        (&contract.old, &parameter.old),
        (&contract.new, &parameter.new),
    ];
    sides.into_iter().all(|(side, at)| {
        let location = side.under(at, "in").and_then(Value::as_str);
        let in_form = matches!(location, Some("query" | "cookie"));
        let expected = match (key, in_form) {
            ("style", true) => "form".into(),
            ("style", false) => "simple".into(),
            _ => Value::Bool(in_form),
        };
        side.under(at, key).is_none_or(|value| *value == expected)
    })
}

fn compare_body(contract: &mut Contract, body: &Pair) -> Result<(), Diagnostic> {
    let (Some(_), Some(_)) = contract.values(body) else {
        return Ok(());
    };
    let body = contract.resolved(body)?;
    for key in contract.keys(&body) {
        let at = body.join(key);
        let class = match key.as_str() {
            "required" => continue,
            "content" => {
                let travel = Travel {
                    sent: true,
                    received: false,
                };
                content::compare(contract, &at, travel, Class::Breaking);
                continue;
            }
            _ => Class::Description,
        };
        contract.keyword(class, &at);
    }
    Ok(())
}
