//! Names operations that have no name.

use std::collections::BTreeMap;

use heck::ToSnakeCase;
use serde_json::{Value, json};

use super::adaptation::{Adaptation, Note};
use crate::diagnostic::Diagnostic;
use crate::openapi::{Operation, operations};
use crate::provenance::sha_256;

/// Gives an operation without `operationId` one of its method and path: `get /v1/metrics/{dataset}` becomes
/// `get_v1_metrics_dataset`. Where that is another operation's as well, given or made, a digest of method and
/// path is added, so that neither the order of the document nor other operations' names decide.
pub(super) const ADAPTATION: Adaptation<Note> = Adaptation {
    name: "operation_ids",
    why: "the method of the client is named after the operationId, which is missing",
    apply,
};

#[expect(clippy::unnecessary_wraps, reason = "the shape of every adaptation")]
fn apply(root: &mut Value) -> Result<Vec<Note>, Diagnostic> {
    let (nameless, named): (Vec<Operation>, Vec<Operation>) = operations(root)
        .into_iter()
        .partition(|operation| operation.id.is_empty());
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    let given = named.iter().map(|operation| operation.id.to_snake_case());
    for id in given.chain(nameless.iter().map(made)) {
        *uses.entry(id).or_default() += 1;
    }
    let mut notes = Vec::new();
    for operation in nameless {
        let mut id = made(&operation);
        if uses.get(&id).is_some_and(|count| *count > 1) {
            let digest = sha_256(request_line(&operation).as_bytes());
            id = format!("{id}_{}", &digest[..8]);
        }
        notes.push(Note::new(operation.at.clone(), format!("is called {id}")));
        if let Some(operation) = operation.at.get_mut(root) {
            operation["operationId"] = json!(id);
        }
    }
    Ok(notes)
}

fn request_line(operation: &Operation) -> String {
    format!("{} {}", operation.method, operation.item.name())
}

fn made(operation: &Operation) -> String {
    let words = request_line(operation)
        .replace(|c: char| !c.is_ascii_alphanumeric(), "-")
        .to_snake_case();
    // A method alone may be the name of something else.
    if words == operation.method {
        format!("{words}_root")
    } else {
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(paths: &Value) -> BTreeMap<String, String> {
        let mut document = json!({"paths": paths});
        apply(&mut document).unwrap();
        let named = operations(&document).into_iter();
        named
            .map(|operation| (request_line(&operation), operation.id))
            .collect()
    }

    #[test]
    fn names_are_made_of_method_and_path() {
        let ids = ids(&json!({
            "/": {"post": {}},
            "/v1/metrics/{data-set}/descriptors": {"get": {}, "put": {"operationId": "putThem"}},
        }));
        let ids: Vec<&str> = ids.values().map(String::as_str).collect();
        assert_eq!(
            ids,
            [
                "get_v1_metrics_data_set_descriptors",
                "post_root",
                "putThem"
            ]
        );
    }

    #[test]
    fn names_depend_on_nothing_else_and_never_clash() {
        let one = ids(&json!({
            "/a/{b}": {"get": {}}, "/a/b": {"get": {}}, "/c": {"get": {}},
            "/d": {"get": {"operationId": "getC"}},
        }));
        let other = ids(&json!({
            "/d": {"get": {"operationId": "getC"}},
            "/c": {"get": {}}, "/a/b": {"get": {}}, "/a/{b}": {"get": {}},
        }));
        assert_eq!(one, other);
        let mut names: Vec<String> = one.values().map(|id| id.to_snake_case()).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 4, "{one:?}");
        assert!(one["get /c"].starts_with("get_c_"), "{one:?}");
        assert_eq!(one["get /d"], "getC");
    }
}
