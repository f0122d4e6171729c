//! What a download that was cut short leaves behind where the rest of it is still well-formed.

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::openapi::{Pointer, is_data, keywords_mut};

/// Refuses YAML that ends within a line. Most places where a download can be cut short are in one.
pub(super) fn check_ending(bytes: &[u8]) -> Result<(), Diagnostic> {
    if bytes.ends_with(b"\n") || bytes.trim_ascii_end().ends_with(b"}") {
        return Ok(());
    }
    let lines = bytes.split(|byte| *byte == b'\n').count();
    Err(Diagnostic::new(
        format!("line {lines}"),
        "ends within a line, as a download does that was cut short",
        "fetch the document again, or end its last line",
    ))
}

/// Refuses keywords without a value.
pub(super) fn check_values(root: &mut Value) -> Result<(), Diagnostic> {
    let mut empty: Option<Pointer> = None;
    keywords_mut(root, &mut |at, keywords| {
        if empty.is_none() {
            let mut keywords = keywords.iter();
            let found = keywords.find(|(key, value)| value.is_null() && !is_data(key, value));
            empty = found.map(|(key, _)| at.join(key));
        }
    });
    match empty {
        None => Ok(()),
        Some(at) => Err(Diagnostic::new(
            at.as_str(),
            "has no value",
            "correct it there, or fetch the document again if the download was cut short",
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn yaml_ends_with_a_line_and_json_with_a_brace() {
        for whole in ["a: 1\n", "a: 1\r\n", "{\"a\": 1}", "{a: 1} "] {
            check_ending(whole.as_bytes()).unwrap();
        }
        let diagnostic = check_ending(b"a: 1\nb: tru").unwrap_err().to_string();
        assert!(
            diagnostic.starts_with("line 2: ends within a line"),
            "{diagnostic}"
        );
    }

    #[test]
    fn keywords_have_values_and_data_may_be_null() {
        let mut sound = json!({"schema": {
            "default": null, "example": null, "enum": [null], "const": null,
            "properties": {"description": {}},
        }});
        check_values(&mut sound).unwrap();
        sound["schema"]["properties"]["description"] = json!({"type": null});
        let diagnostic = check_values(&mut sound).unwrap_err().to_string();
        assert!(
            diagnostic.starts_with("/schema/properties/description/type: has no value"),
            "{diagnostic}"
        );
    }
}
