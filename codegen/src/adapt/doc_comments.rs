//! Makes descriptions fit for documentation comments.

use serde_json::{Map, Value, json};

use super::adaptation::Adaptation;
use crate::diagnostic::Diagnostic;
use crate::openapi::{Pointer, keywords_mut, properties};

/// Keeps code within descriptions from being taken for Rust (rustdoc compiles and runs every indented or
/// unlabelled block of a documentation comment), and characters that rustc refuses out of them. Says of
/// every schema what it is called in the specification, and describes properties that only refer to one.
pub(super) const ADAPTATION: Adaptation = Adaptation {
    name: "doc_comments",
    why: "rustdoc would take parts of descriptions for code, and properties would go undescribed",
    apply,
};

#[expect(clippy::unnecessary_wraps, reason = "the shape of every adaptation")]
fn apply(root: &mut Value) -> Result<Vec<Pointer>, Diagnostic> {
    let mut changed = Vec::new();
    keywords_mut(root, &mut |at, keywords| {
        for key in ["description", "summary"] {
            tidy(keywords, key, at, &mut changed);
        }
        if at.as_str() == "/info" {
            tidy(keywords, "title", at, &mut changed);
        }
    });
    let schemas = Pointer::root().joined(&["components", "schemas"]);
    if let Some(Value::Object(named)) = schemas.get_mut(root) {
        for (name, schema) in named.iter_mut() {
            let at = schemas.join(name);
            changed.extend(
                describe_references(schema)
                    .iter()
                    .map(|name| at.join("properties").join(name)),
            );
            if let Some(schema) = schema.as_object_mut()
                && !schema.contains_key("$ref")
            {
                let source = format!("Schema `{name}` of the specification.");
                let text = match schema.get("description").and_then(Value::as_str) {
                    Some(text) => format!("{text}\n\n{source}"),
                    None => source,
                };
                schema.insert("description".to_owned(), json!(text));
                changed.push(at.join("description"));
            }
        }
    }
    Ok(changed)
}

fn tidy(keywords: &mut Map<String, Value>, key: &str, at: &Pointer, changed: &mut Vec<Pointer>) {
    if let Some(text) = keywords.get(key).and_then(Value::as_str) {
        let comment = comment(text);
        if comment != text {
            keywords.insert(key.to_owned(), json!(comment));
            changed.push(at.join(key));
        }
    }
}

/// Describes the properties of `schema` that are a `$ref`, and returns their names.
fn describe_references(schema: &mut Value) -> Vec<String> {
    let referring: Vec<(String, Value)> = properties(schema)
        .filter_map(|(name, property)| Some((name.clone(), property.get("$ref")?.clone())))
        .collect();
    for (name, reference) in &referring {
        let text = reference.as_str().unwrap_or_default();
        let target = Pointer::of_reference(text).map(|at| at.name());
        schema["properties"][name] = json!({
            "description": format!("See `{}`.", target.unwrap_or_default()),
            "allOf": [{"$ref": reference}],
        });
    }
    referring.into_iter().map(|(name, _)| name).collect()
}

fn comment(text: &str) -> String {
    let text = printable(text);
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for line in text.trim().lines() {
        let line = line.trim_end();
        let content = line.trim_start();
        let marker = ["```", "~~~"]
            .into_iter()
            .find(|marker| content.starts_with(marker));
        lines.push(match (fence, marker) {
            (None, Some(marker)) => {
                fence = Some(marker);
                format!("{marker}text")
            }
            (Some(open), Some(marker)) if open == marker => {
                fence = None;
                marker.to_owned()
            }
            (Some(_), _) => line.to_owned(),
            (None, None) => prose(line),
        });
    }
    lines.extend(fence.map(str::to_owned));
    lines.join("\n")
}

/// `text` with line ends and blanks of one kind, without what rustc refuses in a comment.
fn printable(text: &str) -> String {
    let refused = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let text = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\t', "    ");
    text.replace(refused, "")
}

/// A line that starts no block of code (CommonMark, sections 4.4 and 4.5), not within a quotation or a list
/// either.
fn prose(line: &str) -> String {
    let content = line.trim_start();
    let blanks = (line.len() - content.len()).min(3);
    let mut kept = " ".repeat(blanks);
    let mut rest = content;
    while let Some((marker, inner)) = rest.split_once(' ').filter(|(marker, _)| is_marker(marker)) {
        kept.push_str(marker);
        kept.push(' ');
        rest = inner.trim_start();
    }
    kept + &rest.replace("```", "`").replace("~~~", "~")
}

/// What begins a quotation or an item of a list.
fn is_marker(word: &str) -> bool {
    let numbered = word.strip_suffix(['.', ')']).is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
    });
    numbered
        || matches!(word, "-" | "*" | "+")
        || (!word.is_empty() && word.bytes().all(|b| b == b'>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_code_are_text() {
        for (description, expected) in [
            ("plain\n", "plain"),
            ("a\n\n      let x = 1;\n", "a\n\n   let x = 1;"),
            ("a\n\n\tlet x = 1;\n", "a\n\n   let x = 1;"),
            (
                "a\n```\ncurl  x\n    -d y\n```\nb",
                "a\n```text\ncurl  x\n    -d y\n```\nb",
            ),
            ("```json\n{}", "```text\n{}\n```"),
            ("  - one\n  - two  ", "- one\n  - two"),
            ("> ```\n> x\n> ```", "> `\n> x\n> `"),
            ("- ```\n- 1)     x", "- `\n- 1) x"),
            ("a\rb\r\nc\u{202e}d\u{7}", "a\nb\ncd"),
        ] {
            assert_eq!(comment(description), expected);
        }
    }

    #[test]
    fn only_descriptions_change_and_schemas_say_what_they_are_called() {
        let mut document = json!({
            "info": {"description": "a\n", "title": "t\n"},
            "paths": {"/a": {"get": {"summary": "s \n", "example": {"description": "e\n"}}}},
            "components": {"schemas": {
                "a.A": {"title": "T", "properties": {
                    "description": {"type": "string", "description": "d\n"},
                    "b": {"$ref": "#/components/schemas/B"},
                }},
                "B": {"description": "A b.\n"},
            }},
        });
        let changed = apply(&mut document).unwrap();
        assert_eq!(changed.len(), 8);
        assert_eq!(
            document,
            json!({
                "info": {"description": "a", "title": "t"},
                "paths": {"/a": {"get": {"summary": "s", "example": {"description": "e\n"}}}},
                "components": {"schemas": {
                    "a.A": {"title": "T", "description": "Schema `a.A` of the specification.", "properties": {
                        "description": {"type": "string", "description": "d"},
                        "b": {"description": "See `B`.", "allOf": [{"$ref": "#/components/schemas/B"}]},
                    }},
                    "B": {"description": "A b.\n\nSchema `B` of the specification."},
                }},
            })
        );
    }
}
