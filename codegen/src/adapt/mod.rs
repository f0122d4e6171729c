//! What progenitor cannot take as it is published is changed here, in the document, on the way to it.
//!
//! Each adaptation is a general rule over OpenAPI documents, knows no particular API, and is tested
//! beside its code: input document, output document.

mod all_of;
mod bounded_integers;
mod doc_comments;
mod error_responses;
mod form_objects;
mod inline_scalars;
mod plain_text;
mod prune;
mod rust_type;
mod secrets;
mod single_values;
mod tolerant_replies;

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::openapi::Pointer;

pub(crate) use plain_text::{KEPT_FORMAT, KEPT_PATTERN};
pub(crate) use rust_type::CRATE as OWN_CRATE;

/// One rule: changes the document, and says at which places it did.
pub(crate) struct Adaptation {
    name: &'static str,
    /// What would happen without it.
    why: &'static str,
    apply: fn(&mut Value) -> Result<Vec<Pointer>, Diagnostic>,
}

/// All rules, in the order in which they apply.
const ADAPTATIONS: [Adaptation; 11] = [
    prune::ADAPTATION,
    all_of::ADAPTATION,
    inline_scalars::ADAPTATION,
    error_responses::ADAPTATION,
    tolerant_replies::ADAPTATION,
    single_values::ADAPTATION,
    plain_text::ADAPTATION,
    secrets::ADAPTATION,
    bounded_integers::ADAPTATION,
    form_objects::ADAPTATION,
    doc_comments::ADAPTATION,
];

/// What an adaptation changed.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The adaptation's name.
    pub name: &'static str,
    /// What would happen without it.
    pub why: &'static str,
    /// Where the document was changed.
    pub places: Vec<Pointer>,
}

/// Applies every rule and returns those that changed something.
pub(crate) fn adapt(root: &mut Value) -> Result<Vec<Applied>, Diagnostic> {
    let mut applied = Vec::new();
    for Adaptation { name, why, apply } in ADAPTATIONS {
        let places = apply(root)?;
        if !places.is_empty() {
            applied.push(Applied { name, why, places });
        }
    }
    Ok(applied)
}

/// The place of a named schema.
fn component(name: &str) -> Pointer {
    Pointer::root().joined(&["components", "schemas", name])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A document with one form-encoded operation, for the tests of the adaptations.
    pub(super) fn form(schemas: &Value) -> Value {
        json!({
            "openapi": "3.0.0",
            "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"post": {
                "operationId": "a",
                "requestBody": {"content": {"application/x-www-form-urlencoded": {
                    "schema": {"$ref": "#/components/schemas/Request"},
                }}},
                "responses": {"200": {"description": "", "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/Reply"},
                }}}},
            }}},
            "components": {"schemas": schemas},
        })
    }

    #[test]
    fn what_needs_nothing_is_only_documented() {
        let mut document = form(&json!({
            "Request": {"type": "object", "properties": {"name": {"type": "string"}}},
            "Reply": {"type": "object", "properties": {"name": {"type": "string"}}},
        }));
        let applied = adapt(&mut document).unwrap();
        let names: Vec<&str> = applied.iter().map(|applied| applied.name).collect();
        assert_eq!(names, ["doc_comments"]);
    }
}
