//! What a changed document means for those who use the SDK that is generated from it.
//!
//! The rules know what the adaptations and the generator make of a document: that errors have one type
//! whatever their status, that what is received is not held to limits, that the setter of an optional
//! property takes an `Option`. `codegen/tests/changes/` holds each of them against the compiler.

mod change;
mod content;
mod contract;
mod document;
mod drifted;
mod limits;
mod operations;
mod property;
mod report;
mod responses;
mod rust_api;
mod schemas;
mod security;
mod subject;

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::openapi::Pointer;
use contract::Contract;
use rust_api::Incomparable;

pub use change::{Change, Class, Verdict};
pub use report::{Format, Report};

/// Compares two documents as contracts.
///
/// # Errors
///
/// One of them is broken where it would have to be followed.
pub fn compare(old: &Value, new: &Value) -> Result<Report, Diagnostic> {
    if old == new {
        return Ok(Report {
            changes: Vec::new(),
            notes: Vec::new(),
        });
    }
    let mut contract = Contract::new(old, new)?;
    document::compare(&mut contract);
    drifted::compare(&mut contract)?;
    operations::compare(&mut contract)?;
    schemas::compare(&mut contract)?;
    let mut report = Report {
        changes: contract.into_changes(),
        notes: Vec::new(),
    };
    confirm(&mut report, old, new);
    Ok(report)
}

/// Holds what the rules say against the code that is generated.
fn confirm(report: &mut Report, old: &Value, new: &Value) {
    match rust_api::compare(old, new) {
        Ok(difference) => {
            add(report, Class::Breaking, "loses", &difference.lost);
            add(report, Class::Breaking, "asks for", &difference.asked);
            add(report, Class::Compatible, "gains", &difference.gained);
        }
        Err(Incomparable::Old(diagnostic)) => {
            let note = format!("the generated code is not compared: old document: {diagnostic}");
            report.notes.push(note);
        }
        Err(Incomparable::New(diagnostic)) => {
            let words = format!("can no longer be generated from: {diagnostic}");
            report
                .changes
                .insert(0, of_document(Class::Breaking, words));
        }
    }
    if report.changes.is_empty() {
        let words = "differs only in order, or in what no operation refers to".to_owned();
        report.changes.push(of_document(Class::NoEffect, words));
    }
}

/// Adds what the generated code does with `names`, unless what is found already weighs as much.
fn add(report: &mut Report, class: Class, verb: &str, names: &[String]) {
    let heaviest = report.changes.iter().map(|change| change.class).max();
    if !names.is_empty() && heaviest < Some(class) {
        let words = format!("the generated code {verb} {}", names.join(", "));
        report.changes.insert(0, of_document(class, words));
    }
}

fn of_document(class: Class, words: String) -> Change {
    Change {
        class,
        old: Some(Pointer::root()),
        new: Some(Pointer::root()),
        words,
    }
}
