//! What a schema comes down to: references followed, and an `allOf` that only annotates one seen through.

use std::collections::BTreeSet;

use serde_json::Value;

use super::contract::Side;
use crate::diagnostic::Diagnostic;
use crate::openapi::Pointer;

/// What a schema is, beyond references and an `allOf` that only annotates.
pub(super) struct Subject {
    pub(super) at: Pointer,
    /// What the component that it is found in is called.
    pub(super) name: Option<String>,
    /// Each `allOf` that led there.
    pub(super) wrappers: Vec<Pointer>,
}

pub(super) fn subject(side: &Side, at: &Pointer) -> Result<Subject, Diagnostic> {
    let mut subject = Subject {
        at: at.clone(),
        name: None,
        wrappers: Vec::new(),
    };
    let mut seen = BTreeSet::new();
    while seen.insert(subject.at.clone()) {
        let at = &subject.at;
        let Some(schema) = side.value(at) else {
            return Err(Diagnostic::new(
                at.as_str(),
                "does not exist",
                "add it or correct the $ref",
            ));
        };
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = Pointer::of_reference(reference);
            subject.at = target.ok_or_else(|| {
                Diagnostic::new(
                    at.as_str(),
                    format!("$ref {reference:?} leaves the document"),
                    "import the document first",
                )
            })?;
            subject.name = Some(subject.at.name());
        } else if let Some(index) = annotated_part(schema) {
            subject.wrappers.push(at.clone());
            subject.at = at.join("allOf").join(index);
        } else {
            return Ok(subject);
        }
    }
    Err(Diagnostic::new(
        subject.at.as_str(),
        "is defined as itself",
        "break the circle of $ref and allOf",
    ))
}

/// The `$ref` that `schema` says no more of than what it is for, and which properties of it are required.
fn annotated_part(schema: &Value) -> Option<usize> {
    let beside = schema.as_object()?;
    let parts = schema.get("allOf")?.as_array()?;
    if !beside.keys().all(|key| key == "allOf" || annotates(key)) {
        return None;
    }
    let mut others = (0..parts.len()).filter(|index| !is_annotating(&parts[*index]));
    match (others.next(), others.next()) {
        (Some(index), None) if parts[index].get("$ref").is_some() => Some(index),
        _ => None,
    }
}

/// Whether a part of an `allOf` adds nothing but annotations and what is required.
pub(super) fn is_annotating(part: &Value) -> bool {
    part.as_object().is_some_and(|part| {
        part.iter().all(|(key, value)| match key.as_str() {
            "type" => value == "object",
            "required" => true,
            "properties" => value.as_object().is_some_and(|properties| {
                let mut properties = properties.values().filter_map(Value::as_object);
                properties.all(|property| property.keys().all(|key| is_annotation(key)))
            }),
            key => annotates(key),
        })
    })
}

/// Whether a keyword beside a `$ref`, in an `allOf` with it, leaves it the schema that it is.
pub(super) fn annotates(key: &str) -> bool {
    is_annotation(key) || matches!(key, "deprecated" | "nullable" | "readOnly" | "writeOnly")
}

pub(super) fn is_annotation(key: &str) -> bool {
    matches!(
        key,
        "title" | "description" | "example" | "examples" | "externalDocs" | "xml"
    ) || (key.starts_with("x-") && key != "x-extensible-enum")
}
