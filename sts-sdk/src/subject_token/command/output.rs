//! What a program prints.

use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::redact::line_of;
use crate::secret::Secret;
use crate::subject_token::token::SubjectToken;

/// Longest code or message that is repeated, in characters.
const LONGEST: usize = 200;

/// The token in `output`; in JSON at `pointer`, if one is given.
///
/// # Errors
///
/// There is none; what the program did instead.
pub(super) fn token(output: &[u8], pointer: Option<&str>) -> Result<SubjectToken, String> {
    let text = str::from_utf8(output).map_err(|_| "printed what is not UTF-8".to_owned())?;
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err("printed nothing".to_owned());
    }
    if pointer.is_none() && !text.starts_with('{') {
        return Ok(Secret::from(text).into());
    }
    let mut json: Value =
        serde_json::from_str(text).map_err(|_| "printed what is not JSON".to_owned())?;
    if let Some(why) = refused(&json) {
        return Err(why);
    }
    let end = json.get("expiration_time").and_then(Value::as_u64);
    let pointer = pointer.map_or_else(|| known(&json), Ok)?;
    let found = json.pointer_mut(pointer).map(Value::take);
    let Some(Value::String(token)) = found else {
        return Err(format!("printed JSON without a text at {pointer:?}"));
    };
    let token = SubjectToken::from(token);
    let end = end.and_then(|end| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(end)));
    Ok(match end {
        Some(end) => token.valid_until(end),
        None => token,
    })
}

/// What `output` says of why there is no token, if it is of a form that can.
pub(super) fn refusal(output: &[u8]) -> Option<String> {
    refused(&serde_json::from_slice(output).ok()?)
}

fn refused(json: &Value) -> Option<String> {
    if json.get("success") != Some(&Value::Bool(false)) {
        return None;
    }
    let text = |name: &str| json.get(name).and_then(Value::as_str);
    let said = [text("code"), text("message")].into_iter().flatten();
    let said: Vec<String> = said.map(|text| line_of(text, LONGEST)).collect();
    Some(format!("did not succeed: {}", said.join(": ")))
}

/// Where the token is in the forms of others.
fn known(json: &Value) -> Result<&'static str, String> {
    if json.get("version").is_some() && json.get("success").is_some() {
        return Ok("/id_token");
    }
    if json
        .get("kind")
        .is_some_and(|kind| kind == "ExecCredential")
    {
        return Ok("/status/token");
    }
    Err("printed JSON of no known form; say with token_at where the token is".to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::subject_token::arbitrary_json::json;

    proptest! {
        #[test]
        fn nothing_panics(output in proptest::collection::vec(any::<u8>(), 0..80), pointer in proptest::option::of(".*")) {
            let _ = token(&output, pointer.as_deref());
            let _ = refusal(&output);
        }

        /// Those of Google (AIP-4117), of Kubernetes and of nobody.
        #[test]
        fn a_token_is_what_stands_where_it_belongs(
            output in json(&["version", "success", "id_token", "expiration_time", "kind", "status", "token", "code", "message"]),
            pointer in proptest::option::of(proptest::sample::select(&["/token", "/status/token", "/0", ""][..])),
        ) {
            let text = output.to_string();
            let Ok(found) = token(text.as_bytes(), pointer) else {
                return Ok(());
            };
            if pointer.is_none() && !output.is_object() {
                prop_assert_eq!(found.secret().expose_secret(), text.trim());
                return Ok(());
            }
            prop_assert_ne!(output.get("success"), Some(&Value::Bool(false)));
            let place = pointer.map_or_else(|| known(&output), Ok).unwrap();
            prop_assert_eq!(Some(found.secret().expose_secret()), output.pointer(place).and_then(Value::as_str));
            let end = output.get("expiration_time").and_then(Value::as_u64);
            prop_assert!(found.expires_at().is_none() || end.is_some());
        }
    }
}
