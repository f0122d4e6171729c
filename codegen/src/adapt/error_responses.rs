//! Gives every error of an operation one shape.

use serde_json::{Map, Value, json};

use super::adaptation::Adaptation;
use super::media_type::is_json;
use crate::diagnostic::Diagnostic;
use crate::openapi::{Operation, Pointer, component, operations, resolve};

/// Replaces an operation's error responses by the ranges `4XX` and `5XX` with one schema, so that any
/// error status is typed, documented or not. Progenitor panics where error responses differ in shape
/// (some with a body, some without; progenitor issues 344 and 950), and where `default` stands beside
/// a success, since it counts as both. Bodies of several schemas become a `oneOf`, the one that
/// requires most first, as the first that fits is taken.
pub(super) const ADAPTATION: Adaptation = Adaptation {
    name: "error_responses",
    why: "progenitor panics where error responses differ in shape, and leaves other statuses untyped",
    apply,
};

fn apply(root: &mut Value) -> Result<Vec<Pointer>, Diagnostic> {
    let mut changed = Vec::new();
    for operation in operations(root) {
        if unify(root, &operation)? {
            changed.push(operation.at.join("responses"));
        }
    }
    Ok(changed)
}

fn unify(root: &mut Value, operation: &Operation) -> Result<bool, Diagnostic> {
    let at = operation.at.join("responses");
    let Some(Value::Object(responses)) = at.get(root) else {
        return Ok(false);
    };
    let succeeds = responses.keys().any(|status| status.starts_with('2'));
    let is_error = |status: &str| {
        status.starts_with('4') || status.starts_with('5') || (status == "default" && succeeds)
    };
    let errors: Vec<String> = responses.keys().filter(|s| is_error(s)).cloned().collect();
    if errors.is_empty() {
        return Ok(false);
    }
    let mut schemas: Vec<Value> = Vec::new();
    for status in &errors {
        let response = resolve(root, &at.join(status))?;
        if let Some(schema) = response.get(root).and_then(json_schema)
            && !schemas.iter().any(|other| same(other, schema))
        {
            schemas.push(schema.clone());
        }
    }
    let schema = match schemas.len() {
        0 => None,
        1 => schemas.pop(),
        _ => Some(one_of(root, operation, schemas)?),
    };

    let mut unified: Map<String, Value> = responses_of(root, &at)
        .into_iter()
        .filter(|(status, _)| !errors.contains(status))
        .collect();
    for (range, description) in [
        ("4XX", "The request failed."),
        ("5XX", "The server failed."),
    ] {
        let mut response = json!({"description": description});
        if let Some(schema) = &schema {
            response["content"] = json!({"application/json": {"schema": schema}});
        }
        unified.insert(range.to_owned(), response);
    }
    if let Some(responses) = at.get_mut(root) {
        *responses = Value::Object(unified);
    }
    Ok(true)
}

fn responses_of(root: &Value, at: &Pointer) -> Map<String, Value> {
    let responses = at.get(root).and_then(Value::as_object);
    responses.cloned().unwrap_or_default()
}

fn json_schema(response: &Value) -> Option<&Value> {
    let content = response.get("content")?.as_object()?;
    let (_, media_type) = content.iter().find(|(media, _)| is_json(media))?;
    media_type.get("schema")
}

/// Whether two schemas differ in what they say of themselves only.
fn same(one: &Value, other: &Value) -> bool {
    let bare = |schema: &Value| {
        let mut schema = schema.clone();
        if let Some(schema) = schema.as_object_mut() {
            schema.retain(|key, _| !matches!(key.as_str(), "description" | "example" | "title"));
        }
        schema
    };
    bare(one) == bare(other)
}

/// Adds a schema of its own for the errors of `operation` and returns a reference to it.
fn one_of(
    root: &mut Value,
    operation: &Operation,
    schemas: Vec<Value>,
) -> Result<Value, Diagnostic> {
    let mut counted = Vec::new();
    for schema in schemas {
        let target = match schema.get("$ref").and_then(Value::as_str) {
            Some(reference) => Pointer::of_reference(reference)
                .map(|at| resolve(root, &at))
                .transpose()?
                .and_then(|at| at.get(root)),
            None => Some(&schema),
        };
        let required = target.and_then(|target| target.get("required")?.as_array());
        counted.push((required.map_or(0, Vec::len), schema));
    }
    // The order of the responses does not decide.
    counted.sort_by_key(|(required, schema)| (std::cmp::Reverse(*required), schema.to_string()));
    let schemas: Vec<Value> = counted.into_iter().map(|(_, schema)| schema).collect();

    let at = component(&format!("{}Failure", operation.id));
    if at.get(root).is_some() {
        return Err(Diagnostic::new(
            at.as_str(),
            format!(
                "is needed for the error bodies of operation {:?}, which have several schemas",
                operation.id
            ),
            "rename this schema",
        ));
    }
    root["components"]["schemas"][at.name()] = json!({
        "description": "What a failure of the operation returns.",
        "oneOf": schemas,
    });
    Ok(json!({"$ref": at.to_reference()}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(responses: &Value) -> Value {
        json!({
            "paths": {"/a": {"get": {"operationId": "getA", "responses": responses}}},
            "components": {
                "responses": {"Bad": body("Failure")},
                "schemas": {
                    "Failure": {"required": ["errors"]},
                    "Other": {},
                    "Strict": {"required": ["a", "b"]},
                },
            },
        })
    }

    fn body(name: &str) -> Value {
        json!({"description": "", "content": {"application/json": {"schema": reference(name)}}})
    }

    fn reference(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    fn adapted(responses: &Value) -> Value {
        let mut document = document(responses);
        apply(&mut document).unwrap();
        document
    }

    fn schemas_of(document: &Value) -> [&Value; 2] {
        ["4XX", "5XX"].map(|range| {
            &document["paths"]["/a"]["get"]["responses"][range]["content"]["application/json"]["schema"]
        })
    }

    #[test]
    fn errors_with_and_without_a_body_become_ranges() {
        let document = adapted(&json!({
            "200": body("Other"),
            "400": {"$ref": "#/components/responses/Bad"},
            "429": {"description": "no body"},
            "500": body("Failure"),
        }));
        let responses = document["paths"]["/a"]["get"]["responses"]
            .as_object()
            .unwrap();
        let statuses: Vec<&String> = responses.keys().collect();
        assert_eq!(statuses, ["200", "4XX", "5XX"]);
        assert_eq!(schemas_of(&document), [&reference("Failure"); 2]);
    }

    #[test]
    fn default_is_an_error_beside_a_success_only() {
        let beside = adapted(&json!({"201": {"description": ""}, "default": body("Failure")}));
        assert!(
            beside["paths"]["/a"]["get"]["responses"]
                .get("default")
                .is_none()
        );
        assert_eq!(schemas_of(&beside), [&reference("Failure"); 2]);

        let alone = json!({"default": body("Failure")});
        assert_eq!(adapted(&alone), document(&alone));
    }

    #[test]
    fn bodies_of_several_schemas_become_one_of_them() {
        let document = adapted(&json!({
            "200": body("Other"),
            "400": body("Failure"),
            "404": body("Strict"),
            "500": {"description": "", "content": {"application/problem+json": {"schema": reference("Other")}}},
        }));
        assert_eq!(schemas_of(&document), [&reference("getAFailure"); 2]);
        assert_eq!(
            document["components"]["schemas"]["getAFailure"]["oneOf"],
            json!([
                reference("Strict"),
                reference("Failure"),
                reference("Other")
            ])
        );
    }
}
