//! JSON that is not the `Failure` of the specification: the properties of the errors that it tells of.

use serde_json::{Map, Value, json};

use super::advice::{Advice, texts};
use super::read::{MOST_ENTRIES, Read};
use super::sentence::says_something;
use super::text::{Properties, detail};
use crate::redact::line;

/// The properties of `Error` that are text.
const TEXTS: [&str; 6] = ["id", "status", "code", "title", "detail", "message"];
/// Where servers name the field of the request that an error is about.
const FIELDS: [&str; 6] = ["field", "pointer", "parameter", "param", "property", "path"];
/// Where servers say what is wrong with a field.
const REASONS: [&str; 3] = ["reason", "description", "error"];

/// The errors that a body tells of.
pub(super) struct Errors {
    /// At least one, at most [`MOST_ENTRIES`].
    pub(super) kept: Vec<Properties>,
    /// How many there were.
    pub(super) count: usize,
}

/// The errors that `body`, which is no `Failure`, tells of.
pub(super) fn errors(body: &Read) -> Errors {
    let Some(object) = body.value.as_object() else {
        return Errors::new(vec![Properties::new()], None);
    };
    if let Some(list) = object.get("errors").and_then(Value::as_array) {
        let mut errors: Vec<Properties> = list.iter().map(of_entry).collect();
        if errors.iter().any(says_something) {
            if let Some(first) = errors.first_mut() {
                Advice::of(&[object]).add_to(first);
            }
            return Errors::new(errors, body.length_before_cut(&["errors"]));
        }
    }
    let mut errors = match object.get("error") {
        // RFC 6749, section 5.2.
        Some(Value::String(code)) if !code.is_empty() => {
            let mut error = of_object(object);
            error.insert("code".to_owned(), json!(code));
            let described = object.get("error_description").and_then(Value::as_str);
            if let Some(described) = described.filter(|text| !text.is_empty()) {
                error.insert("detail".to_owned(), json!(line(described)));
            }
            Advice::of(&[object]).add_to(&mut error);
            Errors::new(vec![error], None)
        }
        Some(Value::Object(inner)) => {
            of_structure(body, inner, &[(inner, &["error"]), (object, &[])])
        }
        _ => of_structure(body, object, &[(object, &[])]),
    };
    // A list whose beginning says nothing.
    let unsaid = body.length_before_cut(&["errors"]).unwrap_or_default();
    errors.count = errors.count.max(unsaid);
    errors
}

impl Errors {
    fn new(mut kept: Vec<Properties>, before_cut: Option<usize>) -> Self {
        let count = before_cut.unwrap_or(kept.len());
        kept.truncate(MOST_ENTRIES);
        Self { kept, count }
    }
}

/// One error with, perhaps, the fields that failed: Confluent's structure of 2025 and what is like it. `places` are the
/// objects that tell of it, with where they are: the error itself, then what is around it.
fn of_structure(
    body: &Read,
    error: &Map<String, Value>,
    places: &[(&Map<String, Value>, &[&str])],
) -> Errors {
    let mut error = of_object(error);
    for (object, _) in places {
        if let Some(status) = text(object, "status") {
            error.entry("status").or_insert(json!(status));
        }
        if let Some(id) = request_id(object) {
            error.entry("id").or_insert(json!(id));
        }
    }
    let mut fields = Vec::new();
    let mut before_cut = None;
    for (object, path) in places {
        for name in ["details", "errors"] {
            let of_this: Vec<Properties> = object.get(name).map(of_fields).unwrap_or_default();
            if fields.is_empty() && !of_this.is_empty() {
                before_cut = body.length_before_cut(&[*path, &[name]].concat());
                fields = of_this;
            }
        }
    }
    let objects: Vec<_> = places.iter().map(|(object, _)| *object).collect();
    Advice::of(&objects).add_to(&mut error);
    if !says_something(&error) && !fields.is_empty() {
        return Errors::new(fields, before_cut);
    }
    fields.insert(0, error);
    Errors::new(fields, before_cut)
}

/// What identifies the request, in the structure of 2025.
pub(super) fn request_id(object: &Map<String, Value>) -> Option<&str> {
    let mut ids = ["requestId", "request_id"]
        .into_iter()
        .filter_map(|name| object.get(name)?.as_str());
    ids.find(|id| !id.is_empty())
}

/// An entry of `errors` that is not an `Error` as it stands.
fn of_entry(value: &Value) -> Properties {
    match value {
        Value::Object(object) => {
            let mut error = of_object(object);
            let first = |names: &[&str]| names.iter().find_map(|name| text(object, name));
            if !error.contains_key("title")
                && !error.contains_key("detail")
                && let Some(reason) = first(&REASONS)
            {
                error.insert("detail".to_owned(), json!(reason));
            }
            if let Some(field) = first(&FIELDS) {
                error.entry("source").or_insert_with(|| source(&field));
            }
            Advice::of(&[object]).add_to(&mut error);
            error
        }
        Value::String(text) => detail(text),
        _ => Properties::new(),
    }
}

/// The fields that failed: a list of errors, or what is wrong with each by its name.
fn of_fields(value: &Value) -> Vec<Properties> {
    let errors: Vec<Properties> = match value {
        Value::Array(list) => list.iter().map(of_entry).collect(),
        Value::Object(fields) => fields
            .iter()
            .take(MOST_ENTRIES)
            .map(|(name, value)| {
                let mut error = match value {
                    Value::Object(_) => of_entry(value),
                    value => detail(&texts(value)),
                };
                if says_something(&error) {
                    error.insert("source".to_owned(), source(name));
                }
                error
            })
            .collect(),
        _ => Vec::new(),
    };
    errors.into_iter().filter(says_something).collect()
}

/// The properties of `Error` that `object` has, as far as they have or can be given the right type.
fn of_object(object: &Map<String, Value>) -> Properties {
    let mut error = Properties::new();
    for name in TEXTS {
        let text = text(object, name);
        error.extend(text.map(|text| (name.to_owned(), json!(text))));
    }
    if let Some(code) = object.get("error_code") {
        let text = code
            .as_str()
            .map_or_else(|| code.to_string(), str::to_owned);
        let number = text.parse::<i32>().ok();
        error.extend(number.map(|number| ("error_code".to_owned(), json!(number))));
        if !code.is_null() {
            error.entry("code").or_insert(json!(text));
        }
    }
    if let Some(Value::Object(source)) = object.get("source") {
        let texts = ["pointer", "parameter"].into_iter().filter_map(|name| {
            let text = source.get(name)?.as_str()?;
            Some((name.to_owned(), json!(text)))
        });
        error.insert("source".to_owned(), Value::Object(texts.collect()));
    }
    // The structure of 2025 has a message for every occurrence of the problem, and details of this one.
    if let Some(Value::String(details)) = object.get("details")
        && !details.is_empty()
        && !error.contains_key("detail")
    {
        if let Some(message) = error.get("message").cloned() {
            error.entry("title").or_insert(message);
        }
        error.insert("detail".to_owned(), json!(details));
    }
    // `message` is not in every published specification, `detail` is.
    if let Some(message) = error.get("message").cloned() {
        error.entry("detail").or_insert(message);
    }
    error
}

/// The property `name` as text, if it is one that is not empty, or a number.
fn text(object: &Map<String, Value>, name: &str) -> Option<String> {
    match object.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The `source` of an error about a field: a JSON pointer or a name.
fn source(field: &str) -> Value {
    if field.starts_with('/') {
        json!({ "pointer": field })
    } else {
        json!({ "parameter": field })
    }
}
