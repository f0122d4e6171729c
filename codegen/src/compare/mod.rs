//! What a changed document means for those who use the SDK that is generated from it.
//!
//! The documents are walked side by side for what differs, and the code that is generated from them says what
//! a program notices of it. Rules of this module are about what no compiler sees: limits, defaults, servers,
//! credentials. `codegen/tests/changes/` holds every verdict against the compiler.

mod change;
mod document;
mod effects;
mod keywords;
mod limits;
mod operations;
mod places;
mod record;
mod report;
mod rust_api;
mod security;
mod walk;
mod words;

use std::panic::resume_unwind;

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::generate::{Target, rust_api};
use crate::openapi::{self, Pointer};
use crate::pipeline::{Adapted, adapted_sound, generate};
use places::Places;
use record::{Judgement, Record};
use rust_api::RustApi;
use walk::{Side, Walk};

pub use change::{Change, Class, Verdict};
pub use report::{Format, Report};

/// Compares two documents, each given with its name, as contracts of `target`.
///
/// # Errors
///
/// One of them, which is named, is not a sound OpenAPI 3.0 document.
pub fn compare(
    (old_name, old): (&str, &Value),
    (new_name, new): (&str, &Value),
    target: &Target,
) -> Result<Report, Diagnostic> {
    let checked = |name: &str, root: &Value| {
        openapi::check(root).map_err(|diagnostic| diagnostic.within(name))
    };
    if old == new {
        checked(old_name, old)?;
        return Ok(Report {
            changes: Vec::new(),
            notes: Vec::new(),
        });
    }
    let generated = |name: &str, root: &Value| {
        checked(name, root)?;
        Ok(Generated::of(root, target))
    };
    // Each takes a second for a document of some megabytes.
    let (before, after) = std::thread::scope(|scope| {
        let before = scope.spawn(|| generated(old_name, old));
        let after = generated(new_name, new);
        (
            before.join().unwrap_or_else(|panic| resume_unwind(panic)),
            after,
        )
    });
    let (before, after) = (before?, after?);
    let left = if before.is_ok() && after.is_ok() {
        Class::NoEffect.into()
    } else {
        Judgement::breaking("no code could be generated that tells what programs notice")
    };
    let mut walk = Walk::new(
        side(old_name, old, &before),
        side(new_name, new, &after),
        left,
    );
    document::compare(&mut walk, &target.constructors);
    operations::compare(&mut walk)?;
    let mut record = walk.record;
    if let (Ok(before), Ok(after)) = (&before, &after) {
        let effects = effects::effects(&before.api, &after.api);
        if !effects.is_empty() {
            let places = (before.places(old_name, old)?, after.places(new_name, new)?);
            effects::apply(&mut record, effects, &places.0, &places.1);
        }
    }
    let mut report = report(record, &before, &after);
    if before.is_ok() && after.is_err() {
        // The search for what is at fault takes long.
        let diagnostic = generate(new, target).err().or(after.err());
        let diagnostic = diagnostic.map(|diagnostic| diagnostic.to_string());
        let words = format!(
            "can no longer be generated from: {}",
            diagnostic.unwrap_or_default()
        );
        let judgement = Judgement::breaking("there is no code any more");
        report.changes.insert(0, of_document(judgement, words));
    }
    Ok(report)
}

fn side<'a>(
    name: &'a str,
    root: &'a Value,
    generated: &'a Result<Generated, Diagnostic>,
) -> Side<'a> {
    let adapted = generated.as_ref().ok();
    let adapted = adapted.map(|generated| &generated.adapted);
    Side {
        name,
        root,
        adapted,
    }
}

/// What becomes of a document.
struct Generated {
    adapted: Value,
    api: RustApi,
}

impl Generated {
    /// Of a document that was checked.
    fn of(document: &Value, target: &Target) -> Result<Self, Diagnostic> {
        let Adapted { root, .. } = adapted_sound(document)?;
        let api = RustApi::of(&rust_api(&root, target)?);
        Ok(Self { adapted: root, api })
    }

    fn places<'a>(&'a self, name: &str, original: &'a Value) -> Result<Places<'a>, Diagnostic> {
        let places = Places::new(original, &self.adapted, &self.api);
        places.map_err(|diagnostic| diagnostic.within(name))
    }
}

fn report(
    record: Record,
    old: &Result<Generated, Diagnostic>,
    new: &Result<Generated, Diagnostic>,
) -> Report {
    let mut changes = record.into_changes();
    let mut notes = Vec::new();
    if let Err(diagnostic) = old {
        notes.push(format!(
            "the generated code is not compared: old document: {diagnostic}"
        ));
        if let Err(diagnostic) = new {
            notes.push(format!(
                "neither can the new document be generated from: {diagnostic}"
            ));
        }
    }
    if changes.is_empty() {
        let words =
            "differs only in order, or in what no operation of the client refers to".to_owned();
        changes.push(of_document(Class::NoEffect.into(), words));
    }
    Report { changes, notes }
}

fn of_document(judgement: Judgement, words: String) -> Change {
    Change {
        class: judgement.class,
        old: Some(Pointer::root()),
        new: Some(Pointer::root()),
        words,
        reason: judgement.reason,
    }
}
