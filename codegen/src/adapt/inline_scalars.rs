//! Puts named scalars where they are used.

use serde_json::Value;

use super::adaptation::Adaptation;
use crate::diagnostic::Diagnostic;
use crate::openapi::{
    Direction, Pointer, operations, parameters, reachable, remove_components, resolve,
};

/// Replaces a `$ref` to a string, number or boolean without an enumeration by what it refers to, whether it
/// stands alone or as the only part of an `allOf`. The rules that follow then see what a property is, and
/// callers get a plain type where typify would wrap it in a name, without a conversion from `&str`.
pub(super) const ADAPTATION: Adaptation = Adaptation {
    name: "inline_scalars",
    why: "typify would wrap a named string, number or boolean in a type of its own",
    apply,
};

fn apply(root: &mut Value) -> Result<Vec<Pointer>, Diagnostic> {
    let mut changed = Vec::new();
    let mut holders = Vec::new();
    for operation in operations(root) {
        let parameters = parameters(root, &operation)?;
        holders.extend(parameters.into_iter().map(|parameter| parameter.schema));
    }
    for direction in [Direction::Request, Direction::Response] {
        for at in reachable(root, direction)? {
            let Some(schema) = at.get(root) else {
                continue;
            };
            holders.extend(crate::openapi::children(schema, &at));
        }
    }
    for at in holders {
        let Some(holder) = at.get(root).cloned() else {
            continue;
        };
        let reference = match holder
            .get("allOf")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
        {
            Some([_]) => at.join("allOf").join(0),
            _ => at.clone(),
        };
        let target = resolve(root, &reference)?;
        if target == reference {
            continue;
        }
        let Some(scalar) = target.get(root).filter(|schema| is_scalar(schema)) else {
            continue;
        };
        let mut inlined = scalar.clone();
        // What stands beside a `$ref` does not count, what stands beside an `allOf` does.
        if let (Some(inlined), Some(holder)) = (inlined.as_object_mut(), holder.as_object()) {
            for (key, value) in holder {
                if !matches!(key.as_str(), "$ref" | "allOf") {
                    inlined.insert(key.clone(), value.clone());
                }
            }
        }
        if let Some(place) = at.get_mut(root) {
            *place = inlined;
            changed.push(at);
        }
    }
    if !changed.is_empty() {
        remove_components(root);
    }
    Ok(changed)
}

fn is_scalar(schema: &Value) -> bool {
    let kind = schema.get("type").and_then(Value::as_str);
    let scalar = matches!(kind, Some("string" | "integer" | "number" | "boolean"));
    scalar && schema.get("enum").is_none()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::form;
    use super::*;

    #[test]
    fn scalars_of_parameters_are_put_in_place() {
        let reference = json!({"$ref": "#/components/schemas/SearchFilter"});
        let mut document = form(&json!({
            "Request": {}, "Reply": {},
            "SearchFilter": {"type": "string", "description": "f"},
        }));
        document["components"]["parameters"] =
            json!({"Shared": {"name": "s", "in": "query", "schema": reference}});
        document["paths"]["/a"]["parameters"] = json!([{"name": "p", "in": "path", "required": true, "schema": {"allOf": [reference]}}]);
        document["paths"]["/a"]["post"]["parameters"] = json!([{"name": "q", "in": "query", "schema": reference}, {"$ref": "#/components/parameters/Shared"}]);
        assert_eq!(apply(&mut document).unwrap().len(), 3);
        let inlined = json!({"type": "string", "description": "f"});
        for at in [
            "/components/parameters/Shared/schema",
            "/paths/~1a/parameters/0/schema",
            "/paths/~1a/post/parameters/0/schema",
        ] {
            assert_eq!(document.pointer(at), Some(&inlined), "{at}");
        }
        assert!(
            document["components"]["schemas"]
                .get("SearchFilter")
                .is_none()
        );
    }

    #[test]
    fn scalars_are_put_in_place() {
        let mut document = form(&json!({
            "Request": {"properties": {
                "alone": {"$ref": "#/components/schemas/Token"},
                "described": {"description": "d", "allOf": [{"$ref": "#/components/schemas/Alias"}]},
                "kind": {"$ref": "#/components/schemas/Kind"},
                "list": {"type": "array", "items": {"$ref": "#/components/schemas/Token"}},
            }},
            "Token": {"type": "string", "maxLength": 9, "description": "t"},
            "Alias": {"$ref": "#/components/schemas/Token"},
            "Kind": {"type": "string", "enum": ["a"]},
            "Reply": {},
        }));
        assert_eq!(apply(&mut document).unwrap().len(), 3);
        let token = json!({"type": "string", "maxLength": 9, "description": "t"});
        assert_eq!(
            document["components"]["schemas"],
            json!({
                "Request": {"properties": {
                    "alone": token,
                    "described": {"type": "string", "maxLength": 9, "description": "d"},
                    "kind": {"$ref": "#/components/schemas/Kind"},
                    "list": {"type": "array", "items": token},
                }},
                "Kind": {"type": "string", "enum": ["a"]},
                "Reply": {},
            })
        );
    }
}
