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

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::generate::{Target, rust_api, rust_api_without_bisect};
use crate::openapi::Pointer;
use crate::pipeline::{Adapted, adapted};
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
    let before = Generated::of(old, |adapted| rust_api_without_bisect(adapted, target));
    let after = Generated::of(new, |adapted| rust_api(adapted, target));
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
        effects::apply(&mut record, &before.side(old)?, &after.side(new)?);
    }
    Ok(report(record, before.err(), after.err()))
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
    fn of(
        document: &Value,
        generate: impl Fn(&Value) -> Result<syn::File, Diagnostic>,
    ) -> Result<Self, Diagnostic> {
        let Adapted { root, .. } = adapted(document)?;
        let api = RustApi::of(&generate(&root)?);
        Ok(Self { adapted: root, api })
    }

    fn side<'a>(&'a self, original: &'a Value) -> Result<effects::Side<'a>, Diagnostic> {
        Ok(effects::Side {
            api: &self.api,
            places: Places::new(original, &self.adapted, &self.api)?,
        })
    }
}

fn report(record: Record, old: Option<Diagnostic>, new: Option<Diagnostic>) -> Report {
    let mut changes = record.into_changes();
    let mut notes = Vec::new();
    if let Some(diagnostic) = old {
        notes.push(format!(
            "the generated code is not compared: old document: {diagnostic}"
        ));
    }
    if let Some(diagnostic) = new {
        let words = format!("can no longer be generated from: {diagnostic}");
        let reason = "there is no code any more";
        changes.insert(0, of_document(Judgement::breaking(reason), words));
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
