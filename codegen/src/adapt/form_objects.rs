//! Sends objects within a form as JSON text.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::adaptation::Adaptation;
use super::rust_type;
use crate::diagnostic::Diagnostic;
use crate::openapi::{
    Direction, Pointer, component, parts, properties, reachable, request_bodies, resolve,
};

/// Gives the object properties of a form-encoded body the type `JsonText`: their value is sent as
/// JSON text, the default of OpenAPI 3.0.4 for objects in a form. `serde_urlencoded`, which progenitor
/// uses, refuses nested values when the request is made. Arrays, which OpenAPI sends as a repeated
/// field, have no such way out and are refused here.
pub(super) const ADAPTATION: Adaptation = Adaptation {
    name: "form_objects",
    why: "serde_urlencoded refuses objects within a form, which OpenAPI sends as JSON text",
    apply,
};

fn apply(root: &mut Value) -> Result<Vec<Pointer>, Diagnostic> {
    let mut changed = Vec::new();
    for Form { name, at } in forms(root)? {
        let Some(schema) = at.get(root) else {
            continue;
        };
        check_form(schema, &at)?;
        let names: Vec<String> = properties(schema).map(|(name, _)| name.clone()).collect();
        for property in names {
            let inner = format!("{name}_{property}");
            let property = at.join("properties").join(property);
            match kind(root, &resolve(root, &property)?)? {
                Kind::Object => {
                    as_text(root, &property, inner);
                    changed.push(property);
                }
                Kind::Array => {
                    return Err(Diagnostic::new(
                        property.as_str(),
                        "is an array within a form, which progenitor cannot encode",
                        "describe it as a string, or leave it out",
                    ));
                }
                Kind::Other => {}
            }
        }
    }
    Ok(changed)
}

/// The schema of a form-encoded body.
struct Form {
    /// What it is called, or what its operation is.
    name: String,
    at: Pointer,
}

/// The schemas of form-encoded bodies. Their objects are encoded unlike those of other bodies, so that
/// no schema may be both.
fn forms(root: &Value) -> Result<Vec<Form>, Diagnostic> {
    let (forms, others): (Vec<_>, Vec<_>) = request_bodies(root)?.into_iter().partition(|body| {
        body.media_type
            .starts_with("application/x-www-form-urlencoded")
    });
    let mut found: Vec<Form> = Vec::new();
    for body in forms {
        let at = resolve(root, &body.schema)?;
        if found.iter().any(|form| form.at == at) {
            continue;
        }
        let name = if at == body.schema {
            format!("{}Body", body.operation)
        } else {
            at.name()
        };
        found.push(Form { name, at });
    }
    let is_form = |at: &Pointer| found.iter().any(|form| form.at == *at);
    for body in others {
        let at = resolve(root, &body.schema)?;
        if is_form(&at) {
            return Err(shared(&at, &body.media_type));
        }
    }
    if let Some(at) = reachable(root, Direction::Response)?
        .iter()
        .find(|at| is_form(at))
    {
        return Err(shared(at, "the body of a response"));
    }
    Ok(found)
}

/// What `serde_urlencoded` could not write, and the rules here do not see.
fn check_form(schema: &Value, at: &Pointer) -> Result<(), Diagnostic> {
    let refused = |what: &str| {
        Err(Diagnostic::new(
            at.as_str(),
            format!("{what}, which progenitor cannot encode"),
            "describe the form as one object with its properties",
        ))
    };
    if !parts(schema, at).is_empty() {
        return refused("the form is composed of several schemas");
    }
    if schema
        .get("additionalProperties")
        .is_some_and(Value::is_object)
    {
        return refused("the form has properties without names");
    }
    Ok(())
}

fn shared(at: &Pointer, media: &str) -> Diagnostic {
    Diagnostic::new(
        at.as_str(),
        format!("is sent both as a form and as {media}"),
        "give each body a schema of its own",
    )
}

enum Kind {
    Object,
    Array,
    Other,
}

/// What a property is, as far as its own schema or those it is composed of say it.
fn kind(root: &Value, at: &Pointer) -> Result<Kind, Diagnostic> {
    let mut open = vec![at.clone()];
    let mut seen = BTreeSet::new();
    while let Some(at) = open.pop() {
        let at = resolve(root, &at)?;
        let Some(schema) = at.get(root).filter(|_| seen.insert(at.clone())) else {
            continue;
        };
        let has = |key: &str| schema.get(key).is_some();
        match schema.get("type").and_then(Value::as_str) {
            _ if has("x-rust-type") => {}
            Some("object") => return Ok(Kind::Object),
            Some("array") => return Ok(Kind::Array),
            Some(_) => {}
            None if has("properties") || has("additionalProperties") => return Ok(Kind::Object),
            None if has("items") => return Ok(Kind::Array),
            None => open.extend(parts(schema, &at)),
        }
    }
    Ok(Kind::Other)
}

/// Makes the schema at `property` JSON text of what it was, which is called `name` if it has no name.
fn as_text(root: &mut Value, property: &Pointer, name: String) {
    let Some(schema) = property.get(root).cloned() else {
        return;
    };
    let reference = match referred(&schema) {
        Some(reference) => reference,
        None => hoist(root, name, schema.clone()),
    };
    let mut text = json!({"type": "object"});
    for key in ["description", "nullable"] {
        if let Some(value) = schema.get(key) {
            text[key] = value.clone();
        }
    }
    rust_type::mark(&mut text, "JsonText", &[reference]);
    if let Some(place) = property.get_mut(root) {
        *place = text;
    }
}

/// The reference that is all `schema` says, alone or as the only part of an `allOf`.
fn referred(schema: &Value) -> Option<Value> {
    let single = match schema.get("allOf").and_then(Value::as_array) {
        Some(parts) => match parts.as_slice() {
            [part] => part,
            _ => return None,
        },
        None => schema,
    };
    let reference = single.get("$ref")?;
    Some(json!({"$ref": reference}))
}

/// Gives an inline schema a name, which typify needs for a type parameter.
fn hoist(root: &mut Value, mut name: String, mut schema: Value) -> Value {
    while component(&name).get(root).is_some() {
        name.push('_');
    }
    if let Some(schema) = schema.as_object_mut() {
        schema.shift_remove("nullable");
    }
    root["components"]["schemas"][&name] = schema;
    json!({"$ref": component(&name).to_reference()})
}

#[cfg(test)]
mod tests {
    use super::super::tests::form;
    use super::*;

    fn text_of(name: &str) -> Value {
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        json!({"type": "object", "x-rust-type": {
            "crate": "sts-sdk", "version": "*", "path": "sts_sdk::JsonText", "parameters": [reference],
        }})
    }

    #[test]
    fn objects_become_json_text() {
        let inline = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        let mut document = form(&json!({
            "Request": {"properties": {
                "referred": {"$ref": "#/components/schemas/Meta"},
                "described": {"description": "d", "allOf": [{"$ref": "#/components/schemas/Meta"}]},
                "inline": inline,
                "text": {"type": "string"},
                "any": {},
            }},
            "Meta": {"properties": {"self": {"type": "string"}}},
            "Reply": {"properties": {"inline": inline}},
        }));
        assert_eq!(apply(&mut document).unwrap().len(), 3);
        let schemas = &document["components"]["schemas"];
        let mut described = text_of("Meta");
        described["description"] = json!("d");
        assert_eq!(
            schemas["Request"]["properties"],
            json!({
                "referred": text_of("Meta"),
                "described": described,
                "inline": text_of("Request_inline"),
                "text": {"type": "string"},
                "any": {},
            })
        );
        assert_eq!(schemas["Request_inline"], inline);
        assert_eq!(schemas["Reply"]["properties"]["inline"], inline);
    }

    #[test]
    fn recursive_and_typeless_objects_are_objects() {
        let node = json!({"additionalProperties": {"$ref": "#/components/schemas/Node"}});
        let mut document = form(&json!({
            "Request": {"properties": {
                "node": {"$ref": "#/components/schemas/Node"},
                "either": {"oneOf": [{"type": "string"}, {"$ref": "#/components/schemas/Node"}]},
            }},
            "Node": node,
            "Reply": {},
        }));
        assert_eq!(apply(&mut document).unwrap().len(), 2);
        let properties = &document["components"]["schemas"]["Request"]["properties"];
        assert_eq!(properties["node"], text_of("Node"));
        assert_eq!(properties["either"], text_of("Request_either"));
    }

    #[test]
    fn forms_that_are_not_one_object_are_refused() {
        for (request, expected) in [
            (
                json!({"allOf": [{}, {}]}),
                "the form is composed of several schemas",
            ),
            (
                json!({"additionalProperties": {"type": "string"}}),
                "the form has properties without names",
            ),
            (
                json!({"properties": {"list": {"items": {"type": "string"}}}}),
                "/components/schemas/Request/properties/list: is an array within a form",
            ),
        ] {
            let mut document = form(&json!({"Request": request, "Reply": {}}));
            let diagnostic = apply(&mut document)
                .err()
                .map(|diagnostic| diagnostic.to_string())
                .unwrap();
            assert!(diagnostic.contains(expected), "{diagnostic}");
        }
    }

    #[test]
    fn arrays_and_shared_bodies_are_refused() {
        let mut array = form(&json!({
            "Request": {"properties": {"list": {"type": "array", "items": {"type": "string"}}}},
            "Reply": {},
        }));
        let diagnostic = apply(&mut array)
            .err()
            .map(|diagnostic| diagnostic.to_string())
            .unwrap();
        assert!(
            diagnostic.starts_with(
                "/components/schemas/Request/properties/list: is an array within a form"
            ),
            "{diagnostic}"
        );

        let mut shared = form(&json!({"Request": {"properties": {}}, "Reply": {}}));
        shared["paths"]["/a"]["put"] = json!({"operationId": "b", "responses": {}, "requestBody": {
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Request"}}},
        }});
        let diagnostic = apply(&mut shared)
            .err()
            .map(|diagnostic| diagnostic.to_string())
            .unwrap();
        assert!(
            diagnostic.contains("both as a form and as application/json"),
            "{diagnostic}"
        );
    }
}
