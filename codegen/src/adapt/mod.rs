//! What progenitor cannot take as it is published is changed here, in the document, on the way to it.
//!
//! Each adaptation is a general rule over OpenAPI documents, knows no particular API, and is tested
//! beside its code: input document, output document.

mod adaptation;
mod all_of;
mod bounded_integers;
mod component_names;
mod doc_comments;
mod error_responses;
mod form_objects;
mod inline_scalars;
mod json_media_types;
mod media_type;
mod methods;
mod one_media_type;
mod operation_ids;
mod plain_text;
mod prune;
mod raw_bodies;
mod rust_type;
mod secrets;
mod single_values;
mod tolerant_replies;

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::openapi::Pointer;
use adaptation::Adaptation;

pub use adaptation::Note;
pub(crate) use media_type::DECLARED as DECLARED_MEDIA_TYPE;
pub(crate) use methods::is_left_out;
pub(crate) use plain_text::{KEPT_FORMAT, KEPT_PATTERN};
pub(crate) use rust_type::CRATE as OWN_CRATE;

enum Rule {
    /// Changes what users of the client have no choice about.
    Plain(Adaptation),
    /// Leaves out or chooses, and says what.
    Noted(Adaptation<Note>),
}

/// The rules that say what of a document becomes a client: the names of operations are known after them, and
/// what nobody refers to any more is gone.
const SELECTION: [Rule; 4] = [
    Rule::Noted(methods::ADAPTATION),
    Rule::Noted(operation_ids::ADAPTATION),
    Rule::Noted(one_media_type::ADAPTATION),
    Rule::Plain(prune::ADAPTATION),
];

/// The rules that change how it is described, in the order in which they apply. Bodies of bytes come before
/// the rules about strings, which do not mean them; scalars are put in place before replies lose their limits,
/// so that requests keep theirs, and once more after it, when enumerations have become strings. JSON loses its
/// other names when no rule needs them any more.
const ADAPTATIONS: [Rule; 14] = [
    Rule::Plain(component_names::ADAPTATION),
    Rule::Noted(raw_bodies::ADAPTATION),
    Rule::Plain(all_of::ADAPTATION),
    Rule::Plain(inline_scalars::ADAPTATION),
    Rule::Plain(error_responses::ADAPTATION),
    Rule::Plain(tolerant_replies::ADAPTATION),
    Rule::Plain(inline_scalars::ADAPTATION),
    Rule::Plain(single_values::ADAPTATION),
    Rule::Plain(plain_text::ADAPTATION),
    Rule::Plain(secrets::ADAPTATION),
    Rule::Plain(bounded_integers::ADAPTATION),
    Rule::Plain(form_objects::ADAPTATION),
    Rule::Noted(json_media_types::ADAPTATION),
    Rule::Plain(doc_comments::ADAPTATION),
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
    /// What it left out or chose; empty for most.
    pub notes: Vec<Note>,
}

/// Applies the rules that say what becomes a client, and returns those that changed something.
pub(crate) fn select(root: &mut Value) -> Result<Vec<Applied>, Diagnostic> {
    apply(&SELECTION, root)
}

/// Applies the rules that follow, and returns those that changed something.
pub(crate) fn adapt(root: &mut Value) -> Result<Vec<Applied>, Diagnostic> {
    apply(&ADAPTATIONS, root)
}

fn apply(rules: &[Rule], root: &mut Value) -> Result<Vec<Applied>, Diagnostic> {
    let mut applied = Vec::new();
    for rule in rules {
        let (name, why, places, notes) = match rule {
            Rule::Plain(Adaptation { name, why, apply }) => (name, why, apply(root)?, Vec::new()),
            Rule::Noted(Adaptation { name, why, apply }) => {
                let notes = apply(root)?;
                let places = notes.iter().map(|note| note.at.clone()).collect();
                (name, why, places, notes)
            }
        };
        if places.is_empty() {
            continue;
        }
        // A rule can apply twice.
        match applied
            .iter_mut()
            .find(|other: &&mut Applied| other.name == *name)
        {
            Some(other) => {
                other.places.extend(places);
                other.notes.extend(notes);
            }
            None => applied.push(Applied {
                name,
                why,
                places,
                notes,
            }),
        }
    }
    Ok(applied)
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
