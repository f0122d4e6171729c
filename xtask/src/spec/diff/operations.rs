//! What differs between the operations that both documents have.

use serde_json::Value;

use super::change::Class;
use super::content;
use super::contract::{Contract, Pair, Role, Travel};
use crate::document::{Operation, Parameter, Pointer, operations, parameters};
use crate::fault::Fault;

pub(super) fn compare(contract: &mut Contract) -> Result<(), Fault> {
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

/// The how-manieth parameter of `path` is called `name`, in a form that is no name.
pub(super) fn place_in_path(path: &str, name: &str) -> String {
    let before = path.split(&format!("{{{name}}}")).next();
    format!("{{{}}}", before.unwrap_or_default().matches('{').count())
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
) -> Result<(), Fault> {
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
    compare_security(contract, &operation);
    compare_parameters(contract, old, new)?;
    compare_body(contract, &operation.join("requestBody"))?;
    super::responses::compare(contract, &operation.join("responses"))
}

/// The SDK presents no credentials of its own to the operations that it generates.
fn compare_security(contract: &mut Contract, operation: &Pair) {
    let at = |root: &Value, operation: &Pointer| {
        let own = operation.join("security");
        match own.get(root) {
            Some(_) => own,
            None => Pointer::root().join("security"),
        }
    };
    let at = Pair {
        old: at(contract.old.root, &operation.old),
        new: at(contract.new.root, &operation.new),
    };
    let (old, new) = contract.values(&at);
    if old == new {
        return;
    }
    let class = if is_open(new) {
        Class::NoEffect
    } else {
        Class::Breaking
    };
    contract.keyword(class, &at);
}

/// Whether a list of security requirements can be met without any credential.
fn is_open(security: Option<&Value>) -> bool {
    let alternatives = security.and_then(Value::as_array).map(Vec::as_slice);
    let alternatives = alternatives.unwrap_or_default();
    let empty = |one: &Value| one.as_object().is_some_and(serde_json::Map::is_empty);
    alternatives.is_empty() || alternatives.iter().any(empty)
}

fn compare_parameters(
    contract: &mut Contract,
    old: &Operation,
    new: &Operation,
) -> Result<(), Fault> {
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
            key if key.starts_with("x-") => Class::Description,
            _ => Class::Breaking,
        };
        contract.keyword(class, &at);
    }
}

fn compare_body(contract: &mut Contract, body: &Pair) -> Result<(), Fault> {
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
