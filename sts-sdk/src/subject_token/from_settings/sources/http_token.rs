//! HTTP endpoints.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::secret::Secret;
use crate::settings::{Reader, setting};
use crate::subject_token::from_settings::made::Made;
use crate::subject_token::http_token::{HttpToken, HttpValue};

/// The value of a header: `"text"`, `{"file": "path"}` or `{"variable": "NAME"}`, the last two with
/// `"prefix": "Bearer "`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Text(Secret),
    File(OfFile),
    Variable(OfVariable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfFile {
    file: String,
    #[serde(default)]
    prefix: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfVariable {
    variable: String,
    #[serde(default)]
    prefix: String,
}

impl From<Value> for HttpValue {
    fn from(value: Value) -> Self {
        match value {
            Value::Text(text) => text.into(),
            Value::File(OfFile { file, prefix }) => Self::file(file).prefix(prefix),
            Value::Variable(OfVariable { variable, prefix }) => {
                Self::variable(variable).prefix(prefix)
            }
        }
    }
}

pub(in super::super) fn vault(reader: &mut Reader<'_>) -> Made {
    let role = reader.required(&setting::VAULT_ROLE, "the role of the identity token")?;
    Some(Arc::new(HttpToken::vault(role)))
}

pub(in super::super) fn source(reader: &mut Reader<'_>) -> Made {
    let url = reader.secret(&setting::HTTP_URL);
    if url.is_none() {
        reader.missing(&setting::HTTP_URL, "the URL to ask");
    }
    let what = r#"an object of texts and of {"file": …} or {"variable": …}"#;
    let headers: Option<BTreeMap<String, Value>> = reader.json(&setting::HTTP_HEADERS, what);
    let body = body(reader);
    let method = reader.text(&setting::HTTP_METHOD);
    let token = reader.text(&setting::TOKEN_POINTER);
    let lifetime = reader.text(&setting::LIFETIME_POINTER);
    let content_type = reader.text(&setting::HTTP_CONTENT_TYPE);
    let source = match method.as_deref() {
        None | Some("GET") => HttpToken::get(url?),
        Some("POST") => HttpToken::post(url?),
        Some(_) => {
            reader.problem(format!(
                "{} is neither GET nor POST",
                setting::HTTP_METHOD.name()
            ));
            return None;
        }
    };
    let mut source = headers
        .into_iter()
        .flatten()
        .fold(source, |source, (name, value)| source.header(name, value));
    if let Some(body) = body {
        source = source.body(
            content_type.unwrap_or_else(|| "application/json".to_owned()),
            body,
        );
    }
    if let Some(pointer) = token {
        source = source.token_at(pointer);
    }
    if let Some(pointer) = lifetime {
        source = source.lifetime_at(pointer);
    }
    Some(Arc::new(source))
}

fn body(reader: &mut Reader<'_>) -> Option<HttpValue> {
    match (
        reader.secret(&setting::HTTP_BODY),
        reader.text(&setting::HTTP_BODY_FILE),
    ) {
        (Some(text), None) => Some(text.into()),
        (None, Some(file)) => Some(HttpValue::file(file)),
        (None, None) => None,
        (Some(_), Some(_)) => {
            reader.both_are_set(&setting::HTTP_BODY, &setting::HTTP_BODY_FILE);
            None
        }
    }
}
