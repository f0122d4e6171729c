//! Holds integers that are sent to their limits.

use serde_json::{Value, json};

use super::adaptation::Adaptation;
use super::rust_type;
use crate::diagnostic::Diagnostic;
use crate::openapi::{Pointer, only_sent};

/// Gives integers with a `minimum` or `maximum` that only requests contain the type `Bounded`, which
/// refuses other values before anything is sent; typify ignores such limits. An `expires_in`
/// (RFC 6749, section 5.1: a lifetime in seconds) without a `minimum` has the minimum 1.
///
/// `compare::effects` knows the type by its name: other limits of it are no other type to a program.
pub(super) const ADAPTATION: Adaptation = Adaptation {
    name: "bounded_integers",
    why: "typify ignores the limits of integers",
    apply,
};

fn apply(root: &mut Value) -> Result<Vec<Pointer>, Diagnostic> {
    let mut changed = Vec::new();
    for at in only_sent(root)? {
        let Some(schema) = at.get_mut(root) else {
            continue;
        };
        if schema["type"] != "integer" || schema.get("enum").is_some() {
            continue;
        }
        if at.name() == "expires_in" && schema.get("minimum").is_none() {
            schema["minimum"] = json!(1);
        }
        if schema.get("minimum").is_some() || schema.get("maximum").is_some() {
            bound(schema).map_err(|diagnostic| diagnostic.within(at.as_str()))?;
            changed.push(at);
        }
    }
    Ok(changed)
}

fn bound(schema: &mut Value) -> Result<(), Diagnostic> {
    let (kind, least, most) = match schema["format"].as_str() {
        Some("int32") => ("i32", i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => ("i64", i64::MIN, i64::MAX),
    };
    let low = limit(schema, "minimum", "exclusiveMinimum", 1)?.map_or(least, |low| low.max(least));
    let high =
        limit(schema, "maximum", "exclusiveMaximum", -1)?.map_or(most, |high| high.min(most));
    if low > high {
        return Err(Diagnostic::new(
            "",
            format!("no integer lies within {low}..={high}"),
            "correct minimum, maximum or format",
        ));
    }
    if let Some(default) = schema.get("default") {
        let fits = default
            .as_i64()
            .is_some_and(|value| (low..=high).contains(&value));
        if !fits {
            return Err(Diagnostic::new(
                "",
                format!("the default {default} does not lie within {low}..={high}"),
                "correct the default or the limits",
            ));
        }
    }
    rust_type::mark(schema, &format!("Bounded<{kind}, {low}, {high}>"), &[]);
    Ok(())
}

/// The inclusive limit under `key`, which `exclusive` moves by `step`.
fn limit(schema: &Value, key: &str, exclusive: &str, step: i64) -> Result<Option<i64>, Diagnostic> {
    let Some(limit) = schema.get(key) else {
        return Ok(None);
    };
    let Some(value) = limit.as_i64() else {
        return Err(Diagnostic::new(
            "",
            format!("the {key} {limit} is not an integer of 64 bits"),
            "write it as one",
        ));
    };
    let step = if schema[exclusive] == true { step } else { 0 };
    Ok(Some(value.saturating_add(step)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::form;
    use super::*;

    fn path_of(property: &Value) -> Option<String> {
        let mut document = form(&json!({
            "Request": {"properties": {"count": property}},
            "Reply": {"properties": {"count": property}},
        }));
        apply(&mut document).unwrap();
        let schemas = &document["components"]["schemas"];
        assert_eq!(&schemas["Reply"]["properties"]["count"], property);
        let rust_type = schemas["Request"]["properties"]["count"].get("x-rust-type")?;
        rust_type["path"].as_str().map(str::to_owned)
    }

    #[test]
    fn limits_become_part_of_the_type() {
        for (property, path) in [
            (
                json!({"type": "integer", "format": "int32", "minimum": 1, "maximum": 900}),
                Some("sts_sdk::Bounded<i32, 1, 900>"),
            ),
            (
                json!({"type": "integer", "format": "int32", "maximum": 900}),
                Some("sts_sdk::Bounded<i32, -2147483648, 900>"),
            ),
            (
                json!({"type": "integer", "minimum": -3, "exclusiveMinimum": true}),
                Some("sts_sdk::Bounded<i64, -2, 9223372036854775807>"),
            ),
            (json!({"type": "integer", "format": "int32"}), None),
            (
                json!({"type": "integer", "maximum": 2, "enum": [1, 2]}),
                None,
            ),
            (json!({"type": "number", "maximum": 2}), None),
        ] {
            assert_eq!(path_of(&property).as_deref(), path, "{property}");
        }
    }

    #[test]
    fn a_lifetime_is_at_least_a_second() {
        let expires_in =
            json!({"type": "integer", "format": "int32", "maximum": 900, "default": 900});
        let mut document = form(&json!({
            "Request": {"properties": {"expires_in": expires_in}}, "Reply": {},
        }));
        apply(&mut document).unwrap();
        let adapted = &document["components"]["schemas"]["Request"]["properties"]["expires_in"];
        assert_eq!(
            adapted["x-rust-type"]["path"],
            "sts_sdk::Bounded<i32, 1, 900>"
        );
    }

    #[test]
    fn limits_without_sense_are_refused() {
        for (property, part) in [
            (
                json!({"type": "integer", "minimum": 3, "maximum": 2}),
                "no integer lies within 3..=2",
            ),
            (
                json!({"type": "integer", "maximum": 600, "minimum": 1, "default": 900}),
                "/components/schemas/Request/properties/count: the default 900 does not lie within",
            ),
            (
                json!({"type": "integer", "maximum": 1e300}),
                "is not an integer of 64 bits",
            ),
        ] {
            let mut document = form(&json!({
                "Request": {"properties": {"count": property}}, "Reply": {},
            }));
            let diagnostic = apply(&mut document)
                .err()
                .map(|diagnostic| diagnostic.to_string())
                .unwrap();
            assert!(diagnostic.contains(part), "{diagnostic}");
        }
    }
}
