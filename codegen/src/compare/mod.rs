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
use crate::openapi::Pointer;
use crate::pipeline::{Adapted, adapted, generate};
use places::Places;
use record::{Judgement, Record};
use rust_api::RustApi;
use walk::{Side, Walk};

pub use change::{Change, Class, Verdict};
pub use report::{Format, Report};

/// Compares two documents as contracts of `target`.
///
/// # Errors
///
/// One of them is broken where it would have to be followed.
pub fn compare(old: &Value, new: &Value, target: &Target) -> Result<Report, Diagnostic> {
    if old == new {
        return Ok(Report {
            changes: Vec::new(),
            notes: Vec::new(),
        });
    }
    // Each takes a second for a document of some megabytes.
    let (before, after) = std::thread::scope(|scope| {
        let before = scope.spawn(|| Generated::of(old, target));
        let after = Generated::of(new, target);
        (
            before.join().unwrap_or_else(|panic| resume_unwind(panic)),
            after,
        )
    });
    let left = if before.is_ok() && after.is_ok() {
        Class::NoEffect.into()
    } else {
        Judgement::breaking("no code could be generated that tells what programs notice")
    };
    let mut walk = Walk::new(side(old, &before), side(new, &after), left);
    document::compare(&mut walk, &target.constructors);
    operations::compare(&mut walk)?;
    let mut record = walk.record;
    if let (Ok(before), Ok(after)) = (&before, &after) {
        let effects = effects::effects(&before.api, &after.api);
        if !effects.is_empty() {
            let places = (before.places(old)?, after.places(new)?);
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

fn side<'a>(root: &'a Value, generated: &'a Result<Generated, Diagnostic>) -> Side<'a> {
    let adapted = generated.as_ref().ok();
    let adapted = adapted.map(|generated| &generated.adapted);
    Side { root, adapted }
}

/// What becomes of a document.
struct Generated {
    adapted: Value,
    api: RustApi,
}

impl Generated {
    fn of(document: &Value, target: &Target) -> Result<Self, Diagnostic> {
        let Adapted { root, .. } = adapted(document)?;
        let api = RustApi::of(&rust_api(&root, target)?);
        Ok(Self { adapted: root, api })
    }

    fn places<'a>(&'a self, original: &'a Value) -> Result<Places<'a>, Diagnostic> {
        Places::new(original, &self.adapted, &self.api)
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
        let words = "differs only in order, or in what no operation refers to".to_owned();
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
