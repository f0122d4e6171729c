//! Writing YAML.

use serde_json::Value;

use super::read::parse;
use crate::diagnostic::Diagnostic;

const REPORT: &str = "simplify it there, or report this as a bug of confluent-codegen";

/// Two spaces for each level, lines of text as they are, and quotes wherever a reader of YAML 1.1 or
/// 1.2 could take text for something else.
///
/// # Errors
///
/// `root` cannot be written as YAML.
pub fn to_yaml(root: &Value) -> Result<String, Diagnostic> {
    let options = serde_saphyr::ser_options! {
        compact_list_indent: false,
        // Long lines are not folded.
        folded_wrap_chars: usize::MAX,
    };
    serde_saphyr::to_string_with_options(root, options).map_err(|error| {
        let what = format!("cannot be written as YAML: {error}");
        Diagnostic::new("document", what, REPORT)
    })
}

/// Refuses text that does not read as `root`.
///
/// # Errors
///
/// It does not.
pub fn check_yaml(text: &str, root: &Value) -> Result<(), Diagnostic> {
    let what = match parse(text.as_bytes()) {
        Ok(read) if read == *root => return Ok(()),
        Ok(_) => "reads as another document once it is written as YAML".to_owned(),
        Err(diagnostic) => format!("cannot be read once it is written as YAML: {diagnostic}"),
    };
    Err(Diagnostic::new("document", what, REPORT))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn yaml(value: &Value) -> String {
        let text = to_yaml(value).unwrap();
        check_yaml(&text, value).unwrap();
        text
    }

    #[test]
    fn text_that_a_reader_could_take_for_something_else_is_quoted() {
        for text in [
            "400",
            "1.0",
            "2006-01-02",
            "12:30:45",
            "yes",
            "No",
            "on",
            "Off",
            "y",
            "n",
            "true",
            "null",
            "~",
            "0x1F",
            "0o17",
            "1e3",
            "1_000",
            ".5",
            ".inf",
            "",
            " ",
            "a: b",
            "a #b",
            " a",
            "a ",
            "- a",
            "!a",
            "&a",
            "*a",
            "@a",
            "`a",
            "{a}",
            "[a]",
            "=",
            "<<",
            "---",
            "\u{1}",
            "\u{85}",
            "\u{2028}",
            "\u{feff}",
        ] {
            let written = yaml(&json!({"a": text, text: 1, "b": [text]}));
            let quoted = written
                .lines()
                .all(|line| line.contains('"') || line == "b:");
            assert!(quoted, "{written}");
        }
    }

    #[test]
    fn lines_of_text_stay_lines_and_long_ones_are_not_folded() {
        let long = "word ".repeat(100) + "end";
        assert_eq!(
            yaml(
                &json!({"a": "one\n  two\n\nthree\n", "b": long, "c": [["x"], {"d": "y\nz"}], "e": {}})
            ),
            format!(
                "a: |\n  one\n    two\n\n  three\n\
                 b: {long}\n\
                 c:\n  - - x\n  - d: |-\n      y\n      z\n\
                 e: {{}}\n"
            )
        );
    }

    #[test]
    fn text_that_reads_as_something_else_is_refused() {
        let diagnostic = check_yaml("a: 1\n", &json!({"a": "1"})).unwrap_err();
        assert!(
            diagnostic.to_string().contains("reads as another document"),
            "{diagnostic}"
        );
        assert!(check_yaml("a: [\n", &json!({})).is_err());
    }
}
