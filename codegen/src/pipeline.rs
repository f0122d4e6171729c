//! Check, adapt and generate, in this order.

use serde_json::Value;

use crate::adapt::{Applied, adapt, select};
use crate::diagnostic::Diagnostic;
use crate::generate::{self, Target};
use crate::openapi;

/// A document that the generator takes.
#[derive(Debug)]
pub struct Adapted {
    /// The document after all adaptations.
    pub root: Value,
    /// The adaptations that changed something, in the order in which they were applied.
    pub applied: Vec<Applied>,
}

/// A generated client.
#[derive(Debug)]
pub struct Generated {
    /// Rust source, formatted.
    pub code: String,
    /// The adaptations that changed something, in the order in which they were applied.
    pub applied: Vec<Applied>,
}

/// Checks `document` and applies the adaptations to a copy of it.
///
/// # Errors
///
/// `document` is not a sound OpenAPI 3.0 document, holds what cannot be adapted, or names what generated code has a name
/// for.
pub fn adapted(document: &Value) -> Result<Adapted, Diagnostic> {
    openapi::check(document)?;
    adapted_sound(document)
}

/// As [`adapted`], of a document that was checked.
pub(crate) fn adapted_sound(document: &Value) -> Result<Adapted, Diagnostic> {
    let Adapted {
        mut root,
        mut applied,
    } = selected_sound(document)?;
    applied.extend(adapt(&mut root)?);
    Ok(Adapted { root, applied })
}

/// The part of `document` that a client is generated from, whose names can be told apart.
pub(crate) fn selected(document: &Value) -> Result<Adapted, Diagnostic> {
    openapi::check(document)?;
    selected_sound(document)
}

fn selected_sound(document: &Value) -> Result<Adapted, Diagnostic> {
    let mut root = document.clone();
    let applied = select(&mut root)?;
    generate::check_names(&root)?;
    Ok(Adapted { root, applied })
}

/// Everything that is in the way of generating a client from `document`, as far as one thing does not hide
/// another. Empty where [`generate()`] succeeds. Takes long in a large document.
#[must_use]
pub fn diagnostics(document: &Value, target: &Target) -> Vec<Diagnostic> {
    let mut found = openapi::diagnostics(document);
    if !found.is_empty() {
        return found;
    }
    let mut root = document.clone();
    if let Err(first) = select(&mut root) {
        return by_operation(document, select, first);
    }
    match generate::names_diagnostics(&root) {
        Ok(names) => found.extend(names),
        Err(diagnostic) => return vec![diagnostic],
    }
    if !found.is_empty() {
        return found;
    }
    let mut whole = root.clone();
    match adapt(&mut whole) {
        Ok(_) => generate::diagnostics(&whole, target),
        Err(first) => by_operation(&root, adapt, first),
    }
}

/// What `rules` refuse of each operation alone; `first` where they refuse none.
fn by_operation(
    root: &Value,
    rules: impl Fn(&mut Value) -> Result<Vec<Applied>, Diagnostic>,
    first: Diagnostic,
) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for operation in openapi::operations(root) {
        let mut alone = openapi::alone(root, &operation);
        if let Err(diagnostic) = rules(&mut alone)
            && !found.contains(&diagnostic)
        {
            found.push(diagnostic);
        }
    }
    if found.is_empty() { vec![first] } else { found }
}

/// Generates the client that `document` describes. Where the generator fails, the part of the document that
/// it fails on is searched for, which takes long in a large document.
///
/// # Errors
///
/// Those of [`adapted`], and what the generator cannot take.
pub fn generate(document: &Value, target: &Target) -> Result<Generated, Diagnostic> {
    let Adapted {
        mut root,
        mut applied,
    } = adapted(document)?;
    if target.authenticates() {
        applied.push(generate::describe_authentication(&mut root));
    }
    let code = generate::generate(&root, target)?;
    Ok(Generated { code, applied })
}
