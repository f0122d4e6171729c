//! `cargo xtask spec lint`: whether a fragment can be generated from.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::adapt::{Applied, adapt};
use crate::document::{Document, check, operations, read};
use crate::fault::Fault;
use crate::generate::generate;
use crate::output::print;
use crate::workspace::{FRAGMENT, in_workspace};

/// Most places that are listed of one adaptation.
const LISTED: usize = 20;

/// Options of `cargo xtask spec lint`.
#[derive(Args)]
pub(crate) struct Options {
    /// OpenAPI 3.0 document to look at, YAML or JSON [default: openapi/sts-v1.yaml]
    file: Option<PathBuf>,
}

/// Does everything that `codegen` does but write.
pub(crate) fn run(options: &Options) -> Result<ExitCode, Fault> {
    let file = options
        .file
        .clone()
        .unwrap_or_else(|| in_workspace(FRAGMENT));
    let Document { mut root, .. } = read(&file)?;
    let within_file = |fault: Fault| fault.within(&file.display().to_string());
    check(&root).map_err(within_file)?;
    let count = operations(&root).len();
    let applied = adapt(&mut root).map_err(within_file)?;
    generate(&root).map_err(within_file)?;

    let noun = if count == 1 {
        "operation"
    } else {
        "operations"
    };
    print(&format!(
        "{} can be generated from: {count} {noun}\n{}",
        file.display(),
        report(&applied)
    ));
    Ok(ExitCode::SUCCESS)
}

fn report(applied: &[Applied]) -> String {
    let mut text = String::new();
    for Applied { name, why, places } in applied {
        // Writing to a string does not fail.
        let _ = writeln!(text, "\n{name}: {why}");
        for at in places.iter().take(LISTED) {
            let _ = writeln!(text, "  {}", at.as_str());
        }
        if let Some(more @ 1..) = places.len().checked_sub(LISTED) {
            let _ = writeln!(text, "  and {more} more");
        }
    }
    text
}
