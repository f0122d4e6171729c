//! Takes one media type where a body has several.

use serde_json::Value;

use super::adaptation::{Adaptation, Note};
use super::media_type::{Body, JSON, bodies, essence, is_json, names};
use crate::diagnostic::Diagnostic;

/// Leaves one media type of a body that has several: JSON, `application/json` before others; in a request
/// without JSON, a form, then text, then what comes first. A response without JSON is handed over as bytes,
/// whatever it is.
pub(super) const ADAPTATION: Adaptation<Note> = Adaptation {
    name: "one_media_type",
    why: "progenitor gives up on a request body in several media types, and asks for JSON in any case",
    apply,
};

fn apply(root: &mut Value) -> Result<Vec<Note>, Diagnostic> {
    let mut notes = Vec::new();
    for (body, at) in bodies(root)? {
        let mut left_out = names(root, &at);
        if left_out.len() < 2 {
            continue;
        }
        let best = left_out
            .iter()
            .map(|name| rank(name))
            .min()
            .unwrap_or_default();
        if body == Body::Response && best > 1 {
            continue;
        }
        let Some(index) = left_out.iter().position(|name| rank(name) == best) else {
            continue;
        };
        let taken = left_out.remove(index);
        if let Some(Value::Object(content)) = at.get_mut(root) {
            content.retain(|name, _| *name == taken);
        }
        let text = format!("{taken} is taken; left out: {}", left_out.join(", "));
        notes.push(Note::new(at, text));
    }
    Ok(notes)
}

fn rank(media_type: &str) -> usize {
    match essence(media_type).as_str() {
        JSON => 0,
        _ if is_json(media_type) => 1,
        "application/x-www-form-urlencoded" => 2,
        "text/plain" => 3,
        essence if essence.starts_with("multipart/") => 5,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What is left of a body and of a response with these media types.
    fn taken(media_types: &[&str]) -> [Vec<String>; 2] {
        let content: Value = media_types
            .iter()
            .map(|name| ((*name).to_owned(), json!({})))
            .collect();
        let mut document = json!({
            "paths": {"/a": {"post": {
                "requestBody": {"$ref": "#/components/requestBodies/B"},
                "responses": {"200": {"content": content}},
            }}},
            "components": {"requestBodies": {"B": {"content": content}}},
        });
        apply(&mut document).unwrap();
        [
            "/components/requestBodies/B/content",
            "/paths/~1a/post/responses/200/content",
        ]
        .map(|at| {
            let content = document.pointer(at).unwrap().as_object().unwrap();
            content.keys().cloned().collect()
        })
    }

    #[test]
    fn json_is_taken_before_others() {
        let vendor = "application/vnd.a.v1+json";
        for (media_types, expected) in [
            (
                vec![
                    vendor,
                    "application/json; qs=0.5",
                    "application/octet-stream",
                ],
                "application/json; qs=0.5",
            ),
            (vec!["text/plain", vendor, "application/b+json"], vendor),
        ] {
            assert_eq!(taken(&media_types), [vec![expected], vec![expected]]);
        }
    }

    #[test]
    fn without_json_a_request_takes_what_can_be_sent_and_a_response_is_left() {
        let others = ["multipart/form-data", "image/png", "text/plain"];
        let [request, response] = taken(&others);
        assert_eq!(request, ["text/plain"]);
        assert_eq!(response, others);
        assert_eq!(
            taken(&["multipart/form-data", "image/png"])[0],
            ["image/png"]
        );
    }

    #[test]
    fn what_is_left_out_is_named() {
        let mut document = json!({"paths": {"/a": {"post": {"requestBody": {"content": {
            "text/xml": {}, "application/json": {}, "text/csv": {},
        }}}}}});
        let notes = apply(&mut document).unwrap();
        assert_eq!(notes[0].at.as_str(), "/paths/~1a/post/requestBody/content");
        assert_eq!(
            notes[0].text,
            "application/json is taken; left out: text/xml, text/csv"
        );
        assert!(apply(&mut document).unwrap().is_empty());
    }
}
