//! Reading a document from a file, YAML or JSON by content.

use std::path::Path;

use serde_json::Value;
use serde_saphyr::Error;

use super::unique::Unique;
use crate::diagnostic::Diagnostic;

/// A document as it stands in its file.
#[derive(Clone, Debug)]
pub struct Document {
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// What they say.
    pub root: Value,
}

/// Reads the file at `path`, YAML or JSON.
///
/// # Errors
///
/// It cannot be read, or is not a document.
pub fn read(path: &Path) -> Result<Document, Diagnostic> {
    let bytes = read_bytes(path)?;
    let root =
        parse(&bytes).map_err(|diagnostic| diagnostic.within(&path.display().to_string()))?;
    Ok(Document { bytes, root })
}

/// The bytes of the file at `path`.
///
/// # Errors
///
/// It cannot be read.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, Diagnostic> {
    std::fs::read(path).map_err(|error| {
        Diagnostic::new(
            path.display().to_string(),
            format!("cannot be read: {error}"),
            "check the path that was given",
        )
    })
}

/// Reads a document, YAML 1.2 or JSON, whose objects have each key once.
///
/// # Errors
///
/// `bytes` are not UTF-8, not such a document, or not the whole of one.
pub fn parse(bytes: &[u8]) -> Result<Value, Diagnostic> {
    let text = text(bytes)?;
    let text = text.trim_start_matches('\u{feff}');
    let root = match text.trim_start().chars().next() {
        None => {
            return Err(Diagnostic::new("line 1", "the file is empty", FETCH));
        }
        Some('<') => {
            return Err(Diagnostic::new(
                "line 1",
                "is a web page or XML, not an OpenAPI document",
                FETCH,
            ));
        }
        // YAML may begin with a brace as well, but then hardly goes on with a quoted name.
        Some('{') if text.trim_start()[1..].trim_start().starts_with(['"', '}']) => {
            parse_json(text)
        }
        Some(_) => parse_yaml(text),
    }?;
    if root.is_object() {
        Ok(root)
    } else {
        Err(Diagnostic::new(
            "line 1",
            "is not an OpenAPI document: its top level is not an object",
            FETCH,
        ))
    }
}

/// The bytes as text, where they are text.
fn text(bytes: &[u8]) -> Result<&str, Diagnostic> {
    let refused = |at: usize, what: &str, advice: &str| {
        let place = format!("byte {at}");
        Err(Diagnostic::new(place, what, advice))
    };
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return refused(0, "is compressed with gzip", "unpack it, as with gunzip");
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return refused(0, "is a ZIP archive", "unpack it");
    }
    let utf_8 = "save the document as UTF-8";
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return refused(0, "is not UTF-8, but UTF-16", utf_8);
    }
    match std::str::from_utf8(bytes) {
        Err(error) => refused(error.valid_up_to(), "is not UTF-8", utf_8),
        Ok(text) => match text.find('\0') {
            Some(at) => refused(at, "is no text: it holds a zero byte", FETCH),
            None => Ok(text),
        },
    }
}

const FETCH: &str = "fetch the document again, in YAML or JSON";

fn parse_json(text: &str) -> Result<Value, Diagnostic> {
    let read = serde_json::from_str(text).map(|Unique(root)| root);
    read.map_err(|error| {
        let place = format!("line {} column {}", error.line(), error.column());
        if error.is_eof() {
            return Diagnostic::new(place, "ends in the middle: it was cut short", FETCH);
        }
        let message = error.to_string();
        let reason = message.split(" at line ").next().unwrap_or_default();
        if reason == "recursion limit exceeded" {
            return Diagnostic::new(place, "is nested too deeply", "take it apart");
        }
        if reason == "trailing characters" {
            let what = "holds more after the end of the JSON document";
            return Diagnostic::new(place, what, ONE_DOCUMENT);
        }
        Diagnostic::new(place, format!("is not valid JSON: {reason}"), FIX_SYNTAX)
    })
}

fn parse_yaml(text: &str) -> Result<Value, Diagnostic> {
    let options = serde_saphyr::options! {
        with_snippet: false,
        // As YAML 1.2 has it: `yes`, `1_000` and `007` are text.
        strict_booleans: true,
        underscored_numbers_as_strings: true,
        leading_zero_numbers_as_strings: true,
        budget: serde_saphyr::budget! {
            max_events: 10_000_000,
            max_nodes: 5_000_000,
            max_total_scalar_bytes: 256 << 20,
        },
    };
    let read = serde_saphyr::from_str_with_options(text, options).map(|Unique(root)| root);
    read.map_err(|error| {
        let place = error.location().map_or_else(
            || "line 1".to_owned(),
            |at| format!("line {} column {}", at.line(), at.column()),
        );
        if matches!(error, Error::MultipleDocuments { .. }) {
            return Diagnostic::new(place, "holds more than one YAML document", ONE_DOCUMENT);
        }
        let message = error.to_string();
        let reason = message.split(" at line ").next().unwrap_or_default();
        if message.contains("budget") {
            let what = format!("is too large or too deep: {reason}");
            return Diagnostic::new(place, what, "take it apart");
        }
        Diagnostic::new(place, format!("is not valid YAML: {reason}"), FIX_SYNTAX)
    })
}

const ONE_DOCUMENT: &str = "keep one document in the file";
const FIX_SYNTAX: &str = "correct it there, or fetch the document again";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(bytes: &[u8]) -> String {
        parse(bytes).unwrap_err().to_string()
    }

    #[test]
    fn yaml_and_json_are_told_apart_by_content() {
        let expected = json!({"openapi": "3.0.0", "status": "400"});
        for text in [
            "openapi: 3.0.0\nstatus: '400'\n",
            "\u{feff}{\"openapi\": \"3.0.0\", \"status\": \"400\"}",
            "  {\"openapi\": \"3.0.0\", \"status\": \"400\"}",
            "{openapi: 3.0.0, status: '400'}",
        ] {
            assert_eq!(parse(text.as_bytes()).unwrap(), expected);
        }
    }

    #[test]
    fn a_large_document_is_read_and_a_deep_one_refused() {
        let line = |index: usize| format!("  p{index}: {{type: string, description: d}}\n");
        let large: String = (0..45_000).map(line).collect();
        let root = parse(format!("properties:\n{large}").as_bytes()).unwrap();
        assert_eq!(
            root["properties"].as_object().map(serde_json::Map::len),
            Some(45_000)
        );
        let deep = format!("a: {}{}", "[".repeat(200), "]".repeat(200));
        assert!(refusal(deep.as_bytes()).contains("is too large or too deep"));
    }

    #[test]
    fn unreadable_input_says_where() {
        // Which column it is, the readers know.
        let at = |refusal: &str, line: &str, what: &str| {
            let rest = refusal.strip_prefix(line).unwrap_or_default();
            let (column, rest) = rest.split_once(": ").unwrap_or_default();
            column.parse::<u32>().is_ok() && rest.starts_with(what)
        };
        let oops = refusal(b"{\"a\": 1,\n  oops}");
        assert!(at(&oops, "line 2 column ", "is not valid JSON"), "{oops}");
        assert!(refusal(b"a: 1\nb: [1, 2\nc: 3\n").contains("is not valid YAML"));
        let twice = refusal(b"a: 1\na: 2\n");
        assert!(at(&twice, "line 2 column ", "is not valid YAML"), "{twice}");
        for twice in [
            &b"{\"a\": {\"b\": 1, \"c\": 2, \"b\": 3}}"[..],
            b"a:\n  200: 1\n  '200': 2\n",
        ] {
            assert!(
                refusal(twice).contains("is there twice"),
                "{}",
                refusal(twice)
            );
        }
        assert!(refusal(b"a: \xff").starts_with("byte 3: is not UTF-8"));
        assert!(refusal(b" \n").contains("the file is empty"));
        assert!(refusal(b"<!DOCTYPE html>").contains("is a web page"));
        assert!(refusal(b"just text").contains("top level is not an object"));
    }

    #[test]
    fn what_a_download_can_turn_into_is_told_apart() {
        assert!(
            refusal(b"a: 1\n---\nb: 2\n").contains("holds more than one YAML document; keep one")
        );
        let second = refusal(b"{\"a\": 1}\n{\"b\": 2}\n");
        assert!(
            second.starts_with("line 2 column ") && second.contains(": holds more"),
            "{second}"
        );
        assert!(refusal(b"{\"a\": {\"b\": 2").contains("ends in the middle: it was cut short"));
        assert!(refusal(b"\xef\xbb\xbf \n<!-- x --><html>").contains("is a web page"));
        assert!(refusal(b"\x1f\x8b\x08\x00").starts_with("byte 0: is compressed with gzip"));
        assert!(refusal(b"PK\x03\x04").starts_with("byte 0: is a ZIP archive"));
        assert!(refusal(b"\xff\xfea\x00").starts_with("byte 0: is not UTF-8, but UTF-16"));
        assert!(refusal(b"a: \x00").starts_with("byte 3: is no text"));
    }

    #[test]
    fn yaml_is_read_as_version_1_2_has_it() {
        assert_eq!(
            parse(b"a: yes\nb: 007\nc: 1_000\nd: 2006-01-02\ne: true\n").unwrap(),
            json!({"a": "yes", "b": "007", "c": "1_000", "d": "2006-01-02", "e": true})
        );
    }

    #[test]
    fn aliases_do_not_multiply_without_end() {
        let line = |level: usize| {
            let below = vec![format!("*a{level}"); 10].join(", ");
            format!("a{}: &a{} [{below}]\n", level + 1, level + 1)
        };
        let text: String = (0..9).map(line).collect();
        let text = format!("a0: &a0 x\n{text}");
        assert!(refusal(text.as_bytes()).contains("is too large or too deep"));
    }
}
