//! What a rule is, and what it says that it did.

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::openapi::Pointer;
use crate::text::one_line;

/// One rule: changes the document, and says at which places it did.
pub(super) struct Adaptation<Change = Pointer> {
    pub(super) name: &'static str,
    /// What would happen without it.
    pub(super) why: &'static str,
    pub(super) apply: fn(&mut Value) -> Result<Vec<Change>, Diagnostic>,
}

/// What an adaptation did at a place that whoever generates from the document should know: what it left out or
/// chose.
#[derive(Clone, Debug)]
pub struct Note {
    /// Where in the document.
    pub at: Pointer,
    /// What it did there, in one line.
    pub text: String,
}

impl Note {
    pub(crate) fn new(at: Pointer, text: impl Into<String>) -> Self {
        Self {
            at,
            text: one_line(&text.into()),
        }
    }
}
