//! `cargo xtask spec diff`: what a changed specification means for those who use the SDK.

use std::panic::resume_unwind;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use confluent_codegen::Diagnostic;
use confluent_codegen::compare::{self, Verdict, compare};
use confluent_codegen::openapi::{check_version, read};

use crate::print::print;
use crate::workspace::{VERSION, target};

/// What the exit code says.
const EXIT_CODES: &str = "\
Exit codes:
  0  the documents were compared
  1  the verdict is the one that --fail-on names, or a graver one
  2  the documents could not be compared";

/// Options of `cargo xtask spec diff`.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Options {
    /// OpenAPI 3.0 document as it was, YAML or JSON
    old: PathBuf,
    /// OpenAPI 3.0 document as it is, YAML or JSON
    new: PathBuf,
    /// How to write what differs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// List every change; JSON always does
    ///
    /// Otherwise, the descriptions that were reworded are counted, and so are changes of no effect where there are
    /// more than three.
    #[arg(long)]
    all: bool,
    /// Exit with 1 if the verdict is this one or a graver one
    #[arg(long, value_enum, value_name = "VERDICT")]
    fail_on: Option<FailOn>,
}

/// The verdicts, the gravest first.
#[derive(Clone, Copy, ValueEnum)]
enum FailOn {
    /// A program may no longer compile or work
    Major,
    /// Programs go on as they are; there is more that they can do
    Minor,
    /// Anything changes
    Patch,
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
    // Reading takes a part of a second for a document of some megabytes.
    let (old, new) = std::thread::scope(|scope| {
        let old = scope.spawn(|| load(&options.old));
        let new = load(&options.new);
        (old.join().unwrap_or_else(|panic| resume_unwind(panic)), new)
    });
    let (old, new) = (old?, new?);
    let name = |file: &PathBuf| file.display().to_string();
    let format = match options.format {
        Format::Text => compare::Format::Text,
        Format::Markdown => compare::Format::Markdown,
        Format::Json => compare::Format::Json,
    };
    let names = (name(&options.old), name(&options.new));
    let names = (names.0.as_str(), names.1.as_str());
    let report = compare((names.0, &old), (names.1, &new), &target())?;
    print(&report.write(format, options.all, VERSION, names));
    let least = options.fail_on.map(|verdict| match verdict {
        FailOn::Major => Verdict::Major,
        FailOn::Minor => Verdict::Minor,
        FailOn::Patch => Verdict::Patch,
    });
    let fails = least.is_some_and(|least| report.verdict() >= least);
    Ok(ExitCode::from(u8::from(fails)))
}
