//! Leaves out operations of methods that cannot be sent.

use serde_json::Value;

use super::adaptation::{Adaptation, Note};
use crate::diagnostic::Diagnostic;
use crate::openapi::{Pointer, operations};

/// Removes the operations of the methods `options` and `trace`, for which progenitor generates calls of
/// functions that reqwest does not have. Applications hardly call them.
pub(super) const ADAPTATION: Adaptation<Note> = Adaptation {
    name: "methods",
    why: "progenitor cannot send the methods options and trace",
    apply,
};

/// Whether a client has no operation of this `method`.
pub(crate) fn is_left_out(method: &str) -> bool {
    matches!(method, "options" | "trace")
}

fn apply(root: &mut Value) -> Result<Vec<Note>, Diagnostic> {
    let (left_out, kept): (Vec<_>, Vec<_>) = operations(root)
        .into_iter()
        .partition(|operation| is_left_out(operation.method));
    if kept.is_empty() {
        return Err(Diagnostic::new(
            Pointer::root().join("paths").as_str(),
            "holds no operation that progenitor can send, only options or trace",
            "check that this is the right document",
        ));
    }
    let mut notes = Vec::new();
    for operation in left_out {
        if let Some(Value::Object(item)) = operation.item.get_mut(root) {
            item.shift_remove(operation.method);
        }
        notes.push(Note::new(operation.at, "the operation is left out"));
    }
    Ok(notes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_that_cannot_be_sent_are_left_out() {
        let mut document = json!({"paths": {
            "/a": {"parameters": [], "options": {"operationId": "o"}, "get": {"operationId": "g"}},
            "/b": {"trace": {"operationId": "t"}},
        }});
        let notes = apply(&mut document).unwrap();
        let places: Vec<&str> = notes.iter().map(|note| note.at.as_str()).collect();
        assert_eq!(places, ["/paths/~1a/options", "/paths/~1b/trace"]);
        let expected = json!({"paths": {
            "/a": {"parameters": [], "get": {"operationId": "g"}},
            "/b": {},
        }});
        assert_eq!(document, expected);
    }

    #[test]
    fn a_document_of_nothing_else_is_refused() {
        let mut document = json!({"paths": {"/a": {"options": {"operationId": "o"}}}});
        let said = apply(&mut document).unwrap_err().to_string();
        assert!(
            said.starts_with("/paths: holds no operation that progenitor can send"),
            "{said}"
        );
    }
}
