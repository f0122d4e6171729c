//! What a failure says, in one line.

use std::error::Error;
use std::fmt;

use serde_json::Value;

use crate::generated::types::Failure;
use crate::redact::line;

/// One line: what each error says, with its code. What looks like a token is left out.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors: Vec<String> = self
            .errors
            .iter()
            .filter_map(|error| sentence(&serde_json::to_value(error).ok()?))
            .collect();
        if errors.is_empty() {
            return f.write_str("no details were given");
        }
        f.write_str(&line(&errors.join("; ")))
    }
}

impl Error for Failure {}

/// What an `Error` of the specification says, whichever of its properties are there.
pub(super) fn sentence(error: &Value) -> Option<String> {
    let text = |name: &str| {
        error
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let detail = text("detail").or_else(|| text("message"));
    let said = match (text("title"), detail) {
        (Some(title), Some(detail)) if title != detail => Some(format!("{title}: {detail}")),
        (title, detail) => title.or(detail).map(str::to_owned),
    };
    let number = error.get("error_code").map(Value::to_string);
    let code = text("code").map(str::to_owned).or(number);
    match (said, code) {
        (Some(said), Some(code)) => Some(format!("{said} (code {code})")),
        (None, Some(code)) => Some(format!("code {code}")),
        (said, None) => said,
    }
}
