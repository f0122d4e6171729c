//! Exclusive bounds.

use std::cmp::Ordering;

use serde_json::{Number, Value, json};

use super::schema::{Schema, put_after, put_instead};
use crate::diagnostic::Diagnostic;
use crate::openapi::Pointer;

/// Says a bound that is excluded by the bound and a flag; of two bounds, the tighter one counts.
#[expect(clippy::unnecessary_wraps, reason = "the shape of every rule")]
pub(super) fn apply(schema: &mut Schema, _: &Pointer) -> Result<(), Diagnostic> {
    bound(schema, "minimum", "exclusiveMinimum", Ordering::Greater);
    bound(schema, "maximum", "exclusiveMaximum", Ordering::Less);
    Ok(())
}

/// `tighter` is how an inclusive bound compares to the exclusive one where it alone counts.
fn bound(schema: &mut Schema, inclusive: &str, exclusive: &str, tighter: Ordering) {
    let Some(Value::Number(excluded)) = schema.get(exclusive).cloned() else {
        return;
    };
    if let Some(Value::Number(included)) = schema.get(inclusive)
        && compare(included, &excluded) == tighter
    {
        schema.shift_remove(exclusive);
        return;
    }
    schema.shift_remove(inclusive);
    put_instead(schema, exclusive, inclusive, json!(excluded));
    put_after(schema, inclusive, exclusive, json!(true));
}

fn compare(one: &Number, other: &Number) -> Ordering {
    if let (Some(one), Some(other)) = (one.as_i128(), other.as_i128()) {
        return one.cmp(&other);
    }
    let floats = one.as_f64().zip(other.as_f64());
    let order = floats.and_then(|(one, other)| one.partial_cmp(&other));
    order.unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::super::tests::lowered;
    use super::*;

    #[test]
    fn exclusive_bounds_are_flags() {
        for (given, expected) in [
            (
                json!({"type": "integer", "exclusiveMinimum": 5, "format": "f"}),
                json!({"type": "integer", "minimum": 5, "exclusiveMinimum": true, "format": "f"}),
            ),
            (
                json!({"exclusiveMaximum": 1.5}),
                json!({"maximum": 1.5, "exclusiveMaximum": true}),
            ),
            (
                json!({"minimum": 5, "exclusiveMinimum": 5}),
                json!({"minimum": 5, "exclusiveMinimum": true}),
            ),
            (
                json!({"minimum": 6, "exclusiveMinimum": 5}),
                json!({"minimum": 6}),
            ),
            (
                json!({"maximum": 4.5, "exclusiveMaximum": 5}),
                json!({"maximum": 4.5}),
            ),
            (
                json!({"maximum": 6, "exclusiveMaximum": u64::MAX}),
                json!({"maximum": 6}),
            ),
            (
                json!({"exclusiveMinimum": 5, "exclusiveMaximum": 6}),
                json!({"minimum": 5, "exclusiveMinimum": true, "maximum": 6, "exclusiveMaximum": true}),
            ),
        ] {
            assert_eq!(lowered(&given).to_string(), expected.to_string());
        }
    }
}
