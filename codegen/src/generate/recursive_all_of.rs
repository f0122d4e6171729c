//! Compositions that typify would merge for ever, until its stack overflows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::openapi::{Pointer, children};

/// The components that each component takes in.
type Taken = BTreeMap<Pointer, BTreeSet<Pointer>>;

/// Refuses a property that is composed of the schema that it is a property of, alone or by way of others.
/// typify puts what an `allOf` refers to in its place, which then holds the `allOf` again.
pub(super) fn check(adapted: &Value) -> Result<(), Diagnostic> {
    let at = Pointer::root().joined(&["components", "schemas"]);
    let Some(Value::Object(schemas)) = at.get(adapted) else {
        return Ok(());
    };
    let mut taken = Taken::new();
    // The places below a component that take others in.
    let mut inner: Vec<(Pointer, Pointer, BTreeSet<Pointer>)> = Vec::new();
    for name in schemas.keys() {
        let component = at.join(name);
        let mut open = vec![component.clone()];
        while let Some(place) = open.pop() {
            let Some(schema) = place.get(adapted) else {
                continue;
            };
            open.extend(children(schema, &place));
            let parts = composed_of(schema);
            if parts.is_empty() {
                continue;
            }
            let all = taken.entry(component.clone()).or_default();
            all.extend(parts.iter().cloned());
            if place != component {
                inner.push((component.clone(), place, parts));
            }
        }
    }
    for (component, place, parts) in inner {
        if reaches(&taken, parts, &component) {
            return Err(Diagnostic::new(
                place.as_str(),
                format!("is composed of `{}`, which it is part of", component.name()),
                "give the allOf a name below /components/schemas, and refer to it",
            ));
        }
    }
    Ok(())
}

/// What an `allOf` of several parts refers to.
fn composed_of(schema: &Value) -> BTreeSet<Pointer> {
    let parts = schema.get("allOf").and_then(Value::as_array);
    let parts = parts.filter(|parts| parts.len() > 1);
    let references = parts
        .into_iter()
        .flatten()
        .filter_map(|part| part.get("$ref")?.as_str());
    references.filter_map(Pointer::of_reference).collect()
}

fn reaches(taken: &Taken, parts: BTreeSet<Pointer>, component: &Pointer) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<Pointer> = parts.into_iter().collect();
    while let Some(at) = open.pop() {
        if at == *component {
            return true;
        }
        if seen.insert(at.clone()) {
            open.extend(taken.get(&at).into_iter().flatten().cloned());
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reference(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    fn outcome(schemas: &Value) -> Result<(), String> {
        let document = json!({"components": {"schemas": schemas}});
        check(&document).map_err(|diagnostic| diagnostic.to_string())
    }

    #[test]
    fn a_property_composed_of_its_own_schema_is_refused() {
        let composed = |name: &str| json!({"properties": {"child": {"allOf": [reference(name), {"properties": {"x": {}}}]}}});
        let diagnostic = outcome(&json!({"A": composed("A")})).unwrap_err();
        let expected = "/components/schemas/A/properties/child: is composed of `A`";
        assert!(diagnostic.starts_with(expected), "{diagnostic}");
        assert!(outcome(&json!({"A": composed("B"), "B": composed("A")})).is_err());
        assert!(outcome(&json!({"A": composed("B"), "B": composed("C"), "C": {}})).is_ok());
    }

    #[test]
    fn recursion_by_name_is_not() {
        let node =
            json!({"allOf": [reference("Base"), {"properties": {"parent": reference("Node")}}]});
        let annotated = json!({"properties": {"child": {"allOf": [reference("A")]}}});
        assert!(outcome(&json!({"Node": node, "Base": {}, "A": annotated})).is_ok());
    }
}
