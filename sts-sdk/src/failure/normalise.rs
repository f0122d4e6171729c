//! Error bodies as the `Failure` of the specification, whatever their shape.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::error::Category;
use serde_json::{Map, Value, json};

use super::sentence;
use crate::generated::types::Failure;
use crate::redact::credentials::{Credentials, line};

/// The properties of `Error` that are text.
const TEXTS: [&str; 6] = ["id", "status", "code", "title", "detail", "message"];
/// Longest beginning of a page that is taken over, in characters.
const PAGE: usize = 200;

/// What progenitor reads as the `Failure`: `body` itself where it is one, or else one made from it.
/// Credentials that the server sends back, and what looks like a JWT, are taken out of either.
pub(crate) fn normalise(
    status: StatusCode,
    headers: &HeaderMap,
    body: Vec<u8>,
    credentials: &Credentials<'_>,
) -> Vec<u8> {
    let text = String::from_utf8_lossy(&body);
    let text = text.trim_start_matches('\u{feff}');
    let errors = match serde_json::from_str::<Value>(text) {
        Ok(mut value) => {
            let changed = credentials.remove_from_json(&mut value);
            if is_failure(&value) {
                // Progenitor reads bytes, and is stricter than what was read here: no key twice, UTF-8 only.
                let untouched = !changed && serde_json::from_slice::<Failure>(&body).is_ok();
                return if untouched {
                    body
                } else {
                    value.to_string().into_bytes()
                };
            }
            of_json(&value)
        }
        Err(error) => vec![of_text(&credentials.remove_from(text), headers, &error)],
    };
    let errors: Vec<Value> = errors
        .into_iter()
        .map(|mut error| {
            let error_status = json!(status.as_str());
            error.entry("status").or_insert(error_status);
            if !error.contains_key("title") && !error.contains_key("detail") {
                let reason = status.canonical_reason().unwrap_or("the request failed");
                error.insert("title".to_owned(), json!(reason));
            }
            Value::Object(error)
        })
        .collect();
    json!({ "errors": errors }).to_string().into_bytes()
}

/// Whether `value` is the specification's, and says as much as anything beside its errors does.
fn is_failure(value: &Value) -> bool {
    let Ok(failure) = serde_json::from_value::<Failure>(value.clone()) else {
        return false;
    };
    let mut errors = failure.errors.iter();
    let says = errors.any(|error| {
        let error = serde_json::to_value(error);
        error.is_ok_and(|error| sentence(&error).is_some())
    });
    says || value.as_object().is_some_and(|object| object.len() == 1)
}

type Properties = Map<String, Value>;

fn of_json(value: &Value) -> Vec<Properties> {
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

/// The properties of `Error` that `object` has, as far as their types can be reconciled.
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

/// A page or a plain text, which is not JSON because of `error`.
fn of_text(text: &str, headers: &HeaderMap, error: &serde_json::Error) -> Properties {
    let kind = headers
        .get("content-type")
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    // JSON that cannot be read is not for people, and may hold anything.
    if text.trim_start().starts_with('{') || (kind.contains("json") && !text.trim().is_empty()) {
        return detail(match error.classify() {
            Category::Eof => "the body is not complete JSON",
            _ => "the body is not valid JSON",
        });
    }
    let html = kind.contains("html") || text.trim_start().starts_with('<');
    if !html {
        return detail(text);
    }
    let mut error = detail(&without_tags(text));
    if let Some(title) = title(text) {
        error.insert("title".to_owned(), json!(title));
    }
    error
}

fn detail(text: &str) -> Properties {
    let text: String = line(text).chars().take(PAGE).collect();
    let pair = (!text.is_empty()).then(|| ("detail".to_owned(), json!(text)));
    pair.into_iter().collect()
}

fn title(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find('<')?;
    let title: String = line(&page[start..end]).chars().take(PAGE).collect();
    (!title.is_empty()).then_some(title)
}

/// The text of a page: what stands outside of its tags, head, scripts and styles.
fn without_tags(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let mut text = String::new();
    let mut at = 0;
    while let Some(open) = lower[at..].find('<').map(|open| at + open) {
        text.push_str(&page[at..open]);
        text.push(' ');
        let hidden = ["head", "script", "style", "!--"]
            .into_iter()
            .find(|name| is_tag(&lower[open + 1..], name));
        let end = match hidden {
            Some("!--") => "-->".to_owned(),
            Some(name) => format!("</{name}"),
            None => ">".to_owned(),
        };
        let Some(close) = lower[open..].find(&end).map(|close| open + close) else {
            return text;
        };
        // Blanks may stand before the bracket that ends a tag.
        let Some(bracket) = lower[close..].find('>') else {
            return text;
        };
        at = close + bracket + 1;
    }
    text.push_str(&page[at..]);
    text
}

fn is_tag(rest: &str, name: &str) -> bool {
    rest.strip_prefix(name)
        .is_some_and(|rest| name == "!--" || rest.starts_with(['>', ' ', '\n', '\r', '\t']))
}
