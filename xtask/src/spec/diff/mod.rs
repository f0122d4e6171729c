//! `cargo xtask spec diff`: what a changed specification means for those who use the SDK.
//!
//! The rules know what the adaptations and the generator make of a document: that errors have one type
//! whatever their status, that what is received is not held to limits, that the setter of an optional
//! property takes an `Option`. `sts-sdk-tests/changes/` holds each of them against the compiler.

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
mod schemas;
mod security;
mod subject;
mod surface;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use crate::document::{Document, Pointer, check_version, read};
use crate::fault::Fault;
use crate::output::print;
pub(crate) use change::Verdict;
use change::{Change, Class};
use contract::Contract;
use report::Format;
pub(crate) use report::Report;
use surface::Incomparable;

/// Options of `cargo xtask spec diff`.
#[derive(Args)]
pub(crate) struct Options {
    /// OpenAPI 3.0 document as it was, YAML or JSON
    old: PathBuf,
    /// OpenAPI 3.0 document as it is, YAML or JSON
    new: PathBuf,
    /// How to write what differs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Fault> {
    let load = |file: &PathBuf| -> Result<Value, Fault> {
        let Document { root, .. } = read(file)?;
        check_version(&root).map_err(|fault| fault.within(&file.display().to_string()))?;
        Ok(root)
    };
    let (old, new) = (load(&options.old)?, load(&options.new)?);
    let name = |file: &PathBuf| file.display().to_string();
    let report = compare(&old, &new)?;
    print(&report.write(options.format, &name(&options.old), &name(&options.new)));
    Ok(ExitCode::SUCCESS)
}

/// Compares two documents as contracts.
pub(crate) fn compare(old: &Value, new: &Value) -> Result<Report, Fault> {
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
    match surface::compare(old, new) {
        Ok(difference) => {
            add(report, Class::Breaking, "loses", &difference.lost);
            add(report, Class::Breaking, "asks for", &difference.asked);
            add(report, Class::Compatible, "gains", &difference.gained);
        }
        Err(Incomparable::Old(fault)) => {
            let note = format!("the generated code is not compared: old document: {fault}");
            report.notes.push(note);
        }
        Err(Incomparable::New(fault)) => {
            let words = format!("can no longer be generated from: {fault}");
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
