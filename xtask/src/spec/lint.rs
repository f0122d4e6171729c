//! `cargo xtask spec lint`: whether a fragment can be generated from.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use confluent_codegen::Diagnostic;
use confluent_codegen::adapt::Applied;
use confluent_codegen::openapi::{operations, read};
use confluent_codegen::pipeline::{diagnostics, generate};

use crate::print::{counted, notes, print};
use crate::workspace::{FRAGMENT, in_workspace, target};

/// Most places that are listed of one adaptation.
const LISTED: usize = 20;

/// Options of `cargo xtask spec lint`.
#[derive(Args)]
pub(crate) struct Options {
    /// OpenAPI 3.0 document to look at, YAML or JSON [default: openapi/sts-v1.yaml]
    file: Option<PathBuf>,
}

/// Does everything that `codegen` does but write, and lists everything that is in the way.
pub(crate) fn run(options: &Options) -> Result<ExitCode, Diagnostic> {
    let file = options
        .file
        .clone()
        .unwrap_or_else(|| in_workspace(FRAGMENT));
    let root = read(&file)?.root;
    let target = target();
    let Ok(generated) = generate(&root, &target) else {
        let name = file.display().to_string();
        for diagnostic in diagnostics(&root, &target) {
            eprintln!("error: {}", diagnostic.within(&name));
        }
        return Ok(ExitCode::from(2));
    };
    print(&format!(
        "{} can be generated from: {}\n{}",
        file.display(),
        counted(operations(&root).len(), "operation"),
        report(&generated.applied)
    ));
    Ok(ExitCode::SUCCESS)
}

fn report(applied: &[Applied]) -> String {
    let mut text = String::new();
    for Applied {
        name,
        why,
        places,
        notes: told,
        ..
    } in applied
    {
        // Writing to a string does not fail.
        let _ = writeln!(text, "\n{name}: {why}");
        if !told.is_empty() {
            let _ = write!(text, "{}", notes(told, "  "));
            continue;
        }
        for at in places.iter().take(LISTED) {
            let _ = writeln!(text, "  {}", at.as_str());
        }
        if let Some(more @ 1..) = places.len().checked_sub(LISTED) {
            let _ = writeln!(text, "  and {more} more");
        }
    }
    text
}
