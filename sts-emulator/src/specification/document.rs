//! Finding things in an OpenAPI document.

use serde_json::{Map, Value};

/// Deeper than any schema that a form can hold; a circle of references ends here.
const DEEPEST: usize = 32;

/// An operation that takes a form.
pub(crate) struct Operation {
    pub(crate) path: String,
    /// In capitals.
    pub(crate) method: String,
    /// Its object of the document.
    pub(crate) value: Value,
    /// The schema of its form, without references.
    pub(crate) form: Value,
}

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

const FORM: &str = "application/x-www-form-urlencoded";

/// The only operation of `root` that takes a form.
pub(crate) fn operation(root: &Value) -> Result<Operation, String> {
    let mut found = None;
    let paths = root.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let Some(body) = operation.get("requestBody") else {
                continue;
            };
            let body = resolved(root, body)?;
            let Some(schema) = body
                .get("content")
                .and_then(|content| content.get(FORM)?.get("schema"))
            else {
                continue;
            };
            if found.is_some() {
                return Err(format!("{path} is a second operation that takes a form"));
            }
            found = Some(Operation {
                path: path.clone(),
                method: method.to_uppercase(),
                value: operation.clone(),
                form: resolved(root, schema)?,
            });
        }
    }
    found.ok_or_else(|| format!("no operation takes a form ({FORM})"))
}

/// `value` without `$ref` and `allOf`: what they refer to and list is merged into one.
pub(crate) fn resolved(root: &Value, value: &Value) -> Result<Value, String> {
    resolve(root, value, DEEPEST)
}

fn resolve(root: &Value, value: &Value, deeper: usize) -> Result<Value, String> {
    let Some(deeper) = deeper.checked_sub(1) else {
        return Err(format!(
            "it is nested more than {DEEPEST} levels deep, or refers to itself"
        ));
    };
    match value {
        Value::Object(object) => {
            if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
                let target = reference
                    .strip_prefix('#')
                    .and_then(|pointer| root.pointer(pointer));
                let target = target.ok_or_else(|| format!("{reference} is not in the document"))?;
                return resolve(root, target, deeper);
            }
            let mut all = Map::new();
            for part in object
                .get("allOf")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                if let Value::Object(part) = resolve(root, part, deeper)? {
                    merge(&mut all, part);
                }
            }
            let mut own = Map::new();
            for (key, value) in object {
                if key != "allOf" {
                    own.insert(key.clone(), resolve(root, value, deeper)?);
                }
            }
            merge(&mut all, own);
            Ok(Value::Object(all))
        }
        Value::Array(items) => {
            let items = items.iter().map(|item| resolve(root, item, deeper));
            Ok(Value::Array(items.collect::<Result<_, _>>()?))
        }
        other => Ok(other.clone()),
    }
}

/// Objects are merged, what is required adds up, and else what comes later counts.
fn merge(into: &mut Map<String, Value>, from: Map<String, Value>) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Object(old)), Value::Object(new)) => merge(old, new),
            (Some(Value::Array(old)), Value::Array(new)) if key == "required" => {
                for name in new {
                    if !old.contains(&name) {
                        old.push(name);
                    }
                }
            }
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_and_lists_are_merged() {
        let root = json!({"a": {"properties": {"x": {"type": "string"}}, "required": ["x"]}});
        let schema = json!({"allOf": [{"$ref": "#/a"}, {"properties": {"x": {"maxLength": 3}}, "required": ["x", "y"]}]});
        assert_eq!(
            resolved(&root, &schema).unwrap(),
            json!({"properties": {"x": {"type": "string", "maxLength": 3}}, "required": ["x", "y"]})
        );
    }

    #[test]
    fn circles_and_what_is_missing_are_errors() {
        let root = json!({"a": {"properties": {"x": {"$ref": "#/a"}}}});
        let error = resolved(&root, &root["a"]).unwrap_err();
        assert_eq!(
            error,
            "it is nested more than 32 levels deep, or refers to itself"
        );
        let error = resolved(&root, &json!({"$ref": "#/b"})).unwrap_err();
        assert_eq!(error, "#/b is not in the document");
        assert!(operation(&root).is_err());
    }

    #[test]
    fn an_operation_with_another_form_is_an_error() {
        let body = json!({"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": {}}}}});
        let one = json!({"paths": {"/a": {"put": body}}});
        let found = operation(&one).unwrap();
        assert_eq!((found.path.as_str(), found.method.as_str()), ("/a", "PUT"));
        let two = json!({"paths": {"/a": {"put": body}, "/b": {"post": body}}});
        let error = operation(&two).err().unwrap();
        assert_eq!(error, "/b is a second operation that takes a form");
    }
}
