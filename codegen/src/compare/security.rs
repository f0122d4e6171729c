//! What differs between the credentials that operations ask for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::change::Class;
use super::record::{Judgement, Pair, Presence};
use super::walk::Walk;
use super::words::difference;
use crate::openapi::{Pointer, is_extension};

/// The schemes of one alternative, with the scopes of each.
type Alternative = BTreeMap<String, BTreeSet<String>>;

/// An operation is judged by whether a credential that was taken still is. The SDK presents none of its own to
/// the operations that it generates; what a program presents where none was asked for is not known.
pub(super) fn compare(walk: &mut Walk, operation: &Pair) {
    let at = |root: &Value, operation: &Pointer| {
        let own = operation.join("security");
        match own.get(root) {
            Some(_) => own,
            None => Pointer::root().join("security"),
        }
    };
    let at = Pair {
        old: at(walk.old.root, &operation.old),
        new: at(walk.new.root, &operation.new),
    };
    let old = alternatives(walk.old.root, &at.old);
    let new = alternatives(walk.new.root, &at.new);
    if old == new {
        return;
    }
    let is_taken =
        |given: &Alternative| new.is_empty() || new.iter().any(|asked| suffices(given, asked));
    let asked_for = |given: &&Alternative| !given.is_empty();
    let judgement = if !old.iter().filter(asked_for).all(is_taken) {
        Judgement::breaking("a credential that was taken no longer is")
    } else if old.iter().all(Alternative::is_empty) && !new.is_empty() {
        Class::Compatible.into()
    } else {
        Class::NoEffect.into()
    };
    let (before, after) = walk.values(&at);
    let words = if before == after {
        "a scheme that it names changes".to_owned()
    } else {
        difference(before, after)
    };
    walk.record
        .add(judgement, Presence::of(before, after), &at, words);
}

/// Whether `given` has every scheme and scope that is asked for.
fn suffices(given: &Alternative, asked: &Alternative) -> bool {
    asked.iter().all(|(scheme, scopes)| {
        let given = given.get(scheme);
        given.is_some_and(|given| scopes.is_subset(given))
    })
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
                scheme.retain(|key, _| key != "description" && !is_extension(key));
                scheme.sort_keys();
            }
            scheme.to_string()
        }
        None => name.to_owned(),
    }
}
