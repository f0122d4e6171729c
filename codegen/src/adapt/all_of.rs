//! Folds an `allOf` that says no more than the schema it refers to.

use serde_json::{Value, json};

use super::adaptation::Adaptation;
use crate::diagnostic::Diagnostic;
use crate::openapi::{Direction, Pointer, is_annotation, properties, reachable, references};

/// Replaces an `allOf` of one `$ref` and parts that only annotate it by the `$ref`. Parts that add
/// `required` are folded into the schema referred to, if nothing else refers to it. Otherwise typify
/// makes a second type of it, with a builder of its own.
///
/// `compare::walk` walks such an `allOf` as the schema that it refers to, so that places are named in the document as
/// it was given: what counts as annotating is said there once more, by `compare::keywords::only_annotates`.
pub(super) const ADAPTATION: Adaptation = Adaptation {
    name: "all_of",
    why: "typify would make a second type, with a builder of its own, of a schema that is only annotated",
    apply,
};

fn apply(root: &mut Value) -> Result<Vec<Pointer>, Diagnostic> {
    let mut changed = Vec::new();
    for direction in [Direction::Request, Direction::Response] {
        for at in reachable(root, direction)? {
            if let Some(folded) = at.get(root).and_then(|schema| fold(root, schema)) {
                if !folded.required.is_empty() {
                    require(root, &folded.target, folded.required);
                }
                if let Some(schema) = at.get_mut(root) {
                    *schema = folded.schema;
                }
                changed.push(at);
            }
        }
    }
    Ok(changed)
}

struct Folded {
    target: Pointer,
    required: Vec<Value>,
    schema: Value,
}

fn fold(root: &Value, schema: &Value) -> Option<Folded> {
    let siblings = schema.as_object()?;
    let parts = schema.get("allOf")?.as_array()?;
    let is_reference = |part: &&Value| part.get("$ref").is_some();
    let mut referring = parts.iter().filter(is_reference);
    let (reference, None) = (referring.next()?, referring.next()) else {
        return None;
    };
    let target = Pointer::of_reference(reference["$ref"].as_str()?)?;

    // What stands beside the `allOf` applies as one more part.
    let mut beside = siblings.clone();
    beside.shift_remove("allOf");
    let beside = Value::Object(beside);
    let mut required: Vec<Value> = Vec::new();
    for part in parts
        .iter()
        .filter(|part| !is_reference(part))
        .chain([&beside])
    {
        if !annotates(part, target.get(root)?, true) {
            return None;
        }
        let names = part.get("required").and_then(Value::as_array);
        required.extend(names.into_iter().flatten().cloned());
    }
    if !required.is_empty() && (uses(root, &target) > 1 || !declares(target.get(root)?, &required))
    {
        return None;
    }

    // In OpenAPI 3.0 nothing may stand beside a `$ref`; a description needs the `allOf`.
    let mut kept = siblings.clone();
    kept.retain(|key, _| is_annotation(key));
    let schema = if kept.is_empty() {
        reference.clone()
    } else {
        kept.insert("allOf".to_owned(), json!([reference]));
        Value::Object(kept)
    };
    (schema.as_object() != Some(siblings)).then_some(Folded {
        target,
        required,
        schema,
    })
}

/// Whether `part` says no more of `target` than what is required of it, if `required` is allowed.
fn annotates(part: &Value, target: &Value, required: bool) -> bool {
    part.as_object().is_some_and(|part| {
        part.iter().all(|(key, value)| match key.as_str() {
            "type" => value == "object",
            "required" => required,
            "properties" => properties(&json!({"properties": value})).all(|(name, property)| {
                target
                    .get("properties")
                    .and_then(|declared| declared.get(name))
                    .is_some_and(|declared| annotates(property, declared, false))
            }),
            key => is_annotation(key),
        })
    })
}

fn uses(root: &Value, target: &Pointer) -> usize {
    references(root, &Pointer::root())
        .iter()
        .filter(|(_, reference)| Pointer::of_reference(reference).as_ref() == Some(target))
        .count()
}

fn declares(target: &Value, names: &[Value]) -> bool {
    let declared = target.get("properties").and_then(Value::as_object);
    declared.is_some_and(|declared| {
        let mut names = names.iter().map(Value::as_str);
        names.all(|name| name.is_some_and(|name| declared.contains_key(name)))
    })
}

fn require(root: &mut Value, target: &Pointer, names: Vec<Value>) {
    if let Some(Value::Object(schema)) = target.get_mut(root) {
        let required = schema.entry("required").or_insert_with(|| json!([]));
        if let Value::Array(required) = required {
            for name in names {
                if !required.contains(&name) {
                    required.push(name);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::form;
    use super::*;
    use crate::openapi::component;

    fn with_body(body: Value, request: &Value) -> Value {
        let mut document = form(&json!({"Request": request, "Reply": {}, "Meta": {}}));
        *body_of(&mut document) = body;
        document
    }

    fn body_of(document: &mut Value) -> &mut Value {
        &mut document["paths"]["/a"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
            ["schema"]
    }

    #[test]
    fn required_is_folded_into_the_schema() {
        let reference = json!({"$ref": "#/components/schemas/Request"});
        for body in [
            json!({"allOf": [reference, {"type": "object", "required": ["a"]}]}),
            json!({"type": "object", "allOf": [reference, {"required": ["a"]}]}),
            json!({"required": ["a"], "allOf": [reference]}),
        ] {
            let mut document = with_body(
                body,
                &json!({"type": "object", "required": ["b"], "properties": {"a": {}, "b": {}}}),
            );
            assert_eq!(apply(&mut document).unwrap().len(), 1);
            assert_eq!(body_of(&mut document), &reference);
            let request = component("Request").get(&document).unwrap();
            assert_eq!(request["required"], json!(["b", "a"]));
        }
    }

    #[test]
    fn a_part_that_declares_or_closes_something_is_left() {
        let reference = json!({"$ref": "#/components/schemas/Request"});
        for part in [
            json!({"properties": {"extra": {"description": "anything"}}}),
            json!({"additionalProperties": false}),
            json!({"required": ["undeclared"]}),
        ] {
            let body = json!({"allOf": [reference, part]});
            let mut document = with_body(body, &json!({"properties": {"a": {}}}));
            let before = document.clone();
            assert!(apply(&mut document).unwrap().is_empty());
            assert_eq!(document, before);
        }
    }

    #[test]
    fn a_schema_that_others_use_keeps_its_required() {
        let body = json!({"allOf": [
            {"$ref": "#/components/schemas/Request"},
            {"required": ["a"]},
        ]});
        let mut document = with_body(body, &json!({"properties": {"a": {}}}));
        document["paths"]["/a"]["post"]["responses"]["200"]["content"]["application/json"]["schema"] =
            json!({"$ref": "#/components/schemas/Request"});
        let before = document.clone();
        assert!(apply(&mut document).unwrap().is_empty());
        assert_eq!(document, before);
    }

    #[test]
    fn annotations_beside_a_reference_go_and_descriptions_stay() {
        let mut document = form(&json!({
            "Request": {"properties": {
                "meta": {"description": "d", "allOf": [
                    {"$ref": "#/components/schemas/Meta"},
                    {"properties": {"self": {"example": "e"}}},
                ]},
                "stricter": {"allOf": [
                    {"$ref": "#/components/schemas/Meta"},
                    {"properties": {"self": {"maxLength": 3}}},
                ]},
            }},
            "Meta": {"properties": {"self": {"type": "string"}}},
            "Reply": {},
        }));
        let stricter = component("Request").joined(&["properties", "stricter"]);
        let before = stricter.get(&document).cloned();
        assert_eq!(apply(&mut document).unwrap().len(), 1);
        assert_eq!(
            component("Request")
                .joined(&["properties", "meta"])
                .get(&document),
            Some(&json!({"description": "d", "allOf": [{"$ref": "#/components/schemas/Meta"}]}))
        );
        assert_eq!(stricter.get(&document).cloned(), before);
    }
}
