//! What differs between the operations of two documents.

use super::change::Class;
use super::record::{Judgement, Pair, Presence, Travel};
use super::security;
use super::walk::Walk;
use crate::adapt::is_left_out;
use crate::diagnostic::Diagnostic;
use crate::openapi::{METHODS, Operation, Parameter, Pointer, operations};

pub(super) fn compare(walk: &mut Walk) -> Result<(), Diagnostic> {
    let (old, new) = (operations(walk.old.root), operations(walk.new.root));
    let find = |others: &[Operation], one: &Operation| {
        let same = |other: &Operation| other.method == one.method && route(other) == route(one);
        others.iter().position(same)
    };
    for operation in &old {
        let Some(index) = find(&new, operation) else {
            let judgement = Judgement::breaking("programs call it");
            differs(walk, judgement, Presence::Removed, (operation, operation));
            continue;
        };
        let other = &new[index];
        if !is_left_out(operation.method) {
            compare_operation(walk, operation, other)?;
        } else if walk.old.value(&operation.at) != walk.new.value(&other.at) {
            let judgement = Class::NoEffect.into();
            differs(walk, judgement, Presence::Both, (operation, other));
        }
    }
    for operation in &new {
        if find(&old, operation).is_none() {
            let judgement = Class::Compatible.into();
            differs(walk, judgement, Presence::Added, (operation, operation));
        }
    }
    Ok(())
}

/// Records that an operation as a whole differs. What no client has, no program can miss.
fn differs(
    walk: &mut Walk,
    judgement: Judgement,
    presence: Presence,
    (old, new): (&Operation, &Operation),
) {
    let at = Pair {
        old: old.at.clone(),
        new: new.at.clone(),
    };
    let verb = presence.verb();
    let (method, path) = (new.method.to_uppercase(), new.item.name());
    let (judgement, aside) = if is_left_out(new.method) {
        (Class::NoEffect.into(), ", which the generator leaves out,")
    } else {
        (judgement, "")
    };
    let words = format!("the operation {method} {path}{aside} is {verb}");
    walk.record.add(judgement, presence, &at, words);
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

fn compare_operation(walk: &mut Walk, old: &Operation, new: &Operation) -> Result<(), Diagnostic> {
    let item = Pair {
        old: old.item.clone(),
        new: new.item.clone(),
    };
    let beside: Vec<&str> = METHODS.into_iter().chain(["parameters"]).collect();
    walk.objects(&item, Travel::Sent, &beside)?;
    let operation = Pair {
        old: old.at.clone(),
        new: new.at.clone(),
    };
    walk.objects(
        &operation,
        Travel::Sent,
        &["parameters", "responses", "security"],
    )?;
    if let (Some(before), Some(after)) = walk.values(&operation) {
        walk.keyword(&operation, (before, after), "responses", Travel::Received)?;
    }
    security::compare(walk, &operation);
    compare_parameters(walk, old, new)
}

fn compare_parameters(walk: &mut Walk, old: &Operation, new: &Operation) -> Result<(), Diagnostic> {
    let before = walk.old.parameters(old)?;
    let after = walk.new.parameters(new)?;
    let find = |others: &[Parameter], operation: &Operation, wanted: &(String, String)| {
        others
            .iter()
            .position(|other| key(operation, other) == *wanted)
    };
    for parameter in &before {
        let pair = |other: &Pointer| Pair {
            old: parameter.at.clone(),
            new: other.clone(),
        };
        if let Some(index) = find(&after, new, &key(old, parameter)) {
            let pair = pair(&after[index].at);
            walk.objects(&pair, Travel::Sent, &["required"])?;
            compare_necessity(walk, &pair, &parameter.name);
        } else {
            let words = format!("the parameter `{}` is removed", parameter.name);
            walk.leave(Presence::Removed, &pair(&parameter.at), words);
        }
    }
    for parameter in &after {
        if find(&before, old, &key(new, parameter)).is_none() {
            let at = Pair {
                old: parameter.at.clone(),
                new: parameter.at.clone(),
            };
            let words = format!("the parameter `{}` is added", parameter.name);
            walk.leave(Presence::Added, &at, words);
        }
    }
    Ok(())
}

/// By what a parameter is known: its name or, in the path, which parameter of it this is.
fn key(operation: &Operation, parameter: &Parameter) -> (String, String) {
    let path = operation.item.name();
    let name = match path.split_once(&format!("{{{}}}", parameter.name)) {
        Some((before, _)) if parameter.location == "path" => {
            before.matches('{').count().to_string()
        }
        _ => parameter.name.clone(),
    };
    (parameter.location.clone(), name)
}

/// Compares whether a parameter has to be given.
fn compare_necessity(walk: &mut Walk, parameter: &Pair, name: &str) {
    let (old, new) = walk.values(&parameter.join("required"));
    let (old, new) = (
        old.is_some_and(|old| *old == true),
        new.is_some_and(|new| *new == true),
    );
    if old != new {
        let now = if new { "now" } else { "no longer" };
        let words = format!("the parameter `{name}` is {now} required");
        walk.leave(Presence::Both, parameter, words);
    }
}
