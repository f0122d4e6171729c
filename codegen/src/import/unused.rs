//! Taking out what the SDK has no use for.

use serde_json::Value;

use crate::openapi::{Pointer, is_extension, is_furniture, keywords_mut, operations};

/// Removes samples, logos, page furniture and other extensions, `x-extensible-enum` apart, which
/// describes the wire; and callbacks and links, which a client is not generated from.
pub(super) fn remove_unused(root: &mut Value) {
    remove_unused_from_paths(root);
    remove_keywords(root);
}

/// Does so in the paths alone.
pub(super) fn remove_unused_from_paths(root: &mut Value) {
    // Their keys are names to `keywords_mut`, but may be extensions here.
    for operation in operations(root) {
        let responses = operation.at.join("responses");
        if let Some(Value::Object(responses)) = responses.get_mut(root) {
            responses.retain(|status, _| !is_extension(status));
        }
    }
    let items = root.get_mut("paths").and_then(Value::as_object_mut);
    for (_, item) in items.into_iter().flatten() {
        remove_keywords(item);
    }
}

fn remove_keywords(root: &mut Value) {
    keywords_mut(root, &mut |_: &Pointer, keywords| {
        keywords.retain(|key, _| match key.as_str() {
            "callbacks" | "links" => false,
            key => !is_furniture(key),
        });
    });
}
