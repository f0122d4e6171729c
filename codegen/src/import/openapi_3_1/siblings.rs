//! What stands beside a reference.

use serde_json::json;

use super::schema::{Schema, require_instead};
use crate::diagnostic::Diagnostic;
use crate::openapi::Pointer;

/// Says a `$ref` with other keywords beside it, which 3.0 does not read, by `allOf`.
#[expect(clippy::unnecessary_wraps, reason = "the shape of every rule")]
pub(super) fn apply(schema: &mut Schema, _: &Pointer) -> Result<(), Diagnostic> {
    let Some(reference) = schema.get("$ref").cloned() else {
        return Ok(());
    };
    // Not a keyword of schemas, but of other references.
    schema.shift_remove("summary");
    if schema.len() > 1 {
        require_instead(schema, "$ref", json!({"$ref": reference}));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::lowered;
    use super::*;

    #[test]
    fn what_stands_beside_a_reference_is_kept() {
        let reference = json!({"$ref": "#/components/schemas/B"});
        assert_eq!(
            lowered(&json!({"$ref": "#/components/schemas/B", "$comment": "c", "summary": "s"})),
            reference
        );
        assert_eq!(
            lowered(&json!({"$ref": "#/components/schemas/B", "description": "d", "maxLength": 5}))
                .to_string(),
            r##"{"allOf":[{"$ref":"#/components/schemas/B"}],"description":"d","maxLength":5}"##
        );
        assert_eq!(
            lowered(&json!({"allOf": [{"maxLength": 5}], "$ref": "#/components/schemas/B"})),
            json!({"allOf": [reference, {"maxLength": 5}]})
        );
    }
}
