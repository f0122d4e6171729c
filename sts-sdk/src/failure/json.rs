//! JSON that is not the `Failure` of the specification: the properties of the errors that it tells of.

use serde_json::{Map, Value, json};

use super::sentence::sentence;
use super::text::{Properties, detail};
use crate::redact::line;

/// The properties of `Error` that are text.
const TEXTS: [&str; 6] = ["id", "status", "code", "title", "detail", "message"];

/// Those of the errors that `value`, which is no `Failure`, tells of; at least one.
pub(super) fn properties(value: &Value) -> Vec<Properties> {
    let Some(object) = value.as_object() else {
        return vec![Properties::new()];
    };
    if let Some(errors) = object.get("errors").and_then(Value::as_array) {
        let errors: Vec<Properties> = errors.iter().map(of_error).collect();
        if errors.iter().any(|error| sentence(&json!(error)).is_some()) {
            return errors;
        }
    }
    vec![match object.get("error") {
        // RFC 6749, section 5.2.
        Some(Value::String(code)) if !code.is_empty() => {
            let mut error = of_object(object);
            error.insert("code".to_owned(), json!(code));
            let described = ["error_description", "error_uri"]
                .iter()
                .filter_map(|name| object.get(*name)?.as_str())
                .filter(|text| !text.is_empty());
            let described: Vec<&str> = described.collect();
            if !described.is_empty() {
                let detail = described.join(", see ");
                error.insert("detail".to_owned(), json!(line(&detail)));
            }
            error
        }
        Some(Value::Object(inner)) => of_object(inner),
        _ => of_object(object),
    }]
}

/// An entry of `errors` that is not an `Error` as it stands.
fn of_error(value: &Value) -> Properties {
    match value {
        Value::Object(object) => of_object(object),
        Value::String(text) => detail(text),
        _ => Properties::new(),
    }
}

/// The properties of `Error` that `object` has, as far as they have or can be given the right type.
fn of_object(object: &Map<String, Value>) -> Properties {
    let mut error = Properties::new();
    for name in TEXTS {
        let text = match object.get(name) {
            Some(Value::String(text)) if !text.is_empty() => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => continue,
        };
        error.insert(name.to_owned(), json!(text));
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
    // `message` is not in every published specification, `detail` is.
    if let Some(message) = error.get("message").cloned() {
        error.entry("detail").or_insert(message);
    }
    error
}
