//! `cargo xtask spec diff`: what a changed specification means for those who use the SDK.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use confluent_codegen::Diagnostic;
use confluent_codegen::compare::{self, compare};
use confluent_codegen::openapi::{check_version, read};

use crate::print::print;
use crate::workspace::{VERSION, target};

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

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// For a pull request or a changelog
    Markdown,
    /// For programs
    Json,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Diagnostic> {
    let load = |file: &PathBuf| {
        let root = read(file)?.root;
        check_version(&root)
            .map_err(|diagnostic| diagnostic.within(&file.display().to_string()))?;
        Ok(root)
    };
    let (old, new) = (load(&options.old)?, load(&options.new)?);
    let name = |file: &PathBuf| file.display().to_string();
    let format = match options.format {
        Format::Text => compare::Format::Text,
        Format::Markdown => compare::Format::Markdown,
        Format::Json => compare::Format::Json,
    };
    let report = compare(&old, &new, &target())?;
    print(&report.write(format, VERSION, &name(&options.old), &name(&options.new)));
    Ok(ExitCode::SUCCESS)
}
