//! What differs between schemas.

use std::collections::BTreeSet;

use serde_json::Value;

use super::change::Class;
use super::contract::{Contract, Pair, Role, Side, difference};
use super::subject::{Subject, annotates, is_annotating, is_annotation, subject};
use super::{limits, property};
use crate::diagnostic::Diagnostic;
use crate::openapi::Pointer;

/// Compares the schemas that were opened, and those that they refer to.
pub(super) fn compare(contract: &mut Contract) -> Result<(), Diagnostic> {
    while let Some((pair, role)) = contract.next() {
        let Some(pair) = subjects(contract, &pair)? else {
            continue;
        };
        if contract.enter(&pair, role) {
            compare_keywords(contract, &pair, role)?;
        }
    }
    Ok(())
}

/// What `pair` comes down to on either side, once the names of both are compared. `None` if there is no more
/// to compare.
fn subjects(contract: &mut Contract, pair: &Pair) -> Result<Option<Pair>, Diagnostic> {
    let old = subject(&contract.old, &pair.old)?;
    let new = subject(&contract.new, &pair.new)?;
    let subjects = Pair {
        old: old.at.clone(),
        new: new.at.clone(),
    };
    if subjects != *pair {
        compare_wrappers(contract, pair, (&old, &new));
    }
    if old.name != new.name {
        let (from, to) = contract.values(&subjects);
        // A named string or number is put where it is used; other names become names of types.
        if !is_plain(from) || !is_plain(to) {
            let named = |name: &Option<String>| match name {
                Some(name) => format!("`{name}`"),
                None => "a schema without a name".to_owned(),
            };
            let words = format!("is {} instead of {}", named(&new.name), named(&old.name));
            contract.changed(Class::Breaking, pair, words);
            // What is only renamed is compared further.
            let gone = |side: &Side, name: &Option<String>| {
                let at = Pointer::root().joined(&["components", "schemas"]);
                name.as_ref()
                    .is_some_and(|name| side.value(&at.join(name)).is_none())
            };
            if !gone(&contract.new, &old.name) || !gone(&contract.old, &new.name) {
                return Ok(None);
            }
        }
    }
    Ok(Some(subjects))
}

/// Compares what stands around a reference.
fn compare_wrappers(contract: &mut Contract, pair: &Pair, (old, new): (&Subject, &Subject)) {
    let within = (
        old.wrappers.contains(&pair.old),
        new.wrappers.contains(&pair.new),
    );
    for key in contract.keys(pair) {
        let at = pair.join(key);
        let (before, after) = contract.values(&at);
        let before = before.filter(|_| within.0);
        let after = after.filter(|_| within.1);
        if before == after {
            continue;
        }
        match key.as_str() {
            // Whether a property can be null is judged with it.
            "nullable" => {}
            "allOf" => {
                let annotations = |parts: Option<&Value>| -> Vec<Value> {
                    let parts = parts.and_then(Value::as_array).into_iter().flatten();
                    let parts = parts.filter(|part| is_annotating(part)).cloned();
                    parts
                        .map(|mut part| {
                            if let Some(part) = part.as_object_mut() {
                                part.retain(|key, _| key != "required" && key != "type");
                            }
                            part
                        })
                        .filter(|part| part.as_object().is_some_and(|part| !part.is_empty()))
                        .collect()
                };
                if annotations(before) != annotations(after) {
                    contract.differs(Class::Description, &at, "reworded");
                }
            }
            key if annotates(key) => {
                let class = class_of(contract, pair, key, before, after);
                contract.keyword(class, &at);
            }
            _ => {}
        }
    }
}

/// Whether a schema is a string, number or boolean without an enumeration.
fn is_plain(schema: Option<&Value>) -> bool {
    schema.is_some_and(|schema| {
        let kind = schema.get("type").and_then(Value::as_str);
        matches!(kind, Some("string" | "integer" | "number" | "boolean"))
            && schema.get("enum").is_none()
    })
}

fn compare_keywords(contract: &mut Contract, pair: &Pair, role: Role) -> Result<(), Diagnostic> {
    for key in contract.keys(pair) {
        let at = pair.join(key);
        let (old, new) = contract.values(&at);
        match key.as_str() {
            "properties" => property::compare_all(contract, pair)?,
            "items" | "not" if old.is_some() && new.is_some() => contract.open(at, Role::Other),
            "additionalProperties" => compare_additional(contract, pair, &at),
            "allOf" | "oneOf" | "anyOf" => compare_parts(contract, &at, key),
            _ if old == new => {}
            // Judged with the property.
            "nullable" | "default" | "x-extensible-enum" if role == Role::Property => {}
            "required" => check_required(contract, pair),
            "x-extensible-enum" => {
                let travel = contract.travel(pair);
                property::compare_extensible(contract, pair, travel, Class::Compatible);
            }
            "enum" => compare_enumeration(contract, pair, &at),
            key if limits::is_limit(key) => limits::compare(contract, pair, key),
            key => {
                let class = class_of(contract, pair, key, old, new);
                contract.keyword(class, &at);
            }
        }
    }
    Ok(())
}

fn class_of(
    contract: &Contract,
    pair: &Pair,
    key: &str,
    old: Option<&Value>,
    new: Option<&Value>,
) -> Class {
    match key {
        key if is_annotation(key) => Class::Description,
        "deprecated" => Class::Compatible,
        // What is marked so does not travel in that direction any more.
        "readOnly" if new.is_some_and(|new| *new == true) && contract.travel(pair).sent => {
            Class::Breaking
        }
        "writeOnly" if new.is_some_and(|new| *new == true) && contract.travel(pair).received => {
            Class::Breaking
        }
        "readOnly" | "writeOnly" | "discriminator" | "default" => Class::NoEffect,
        "type" => {
            // A schema with properties is an object, whether it says so or not.
            let stated = old.or(new).filter(|_| old.is_none() || new.is_none());
            let is_object = stated.is_some_and(|kind| kind == "object");
            let both = |key: &str| {
                let (old, new) = contract.values(&pair.join(key));
                old.is_some() && new.is_some()
            };
            // Neither does an enumeration have to say that its values are text.
            let is_text = stated.is_some_and(|kind| kind == "string") && both("enum");
            if (is_object && both("properties")) || is_text {
                Class::NoEffect
            } else {
                Class::Breaking
            }
        }
        "format" => {
            let (before, after) = contract.values(&pair.join("type"));
            let text = |kind: Option<&Value>| kind.is_some_and(|kind| kind == "string");
            let typed = |format: Option<&Value>| {
                format.is_some_and(|format| {
                    ["password", "binary", "byte"]
                        .iter()
                        .any(|known| format == known)
                })
            };
            // An integer is one of 64 bits unless it says otherwise.
            let wide = |format: Option<&Value>| format.is_none_or(|format| format == "int64");
            let integer = |kind: Option<&Value>| kind.is_some_and(|kind| kind == "integer");
            if integer(before) && integer(after) && wide(old) && wide(new) {
                return Class::NoEffect;
            }
            // Other formats of strings are not checked.
            if text(before) && text(after) && !typed(old) && !typed(new) {
                Class::NoEffect
            } else {
                Class::Breaking
            }
        }
        _ => Class::Breaking,
    }
}

/// Names that are required of no declared property; those of declared ones are judged with them, and those
/// in an `allOf` with what declares them.
fn check_required(contract: &mut Contract, pair: &Pair) {
    let names = |side: &Side, at: &Pointer| -> BTreeSet<String> {
        let composed = at.as_str().contains("/allOf/") || side.under(at, "allOf").is_some();
        let required = side.under(at, "required").and_then(Value::as_array);
        let names = required.filter(|_| !composed).into_iter().flatten();
        let declared = side.under(at, "properties");
        let undeclared = |name: &&str| declared.and_then(|all| all.get(name)).is_none();
        let names = names.filter_map(Value::as_str).filter(undeclared);
        names.map(str::to_owned).collect()
    };
    let old = names(&contract.old, &pair.old);
    let new = names(&contract.new, &pair.new);
    let at = pair.join("required");
    for name in new.difference(&old) {
        let words = format!("requires `{name}`, which is not declared");
        contract.added(Class::Breaking, &at.new, words);
    }
    for name in old.difference(&new) {
        let words = format!("no longer requires `{name}`, which is not declared");
        contract.removed(Class::NoEffect, &at.old, words);
    }
}

/// What is allowed beyond the declared properties.
fn compare_additional(contract: &mut Contract, pair: &Pair, at: &Pair) {
    let (old, new) = contract.values(at);
    // Whether the generated type holds further properties; `true` and `false` make no difference to it.
    let holds = |value: Option<&Value>| value.is_some_and(Value::is_object);
    let closed = |value: Option<&Value>| value.is_some_and(|value| *value == false);
    let is_map = contract.old.under(&pair.old, "properties").is_none()
        || contract.new.under(&pair.new, "properties").is_none();
    let travel = contract.travel(pair);
    let class = match (holds(old), holds(new)) {
        _ if old == new => return,
        // Alternatives are told apart by what they forbid.
        (false, false) if closed(old) != closed(new) && contract.is_alternative(pair) => {
            Class::Breaking
        }
        (false, false) => Class::NoEffect,
        // The builder of a request wants them given.
        (false, true) if !is_map && !travel.sent => Class::Compatible,
        (true, true) => {
            contract.open(at.clone(), Role::Other);
            return;
        }
        _ => Class::Breaking,
    };
    contract.differs(class, at, difference(old, new));
}

fn compare_parts(contract: &mut Contract, at: &Pair, key: &str) {
    let count = |value: Option<&Value>| value.and_then(Value::as_array).map_or(0, Vec::len);
    let (old, new) = contract.values(at);
    let (old, new) = (count(old), count(new));
    if old == new {
        for index in 0..old {
            contract.open(at.join(index), Role::Other);
        }
    } else {
        let words = format!("{key} has {new} parts instead of {old}");
        contract.differs(Class::Breaking, at, words);
    }
}

fn compare_enumeration(contract: &mut Contract, pair: &Pair, at: &Pair) {
    let travel = contract.travel(pair);
    let (old, new) = contract.values(at);
    let values = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
    let (Some(before), Some(after)) = (values(old), values(new)) else {
        // What is received is read as text, whatever it may be.
        let class = match (travel.sent, travel.received) {
            (false, _) => Class::NoEffect,
            (true, true) if new.is_none() => Class::Compatible,
            _ => Class::Breaking,
        };
        contract.keyword(class, at);
        return;
    };
    let lost = if travel.sent {
        Class::Breaking
    } else {
        Class::NoEffect
    };
    contract.listed(at, (&before, &after), (lost, Class::Compatible));
}
