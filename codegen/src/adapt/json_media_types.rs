//! Sends and reads JSON of any media type.

use serde_json::{Value, json};

use super::adaptation::{Adaptation, Note};
use super::media_type::{DECLARED, JSON, bodies, check, is_json, names};
use crate::diagnostic::Diagnostic;

/// Makes bodies of a media type like `application/json-patch+json` JSON to the generator, which knows
/// `application/json` only, and keeps the media type beside it: the client sends the one that the document
/// declares, and asks for it.
pub(super) const ADAPTATION: Adaptation<Note> = Adaptation {
    name: "json_media_types",
    why: "progenitor takes no JSON of another media type than application/json",
    apply,
};

fn apply(root: &mut Value) -> Result<Vec<Note>, Diagnostic> {
    let mut notes = Vec::new();
    for (_, at) in bodies(root)? {
        let names = names(root, &at);
        let known = |name: &String| name == JSON || name.starts_with(&format!("{JSON};"));
        let [name] = names.as_slice() else {
            continue;
        };
        if known(name) || !is_json(name) {
            continue;
        }
        check(&at, name)?;
        if let Some(Value::Object(content)) = at.get_mut(root)
            && let Some(mut media_type) = content.shift_remove(name)
        {
            if let Some(media_type) = media_type.as_object_mut() {
                media_type.insert(DECLARED.to_owned(), json!(name));
            }
            content.insert(JSON.to_owned(), media_type);
        }
        notes.push(Note::new(at, format!("is JSON, as {name}")));
    }
    Ok(notes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_media_type_is_kept_beside_the_schema() {
        let mut document = json!({"paths": {"/a": {"patch": {
            "requestBody": {"content": {"application/json-patch+json": {"schema": {"type": "array"}}}},
            "responses": {
                "200": {"content": {"application/vnd.a+json": {"schema": {}}}},
                "201": {"content": {"application/json; qs=0.5": {"schema": {}}}},
                "202": {"content": {"text/plain": {"schema": {}}}},
            },
        }}}});
        assert_eq!(apply(&mut document).unwrap().len(), 2);
        assert_eq!(
            document["paths"]["/a"]["patch"],
            json!({
                "requestBody": {"content": {"application/json": {
                    "schema": {"type": "array"}, "x-media-type": "application/json-patch+json",
                }}},
                "responses": {
                    "200": {"content": {"application/json": {
                        "schema": {}, "x-media-type": "application/vnd.a+json",
                    }}},
                    "201": {"content": {"application/json; qs=0.5": {"schema": {}}}},
                    "202": {"content": {"text/plain": {"schema": {}}}},
                },
            })
        );
    }
}
