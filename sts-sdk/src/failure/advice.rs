//! What a body says beside what went wrong, for which `Error` has no property: what to do, where to read on.

use serde_json::{Map, Value, json};

use super::text::Properties;
use crate::redact::{PLACEHOLDER, line, line_of};

/// Longest text of a property of `meta`, in characters.
const LONGEST_META: usize = 100;
/// Parts of the names of properties whose values are not shown.
const SECRETS: [&str; 11] = [
    "assertion",
    "authorization",
    "cookie",
    "credential",
    "jwt",
    "key",
    "password",
    "secret",
    "session",
    "signature",
    "token",
];

/// What to do about an error, and what else is said of it.
#[derive(Default)]
pub(super) struct Advice {
    pub(super) suggestion: Option<String>,
    pub(super) doc_url: Option<String>,
    meta: Option<String>,
}

impl Advice {
    /// That of `objects`, the first of which takes precedence.
    pub(super) fn of(objects: &[&Map<String, Value>]) -> Self {
        let text = |names: &[&str]| {
            let places = objects.iter().flat_map(|object| {
                let values = names.iter().filter_map(|name| object.get(*name));
                values.map(|value| line(&texts(value)))
            });
            places.into_iter().find(|text| !text.is_empty())
        };
        let metas = objects.iter().find_map(|object| object.get("meta"));
        Self {
            suggestion: text(&["suggestion", "resolution"]),
            doc_url: text(&["doc_url", "error_uri"]),
            meta: metas.and_then(Value::as_object).and_then(meta),
        }
    }

    /// Adds it to the `detail` of `error`; whether that changed anything.
    pub(super) fn add_to(&self, error: &mut Properties) -> bool {
        let said = ["detail", "message"]
            .into_iter()
            .find_map(|name| error.get(name)?.as_str().filter(|text| !text.is_empty()));
        let said = said.unwrap_or_default();
        let mut detail = said.to_owned();
        if let Some(suggestion) = &self.suggestion
            && !said.contains(suggestion.trim_end_matches('.'))
        {
            if detail.ends_with(['.', '!', '?', ':', ';']) {
                detail.push(' ');
            } else if !detail.is_empty() {
                detail.push_str(". ");
            }
            detail.push_str(suggestion);
        }
        if let Some(meta) = &self.meta {
            detail = [detail.as_str(), "(meta", meta].join(" ").trim().to_owned() + ")";
        }
        if let Some(url) = &self.doc_url
            && !said.contains(url.as_str())
        {
            detail = match detail.strip_suffix('.').unwrap_or(&detail) {
                "" => format!("see {url}"),
                detail => format!("{detail}, see {url}"),
            };
        }
        let changed = detail != said;
        if changed {
            error.insert("detail".to_owned(), json!(detail));
        }
        changed
    }
}

/// The texts of `value`, a text or a list of texts.
pub(super) fn texts(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(list) => {
            let texts = list.iter().map(texts).filter(|text| !text.is_empty());
            texts.collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    }
}

/// The properties of `object` that are texts, numbers or truth values, without the values of those that may be secret.
fn meta(object: &Map<String, Value>) -> Option<String> {
    let shown = object.iter().filter_map(|(name, value)| {
        let value = match value {
            Value::Bool(value) => value.to_string(),
            Value::Number(value) => value.to_string(),
            Value::String(text) if !text.is_empty() => line_of(text, LONGEST_META),
            _ => return None,
        };
        let name = line_of(name, LONGEST_META);
        let lower = name.to_ascii_lowercase();
        Some(if SECRETS.iter().any(|secret| lower.contains(secret)) {
            format!("{name}={PLACEHOLDER}")
        } else {
            format!("{name}={value}")
        })
    });
    let shown = line(&shown.collect::<Vec<_>>().join(", "));
    (!shown.is_empty()).then_some(shown)
}
