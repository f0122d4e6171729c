//! Whether what a document names can be told apart, and be named in Rust.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToPascalCase, ToSnakeCase};
use serde_json::Value;

use super::taken;
use crate::diagnostic::Diagnostic;
use crate::openapi::{
    Direction, Operation, Pointer, operations, parameters, properties, reachable, resolve,
};

/// Refuses names of which the generator would make the same, or one that is taken by what is generated anyway.
pub(crate) fn check(root: &Value) -> Result<(), Diagnostic> {
    let found = diagnostics(root)?;
    found.into_iter().next().map_or(Ok(()), Err)
}

/// Every such name, and every parameter that cannot be sent.
pub(crate) fn diagnostics(root: &Value) -> Result<Vec<Diagnostic>, Diagnostic> {
    let mut found = Vec::new();
    let mut methods = Names::new("the method", &taken::METHODS);
    let mut builders = Names::new("the type", &taken::BUILDERS);
    for operation in operations(root) {
        let at = operation.at.join("operationId");
        let id = &operation.id;
        let clash = methods.add(&at, id, snake(id));
        // A clash of the type says nothing that one of the method does not.
        found.extend(clash.or_else(|| builders.add(&at, id, pascal(id))));
        check_parameters(root, &operation, &mut found)?;
    }

    let mut types = Names::new("the type", &taken::TYPES);
    let schemas = Pointer::root().joined(&["components", "schemas"]);
    let named = schemas.get(root).and_then(Value::as_object);
    for (name, _) in named.into_iter().flatten() {
        found.extend(types.add(&schemas.join(name), name, pascal(name)));
    }
    let mut seen = BTreeSet::new();
    for direction in [Direction::Request, Direction::Response] {
        for at in reachable(root, direction)? {
            if !seen.insert(at.clone()) {
                continue;
            }
            let Some(schema) = at.get(root) else {
                continue;
            };
            let mut fields = Names::new("the field", &[]);
            for (name, _) in properties(schema) {
                found.extend(fields.add(&at.join("properties").join(name), name, snake(name)));
            }
        }
    }
    Ok(found)
}

fn check_parameters(
    root: &Value,
    operation: &Operation,
    found: &mut Vec<Diagnostic>,
) -> Result<(), Diagnostic> {
    let mut variables = Names::new("the parameter", &taken::VARIABLES);
    let body = operation.at.join("requestBody");
    if body.get(root).is_some() {
        found.extend(variables.add(&body, "body", "body".to_owned()));
        variables.taken.insert("body_map");
    }
    for parameter in parameters(root, operation)? {
        let name = &parameter.name;
        found.extend(variables.add(&parameter.at, name, snake(name)));
        let what = if parameter.schema.get(root).is_none() {
            format!("the parameter {name:?} has no schema")
        } else {
            let schema = resolve(root, &parameter.schema)?;
            let kind = schema.join("type");
            let kind = kind.get(root).and_then(Value::as_str).unwrap_or_default();
            match (kind, parameter.location.as_str()) {
                ("object", location) => format!(
                    "the {location} parameter {name:?} is an object, which progenitor cannot send"
                ),
                ("array", location) if location != "query" => format!(
                    "the {location} parameter {name:?} is an array, which progenitor cannot send"
                ),
                _ => continue,
            }
        };
        found.push(Diagnostic::new(
            parameter.at.as_str(),
            what,
            "describe it with a `schema` that progenitor can send, or leave it out",
        ));
    }
    Ok(())
}

/// Names of one kind, with where they come from.
struct Names<'a> {
    kind: &'static str,
    taken: BTreeSet<&'a str>,
    seen: BTreeMap<String, Pointer>,
}

impl<'a> Names<'a> {
    fn new(kind: &'static str, taken: &[&'a str]) -> Self {
        Self {
            kind,
            taken: taken.iter().copied().collect(),
            seen: BTreeMap::new(),
        }
    }

    /// Adds what `name` becomes, and says so if that is taken.
    fn add(&mut self, at: &Pointer, name: &str, rust: String) -> Option<Diagnostic> {
        let clash = if self.taken.contains(rust.as_str()) {
            "which the client already has".to_owned()
        } else if let Some(other) = self.seen.get(&rust) {
            format!("as does {}", other.as_str())
        } else {
            self.seen.insert(rust, at.clone());
            return None;
        };
        Some(Diagnostic::new(
            at.as_str(),
            format!("{name:?} becomes {} `{rust}`, {clash}", self.kind),
            "rename one of them",
        ))
    }
}

/// What the method of the operation `id` is called.
pub(super) fn method_name(id: &str) -> String {
    let mut name = snake(id);
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, '_');
    }
    // Keywords, and one that syn does not know as such.
    if syn::parse_str::<syn::Ident>(&name).is_err() || name == "gen" {
        name.push('_');
    }
    name
}

fn snake(name: &str) -> String {
    separated(name).to_snake_case()
}

fn pascal(name: &str) -> String {
    separated(name).to_pascal_case()
}

/// As progenitor does: what cannot stand in an identifier separates words.
fn separated(name: &str) -> String {
    name.replace('\'', "")
        .replace(|c: char| !c.is_alphanumeric() && c != '_', "-")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(root: &Value) -> String {
        check(root)
            .err()
            .map(|diagnostic| diagnostic.to_string())
            .unwrap_or_default()
    }

    fn document(id: &str, parameters: &Value, schemas: &Value) -> Value {
        json!({
            "paths": {
                "/a": {"get": {"operationId": id, "parameters": parameters, "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}},
                }}},
                "/b": {"post": {"operationId": "opB", "responses": {}}},
            },
            "components": {"schemas": schemas},
        })
    }

    #[test]
    fn names_that_become_one_are_refused() {
        let sound = json!({"A": {"properties": {"a": {}, "b": {}}}});
        assert_eq!(refusal(&document("opA", &json!([]), &sound)), "");
        for (document, expected) in [
            (
                document("op_b", &json!([]), &sound),
                "/paths/~1b/post/operationId: \"opB\" becomes the method `op_b`, as does /paths/~1a/get/operationId",
            ),
            (
                document("new", &json!([]), &sound),
                "/paths/~1a/get/operationId: \"new\" becomes the method `new`, which the client already has",
            ),
            (
                document("error", &json!([]), &sound),
                "/paths/~1a/get/operationId: \"error\" becomes the type `Error`",
            ),
            (
                document("opA", &json!([]), &json!({"A": {}, "a.b": {}, "a_b": {}})),
                "/components/schemas/a_b: \"a_b\" becomes the type `AB`, as does /components/schemas/a.b",
            ),
            (
                document("opA", &json!([]), &json!({"A": {}, "default": {}})),
                "/components/schemas/default: \"default\" becomes the type `Default`",
            ),
            (
                document(
                    "opA",
                    &json!([]),
                    &json!({"A": {"properties": {"fooBar": {}, "foo_bar": {}}}}),
                ),
                "/components/schemas/A/properties/foo_bar: \"foo_bar\" becomes the field `foo_bar`",
            ),
        ] {
            let diagnostic = refusal(&document);
            assert!(diagnostic.starts_with(expected), "{diagnostic}");
        }
    }

    #[test]
    fn parameters_that_cannot_be_sent_are_refused() {
        let parameter = |name: &str, location: &str, schema: Value| json!([{"name": name, "in": location, "required": true, "schema": schema}]);
        let schemas = json!({"A": {}});
        let list = json!({"type": "array", "items": {"type": "string"}});
        assert_eq!(
            refusal(&document(
                "opA",
                &parameter("x", "query", list.clone()),
                &schemas
            )),
            ""
        );
        for (parameters, expected) in [
            (
                parameter("x", "path", list),
                "the path parameter \"x\" is an array",
            ),
            (
                parameter("x", "query", json!({"type": "object"})),
                "the query parameter \"x\" is an object",
            ),
            (
                parameter("send", "query", json!({"type": "string"})),
                "becomes the parameter `send`",
            ),
            (
                json!([{"name": "x", "in": "query", "content": {}}]),
                "the parameter \"x\" has no schema",
            ),
        ] {
            let diagnostic = refusal(&document("opA", &parameters, &schemas));
            assert!(diagnostic.contains(expected), "{diagnostic}");
            assert!(
                diagnostic.starts_with("/paths/~1a/get/parameters/0: "),
                "{diagnostic}"
            );
        }
        let mut body = document("opA", &parameter("body", "query", json!({})), &schemas);
        body["paths"]["/a"]["get"]["requestBody"] = json!({});
        assert!(refusal(&body).contains("becomes the parameter `body`, as does"));
    }
}
