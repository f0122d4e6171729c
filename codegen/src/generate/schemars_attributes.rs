//! What the JSON Schema of a generated type says beyond its Rust type, as attributes for `schemars`.

use std::collections::BTreeMap;

use heck::{ToPascalCase, ToSnakeCase};
use serde_json::Value;

use crate::adapt::{KEPT_FORMAT, KEPT_PATTERN};
use crate::openapi::properties;

/// The attribute that every generated type has.
pub(crate) const DERIVE: &str =
    r#"#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]"#;

/// Attributes by the name of the generated type.
pub(crate) fn attributes(adapted: &Value) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    let schemas = adapted
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    for (name, schema) in schemas.into_iter().flatten() {
        collect(name, schema, &mut found);
    }
    found
}

/// Mirrors how typify names what is declared within a schema: after the schema and the property.
fn collect(name: &str, schema: &Value, found: &mut BTreeMap<String, Vec<String>>) {
    let mut keywords = Vec::new();
    for (property, inner) in properties(schema) {
        keywords.extend(keywords_of(property, inner));
        collect(
            &format!("{name}_{}", property.to_snake_case()),
            inner,
            found,
        );
    }
    // The order of properties in a document means nothing.
    keywords.sort();
    let mut attributes = Vec::new();
    if !keywords.is_empty() {
        attributes.push(format!(
            r#"#[cfg_attr(feature = "schemars", schemars(transform = crate::json_schema::Keywords::default(){}))]"#,
            keywords.concat()
        ));
    }
    for limit in ["minLength", "maxLength"] {
        if let Some(value) = schema.get(limit).and_then(Value::as_u64) {
            attributes.push(format!(
                r#"#[cfg_attr(feature = "schemars", schemars(extend({limit:?} = {value})))]"#
            ));
        }
    }
    if !attributes.is_empty() {
        found.insert(type_name(name), attributes);
    }
}

/// Keywords of a string property that Rust's `String` does not say.
fn keywords_of(property: &str, schema: &Value) -> Vec<String> {
    let string = schema["type"] == "string" && schema.get("x-rust-type").is_none();
    let kept = [
        ("format", schema.get("format").or(schema.get(KEPT_FORMAT))),
        ("pattern", schema.get(KEPT_PATTERN)),
    ];
    kept.into_iter()
        .filter(|_| string)
        .filter_map(|(keyword, value)| {
            let value = value?.as_str()?;
            Some(format!(".with({property:?}, {keyword:?}, {value:?})"))
        })
        .collect()
}

/// What typify calls the type that it makes of the component `name`.
pub(crate) fn type_name(name: &str) -> String {
    name.replace(|c: char| !c.is_alphanumeric() && c != '_', "-")
        .to_pascal_case()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn formats_and_lengths_are_kept_by_type() {
        let document = json!({"components": {"schemas": {"a.v1.Thing": {"properties": {
            "self": {"type": "string", "format": "uri"},
            "created_at": {"type": "string", "x-kept-format": "date-time"},
            "count": {"type": "integer", "format": "int32"},
            "id": {"type": "string", "maxLength": 255},
        }}}}});
        let found = attributes(&document);
        assert_eq!(found.keys().collect::<Vec<_>>(), ["AV1Thing", "AV1ThingId"]);
        assert_eq!(
            found["AV1Thing"],
            [concat!(
                r#"#[cfg_attr(feature = "schemars", schemars(transform = crate::json_schema::Keywords::default()"#,
                r#".with("created_at", "format", "date-time").with("self", "format", "uri")))]"#
            )]
        );
        assert_eq!(
            found["AV1ThingId"],
            [r#"#[cfg_attr(feature = "schemars", schemars(extend("maxLength" = 255)))]"#]
        );
    }
}
