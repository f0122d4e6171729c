//! What differs between schemas.

use std::collections::BTreeSet;

use serde_json::Value;

use super::change::Class;
use super::contract::{Contract, Pair, Role, Side, shown};
use super::{limits, property};
use crate::document::Pointer;
use crate::fault::Fault;

/// Compares the schemas that were opened, and those that they refer to.
pub(super) fn compare(contract: &mut Contract) -> Result<(), Fault> {
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

/// What a schema is, beyond references and an `allOf` that only annotates.
struct Subject {
    at: Pointer,
    /// What the component that it is found in is called.
    name: Option<String>,
}

fn subject(side: &Side, at: &Pointer) -> Result<Subject, Fault> {
    let mut subject = Subject {
        at: at.clone(),
        name: None,
    };
    let mut seen = BTreeSet::new();
    while seen.insert(subject.at.clone()) {
        let at = &subject.at;
        let Some(schema) = side.value(at) else {
            return Err(Fault::new(
                at.as_str(),
                "does not exist",
                "add it or correct the $ref",
            ));
        };
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = Pointer::of_reference(reference);
            subject.at = target.ok_or_else(|| {
                Fault::new(
                    at.as_str(),
                    format!("$ref {reference:?} leaves the document"),
                    "import the document first",
                )
            })?;
            subject.name = Some(subject.at.name());
        } else if annotates_one(schema) {
            subject.at = at.join("allOf").join(0);
        } else {
            return Ok(subject);
        }
    }
    Err(Fault::new(
        subject.at.as_str(),
        "is defined as itself",
        "break the circle of $ref and allOf",
    ))
}

/// Where the schema at `at` is defined.
pub(super) fn subject_at(side: &Side, at: &Pointer) -> Result<Pointer, Fault> {
    Ok(subject(side, at)?.at)
}

/// Whether `schema` is an `allOf` of one part that nothing is added to.
fn annotates_one(schema: &Value) -> bool {
    let alone = schema.as_object().is_some_and(|schema| {
        schema
            .keys()
            .all(|key| key == "allOf" || is_annotation(key))
    });
    let parts = schema.get("allOf").and_then(Value::as_array);
    alone && parts.is_some_and(|parts| parts.len() == 1)
}

fn is_annotation(key: &str) -> bool {
    matches!(
        key,
        "title" | "description" | "example" | "examples" | "externalDocs" | "xml"
    ) || (key.starts_with("x-") && key != "x-extensible-enum")
}

/// What `pair` comes down to on either side, once the names of both are compared. `None` if there is no more
/// to compare.
fn subjects(contract: &mut Contract, pair: &Pair) -> Result<Option<Pair>, Fault> {
    let old = subject(&contract.old, &pair.old)?;
    let new = subject(&contract.new, &pair.new)?;
    let subjects = Pair {
        old: old.at,
        new: new.at,
    };
    if subjects != *pair {
        for key in contract.keys(pair) {
            let at = pair.join(key);
            let (old, new) = contract.values(&at);
            if is_annotation(key) && old != new {
                contract.keyword(Class::Description, &at);
            }
        }
    }
    if old.name != new.name {
        let (from, to) = contract.values(&subjects);
        // A named string or number is put where it is used; other names become names of types.
        if !is_plain(from) || !is_plain(to) {
            let named = |name: Option<String>| {
                name.map_or("a schema without a name".to_owned(), |name| {
                    format!("`{name}`")
                })
            };
            let words = format!("is {} instead of {}", named(new.name), named(old.name));
            contract.changed(Class::Breaking, pair, words);
            return Ok(None);
        }
    }
    Ok(Some(subjects))
}

/// Whether a schema is a string, number or boolean without an enumeration.
fn is_plain(schema: Option<&Value>) -> bool {
    schema.is_some_and(|schema| {
        let kind = schema.get("type").and_then(Value::as_str);
        matches!(kind, Some("string" | "integer" | "number" | "boolean"))
            && schema.get("enum").is_none()
    })
}

fn compare_keywords(contract: &mut Contract, pair: &Pair, role: Role) -> Result<(), Fault> {
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
        "readOnly" | "writeOnly" | "discriminator" | "default" | "x-extensible-enum" => {
            Class::NoEffect
        }
        "type" => {
            // A schema with properties is an object, whether it says so or not.
            let stated = old.or(new).filter(|_| old.is_none() || new.is_none());
            let is_object = stated.is_some_and(|kind| kind == "object");
            let (before, after) = contract.values(&pair.join("properties"));
            if is_object && before.is_some() && after.is_some() {
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

/// Names that are required of no declared property; those of declared ones are judged with them.
fn check_required(contract: &mut Contract, pair: &Pair) {
    let within_all_of = |at: &Pointer| at.as_str().contains("/allOf/");
    if within_all_of(&pair.new) {
        return;
    }
    let names = |side: &Side, at: &Pointer| -> BTreeSet<String> {
        let required = side.under(at, "required").and_then(Value::as_array);
        let names = required.into_iter().flatten().filter_map(Value::as_str);
        let declared = side.under(at, "properties");
        names
            .filter(|name| declared.is_none_or(|declared| declared.get(name).is_none()))
            .map(str::to_owned)
            .collect()
    };
    let old = names(&contract.old, &pair.old);
    let new = names(&contract.new, &pair.new);
    let composed = |side: &Side, at: &Pointer| side.under(at, "allOf").is_some();
    if composed(&contract.new, &pair.new) || composed(&contract.old, &pair.old) {
        return;
    }
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
    // Whether the generated type holds further properties; `false` only forbids them.
    let holds = |value: Option<&Value>| value.is_some_and(|value| *value != false);
    let is_map = [&contract.old, &contract.new]
        .iter()
        .zip([&pair.old, &pair.new])
        .any(|(side, at)| side.under(at, "properties").is_none());
    let class = match (holds(old), holds(new)) {
        _ if old == new => return,
        (false, false) => Class::NoEffect,
        (false, true) if !is_map => Class::Compatible,
        (true, true) if old.is_some_and(Value::is_object) && new.is_some_and(Value::is_object) => {
            contract.open(at.clone(), Role::Other);
            return;
        }
        _ => Class::Breaking,
    };
    contract.keyword(class, at);
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
    for value in before.iter().filter(|value| !after.contains(value)) {
        contract.changed(lost, at, format!("the value {} is removed", shown(value)));
    }
    for value in after.iter().filter(|value| !before.contains(value)) {
        let words = format!("the value {} is added", shown(value));
        contract.changed(Class::Compatible, at, words);
    }
}
