//! Makes descriptions fit for documentation comments.

use serde_json::{Value, json};

use super::Adaptation;
use crate::document::{Pointer, holds_names, is_data};
use crate::fault::Fault;

/// Keeps code within descriptions from being taken for Rust: rustdoc compiles and runs every indented
/// or unlabelled block of a documentation comment. Blank ends are cut off.
pub(super) const ADAPTATION: Adaptation = Adaptation {
    name: "doc_comments",
    apply,
};

// The shape of every adaptation, although this one never fails.
#[allow(clippy::unnecessary_wraps)]
fn apply(root: &mut Value) -> Result<Vec<Pointer>, Fault> {
    let mut changed = Vec::new();
    visit(root, &Pointer::root(), false, &mut changed);
    Ok(changed)
}

fn visit(value: &mut Value, at: &Pointer, names: bool, changed: &mut Vec<Pointer>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map.iter_mut() {
                let at = at.join(key);
                if !names && matches!(key.as_str(), "description" | "summary") {
                    if let Some(text) = inner.as_str() {
                        let comment = comment(text);
                        if comment != text {
                            *inner = json!(comment);
                            changed.push(at);
                        }
                    }
                } else if names || !is_data(key) {
                    visit(inner, &at, !names && holds_names(key), changed);
                }
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter_mut().enumerate() {
                visit(inner, &at.join(index), false, changed);
            }
        }
        _ => {}
    }
}

fn comment(text: &str) -> String {
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
            // Four blanks make a block of code (CommonMark, section 4.4).
            (None, None) if line.len() - content.len() > 3 => format!("   {content}"),
            _ => line.to_owned(),
        });
    }
    lines.extend(fence.map(str::to_owned));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_code_are_text() {
        for (description, expected) in [
            ("plain\n", "plain"),
            ("a\n\n      let x = 1;\n", "a\n\n   let x = 1;"),
            (
                "a\n```\ncurl  x\n    -d y\n```\nb",
                "a\n```text\ncurl  x\n    -d y\n```\nb",
            ),
            ("```json\n{}", "```text\n{}\n```"),
            ("  - one\n  - two  ", "- one\n  - two"),
        ] {
            assert_eq!(comment(description), expected);
        }
    }

    #[test]
    fn only_descriptions_change() {
        let mut document = json!({
            "info": {"description": "a\n", "title": "t\n"},
            "paths": {"/a": {"get": {"summary": "s \n", "example": {"description": "e\n"}}}},
            "components": {"schemas": {"A": {"properties": {
                "description": {"type": "string", "description": "d\n"},
            }}}},
        });
        let changed = apply(&mut document).unwrap();
        let places: Vec<&str> = changed.iter().map(Pointer::as_str).collect();
        assert_eq!(
            places,
            [
                "/info/description",
                "/paths/~1a/get/summary",
                "/components/schemas/A/properties/description/description",
            ]
        );
        assert_eq!(
            document["paths"]["/a"]["get"]["example"]["description"],
            "e\n"
        );
    }
}
