//! What a failure says, in one line.

use std::error::Error;
use std::fmt;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::read::MOST_ENTRIES;
use super::text::Properties;
use crate::generated::types::Failure;
use crate::redact::line_of;

/// Longest text of what is said, in characters, which the errors share.
const LONGEST: usize = 400;
/// The least share of an error.
const LEAST_SHARE: usize = 100;
/// Longest text of a code or the name of a field.
const LONGEST_NAME: usize = 100;

/// One line: what each error says, the field that it is about and its code; of more than 16 errors the first, and how
/// many there are. What looks like a token is left out.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = self.errors.iter().take(MOST_ENTRIES);
        let errors: Vec<Value> = errors
            .filter_map(|error| serde_json::to_value(error).ok())
            .collect();
        let said = said(&errors, self.errors.len(), None);
        f.write_str(if said.is_empty() {
            "no details were given"
        } else {
            &said
        })
    }
}

impl Error for Failure {}

/// What `errors` say, which are the first of `count`. Nothing that `status`, which is shown before, says already.
pub(super) fn said(errors: &[Value], count: usize, status: Option<StatusCode>) -> String {
    let known: Vec<String> = status.map(names).into_iter().flatten().collect();
    let mut sentences: Vec<Sentence> = Vec::new();
    for error in errors {
        let sentence = Sentence::of(error, &known);
        if sentence.says_something() && !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    let share = LONGEST / sentences.len().max(1);
    let mut parts: Vec<String> = sentences
        .iter()
        .map(|sentence| sentence.show(share.max(LEAST_SHARE)))
        .collect();
    if count > MOST_ENTRIES {
        parts.push(format!("{count} errors in all"));
    }
    parts.join("; ")
}

/// Whether an `Error` of the specification says what is wrong.
pub(super) fn says_something(error: &Properties) -> bool {
    Sentence::of(&json!(error), &[]).says_something()
}

/// How a status is written, with its number and without.
fn names(status: StatusCode) -> [String; 2] {
    let reason = status.canonical_reason().unwrap_or_default();
    [status.to_string(), reason.to_owned()]
}

/// What an `Error` of the specification says, whichever of its properties are there.
#[derive(PartialEq)]
struct Sentence {
    said: Option<String>,
    field: Option<String>,
    code: Option<String>,
}

impl Sentence {
    fn of(error: &Value, known: &[String]) -> Self {
        let text = |value: &Value, name: &str| {
            let text = value.get(name).and_then(Value::as_str);
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let unknown = |text: &String| !known.contains(text);
        let detail = text(error, "detail").or_else(|| text(error, "message"));
        let said = match (text(error, "title").filter(unknown), detail.filter(unknown)) {
            (Some(title), Some(detail)) if detail.starts_with(&title) => Some(detail),
            (Some(title), Some(detail)) if title.contains(&detail) => Some(title),
            (Some(title), Some(detail)) if title.ends_with(['.', '!', '?', ':']) => {
                Some(format!("{title} {detail}"))
            }
            (Some(title), Some(detail)) => Some(format!("{title}: {detail}")),
            (title, detail) => title.or(detail),
        };
        let number = error.get("error_code").filter(|code| !code.is_null());
        let field = error
            .get("source")
            .and_then(|source| text(source, "pointer").or_else(|| text(source, "parameter")));
        Self {
            said,
            field,
            code: text(error, "code").or_else(|| number.map(Value::to_string)),
        }
    }

    fn says_something(&self) -> bool {
        self.said.is_some() || self.code.is_some()
    }

    fn show(&self, longest: usize) -> String {
        let said = self.said.as_ref().map(|said| line_of(said, longest));
        let field = self.field.as_ref().map(|field| ("field", field));
        let code = self.code.as_ref().map(|code| ("code", code));
        let names = [field, code].into_iter().flatten();
        let names = names.map(|(kind, name)| format!("{kind} {}", line_of(name, LONGEST_NAME)));
        let names = names.collect::<Vec<_>>().join(", ");
        match said {
            Some(said) if names.is_empty() => said,
            Some(said) => format!("{said} ({names})"),
            None => names,
        }
    }
}
