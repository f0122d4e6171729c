//! Gives components names that can stand in a reference as they are.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::adaptation::Adaptation;
use crate::diagnostic::Diagnostic;
use crate::openapi::{Pointer, references};

/// Renames components whose names need an escape within a `$ref` (`a/b`, `a b`, `a%b`), which OpenAPI 3.0.4
/// does not allow and published documents have: the characters become `_`. Progenitor looks components up by
/// the last part of a reference, without decoding it.
pub(super) const ADAPTATION: Adaptation = Adaptation {
    name: "component_names",
    why: "progenitor does not decode references, and finds no component whose name needs an escape there",
    apply,
};

#[expect(clippy::unnecessary_wraps, reason = "the shape of every adaptation")]
fn apply(root: &mut Value) -> Result<Vec<Pointer>, Diagnostic> {
    let renamed = rename(root);
    if renamed.is_empty() {
        return Ok(Vec::new());
    }
    for (holder, reference) in references(root, &Pointer::root()) {
        let target = Pointer::of_reference(&reference);
        let Some(new) = target.and_then(|target| renamed.get(&target)) else {
            continue;
        };
        // A discriminator's mapping holds the reference itself.
        match holder.get_mut(root) {
            Some(Value::Object(holder)) => {
                holder.insert("$ref".to_owned(), json!(new.to_reference()));
            }
            Some(mapped) => *mapped = json!(new.to_reference()),
            None => {}
        }
    }
    Ok(renamed.into_keys().collect())
}

/// Renames the components, and returns the old places with the new ones.
fn rename(root: &mut Value) -> BTreeMap<Pointer, Pointer> {
    let at = Pointer::root().join("components");
    let mut renamed = BTreeMap::new();
    let Some(Value::Object(sections)) = root.get_mut("components") else {
        return renamed;
    };
    for (section, entries) in sections.iter_mut() {
        let at = at.join(section);
        let Value::Object(entries) = entries else {
            continue;
        };
        // Requirements name their schemes, and do not refer to them.
        if section == "securitySchemes" || entries.keys().all(|name| is_plain(name)) {
            continue;
        }
        let mut result = Map::new();
        for (name, entry) in entries.iter() {
            let mut new = name.replace(|c| !is_allowed(c), "_");
            while new != *name && (entries.contains_key(&new) || result.contains_key(&new)) {
                new.push('_');
            }
            if new != *name {
                renamed.insert(at.join(name), at.join(&new));
            }
            result.insert(new, entry.clone());
        }
        *entries = result;
    }
    renamed
}

fn is_plain(name: &str) -> bool {
    name.chars().all(is_allowed)
}

fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_need_an_escape_are_replaced_wherever_they_are_referred_to() {
        let mut document = json!({
            "paths": {"/a": {"get": {"parameters": [{"$ref": "#/components/parameters/a%20b"}]}}},
            "components": {
                "parameters": {"a b": {"name": "p"}},
                "schemas": {
                    "a/b": {"properties": {"self": {"$ref": "#/components/schemas/a~1b"}}},
                    "a_b": {"oneOf": [{"$ref": "#/components/schemas/a%25b"}], "discriminator": {
                        "propertyName": "kind", "mapping": {"x": "#/components/schemas/a%25b"},
                    }},
                    "a%b": {},
                },
                "securitySchemes": {"a key": {}},
            },
        });
        assert_eq!(apply(&mut document).unwrap().len(), 3);
        let expected = json!({
            "paths": {"/a": {"get": {"parameters": [{"$ref": "#/components/parameters/a_b"}]}}},
            "components": {
                "parameters": {"a_b": {"name": "p"}},
                "schemas": {
                    "a_b_": {"properties": {"self": {"$ref": "#/components/schemas/a_b_"}}},
                    "a_b": {"oneOf": [{"$ref": "#/components/schemas/a_b__"}], "discriminator": {
                        "propertyName": "kind", "mapping": {"x": "#/components/schemas/a_b__"},
                    }},
                    "a_b__": {},
                },
                "securitySchemes": {"a key": {}},
            },
        });
        assert_eq!(document, expected);
        assert!(apply(&mut document).unwrap().is_empty());
    }
}
