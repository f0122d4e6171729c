//! What differs between the credentials that operations ask for. The SDK presents none of its own to the
//! operations that it generates.

use std::collections::BTreeSet;

use serde_json::Value;

use super::change::Class;
use super::contract::{Contract, Pair, difference};
use crate::openapi::Pointer;

/// The schemes of one alternative, with the scopes of each.
type Alternative = BTreeSet<(String, BTreeSet<String>)>;

pub(super) fn compare(contract: &mut Contract, operation: &Pair) {
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
    let old = alternatives(contract.old.root, &at.old);
    let new = alternatives(contract.new.root, &at.new);
    if old == new {
        return;
    }
    let is_open = new.is_empty() || new.iter().any(Alternative::is_empty);
    let class = if is_open || (!old.is_empty() && old.is_subset(&new)) {
        Class::NoEffect
    } else {
        Class::Breaking
    };
    let words = match contract.values(&at) {
        (old, new) if old == new => "a scheme that it names changes".to_owned(),
        (old, new) => difference(old, new),
    };
    contract.differs(class, &at, words);
}

/// The alternatives of the requirements at `at`, each by what its schemes are.
fn alternatives(root: &Value, at: &Pointer) -> BTreeSet<Alternative> {
    let list = at.get(root).and_then(Value::as_array);
    let list = list.into_iter().flatten().filter_map(Value::as_object);
    list.map(|schemes| {
        schemes
            .iter()
            .map(|(name, scopes)| (definition(root, name), texts(scopes)))
            .collect()
    })
    .collect()
}

fn texts(scopes: &Value) -> BTreeSet<String> {
    let scopes = scopes.as_array().into_iter().flatten();
    scopes.map(Value::to_string).collect()
}

/// What the scheme `name` is, in a form that can be compared; its name if it is not defined.
fn definition(root: &Value, name: &str) -> String {
    let at = Pointer::root().joined(&["components", "securitySchemes", name]);
    match at.get(root).cloned() {
        Some(mut scheme) => {
            if let Some(scheme) = scheme.as_object_mut() {
                scheme.retain(|key, _| key != "description" && !key.starts_with("x-"));
                scheme.sort_keys();
            }
            scheme.to_string()
        }
        None => name.to_owned(),
    }
}
