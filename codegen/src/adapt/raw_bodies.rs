//! Sends bodies that are neither JSON nor a form as they are.

use serde_json::{Value, json};

use super::adaptation::{Adaptation, Note};
use super::media_type::{Body, DECLARED, bodies, check, essence, is_json, is_range, names};
use crate::diagnostic::Diagnostic;
use crate::openapi::{Operation, Pointer, operations, parameters, resolve};

/// Makes a request body of a string in any other media type (`image/png`, `application/pdf`, `text/csv`) bytes
/// that the caller gives, sent with that media type. Where the document has a range of media types
/// (`image/*`), the caller says which one it is: the operation gets the header parameter `Content-Type`.
/// Forms in parts (`multipart/…`) and objects in XML stay what they are, and are refused later.
pub(super) const ADAPTATION: Adaptation<Note> = Adaptation {
    name: "raw_bodies",
    why: "progenitor sends no other bytes than application/octet-stream, and no text with limits",
    apply,
};

const BYTES: &str = "application/octet-stream";

fn apply(root: &mut Value) -> Result<Vec<Note>, Diagnostic> {
    let mut notes = Vec::new();
    for (body, at) in bodies(root)? {
        let names = names(root, &at);
        let [name] = names.as_slice() else {
            continue;
        };
        if body == Body::Response || !is_raw(root, &at.join(name), name)? {
            continue;
        }
        check(&at, name)?;
        let text = matches!(essence(name).as_str(), "text/plain" | "text/x-markdown");
        let (key, schema) = if text {
            (name.as_str(), json!({"type": "string"}))
        } else {
            (BYTES, json!({"type": "string", "format": "binary"}))
        };
        let mut media_type = json!({"schema": schema});
        if key != name && !is_range(name) {
            media_type[DECLARED] = json!(name);
        }
        let content = json!({ key: media_type });
        if at.get(root) == Some(&content) {
            continue;
        }
        if let Some(place) = at.get_mut(root) {
            *place = content;
        }
        let note = if is_range(name) {
            ask_for_media_type(root, &at, name)?;
            format!("the body is sent as bytes; callers say of which media type ({name})")
        } else {
            format!("the body is sent as it is given, as {name}")
        };
        notes.push(Note::new(at, note));
    }
    Ok(notes)
}

/// Whether the body is one string.
fn is_raw(root: &Value, at: &Pointer, name: &str) -> Result<bool, Diagnostic> {
    let essence = essence(name);
    if is_json(name)
        || essence == "application/x-www-form-urlencoded"
        || essence.starts_with("multipart/")
    {
        return Ok(false);
    }
    let schema = at.join("schema");
    let Some(_) = schema.get(root) else {
        return Ok(true);
    };
    let schema = resolve(root, &schema)?;
    let schema = schema.get(root).and_then(Value::as_object);
    Ok(schema.is_some_and(|schema| {
        schema.get("type").is_some_and(|kind| kind == "string")
            || schema.keys().all(|key| key == "description")
    }))
}

/// Adds the parameter to every operation that sends the body at `content`.
fn ask_for_media_type(root: &mut Value, content: &Pointer, range: &str) -> Result<(), Diagnostic> {
    for operation in operations(root) {
        let body = operation.at.join("requestBody");
        if body.get(root).is_some() && resolve(root, &body)?.join("content") == *content {
            add_parameter(root, &operation, range)?;
        }
    }
    Ok(())
}

fn add_parameter(root: &mut Value, operation: &Operation, range: &str) -> Result<(), Diagnostic> {
    for parameter in parameters(root, operation)? {
        let name = parameter.name.to_ascii_lowercase().replace(['-', ' '], "_");
        if name == "content_type" {
            if parameter.location == "header" {
                return Ok(());
            }
            return Err(Diagnostic::new(
                parameter.at.as_str(),
                format!("is needed as a name for the media type of the body ({range})"),
                "rename this parameter",
            ));
        }
    }
    let Some(place) = operation.at.get_mut(root).and_then(Value::as_object_mut) else {
        return Ok(());
    };
    let list = place.entry("parameters").or_insert_with(|| json!([]));
    if let Value::Array(list) = list {
        list.push(json!({
            "name": "Content-Type",
            "in": "header",
            "required": true,
            "description": format!("The media type of the body: `{range}`."),
            "schema": {"type": "string"},
        }));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(content: &Value) -> Value {
        json!({
            "paths": {"/a": {"post": {"operationId": "a", "requestBody": {"content": content}}}},
            "components": {"schemas": {"File": {"type": "string", "format": "base64"}}},
        })
    }

    fn adapted(content: &Value) -> Value {
        let mut document = document(content);
        apply(&mut document).unwrap();
        document["paths"]["/a"]["post"].clone()
    }

    #[test]
    fn strings_of_any_media_type_are_sent_as_they_are() {
        for (name, schema) in [
            ("image/png", json!({"type": "string", "format": "binary"})),
            (
                "application/pdf",
                json!({"$ref": "#/components/schemas/File"}),
            ),
            ("text/csv", json!({"type": "string", "maxLength": 3})),
            ("application/x-anything", json!({})),
        ] {
            let adapted = adapted(&json!({name: {"schema": schema}}));
            let expected = json!({"application/octet-stream": {
                "schema": {"type": "string", "format": "binary"},
                "x-media-type": name,
            }});
            assert_eq!(adapted["requestBody"]["content"], expected, "{name}");
            assert!(adapted.get("parameters").is_none());
        }
        let text = adapted(&json!({"text/plain": {"schema": {"type": "string", "maxLength": 3}}}));
        let expected = json!({"text/plain": {"schema": {"type": "string"}}});
        assert_eq!(text["requestBody"]["content"], expected);
    }

    #[test]
    fn callers_say_which_of_a_range_it_is() {
        let mut document = document(&json!({"image/*": {"schema": {"type": "string"}}}));
        let notes = apply(&mut document).unwrap();
        assert!(notes[0].text.contains("(image/*)"), "{}", notes[0].text);
        let operation = document["paths"]["/a"]["post"].clone();
        assert_eq!(
            operation["requestBody"]["content"],
            json!({"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}})
        );
        assert_eq!(
            operation["parameters"],
            json!([{
                "name": "Content-Type", "in": "header", "required": true,
                "description": "The media type of the body: `image/*`.",
                "schema": {"type": "string"},
            }])
        );
        // A parameter that says so already serves.
        let mut declared = self::document(&json!({"image/*": {"schema": {"type": "string"}}}));
        let parameters =
            json!([{"name": "content-type", "in": "header", "schema": {"type": "string"}}]);
        declared["paths"]["/a"]["post"]["parameters"] = parameters.clone();
        apply(&mut declared).unwrap();
        assert_eq!(declared["paths"]["/a"]["post"]["parameters"], parameters);
        let mut taken = self::document(&json!({"image/*": {"schema": {"type": "string"}}}));
        taken["paths"]["/a"]["post"]["parameters"] =
            json!([{"name": "content_type", "in": "query", "schema": {"type": "string"}}]);
        let said = apply(&mut taken).unwrap_err().to_string();
        assert!(
            said.starts_with("/paths/~1a/post/parameters/0: is needed"),
            "{said}"
        );
    }

    #[test]
    fn other_bodies_are_left() {
        for content in [
            json!({"application/json": {"schema": {"type": "string"}}}),
            json!({"multipart/form-data": {"schema": {"type": "string"}}}),
            json!({"application/xml": {"schema": {"type": "object"}}}),
            json!({"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}),
        ] {
            assert_eq!(adapted(&content)["requestBody"]["content"], content);
        }
    }
}
