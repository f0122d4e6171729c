//! `cargo xtask spec`: what a maintainer asks of a specification.

mod diff;
mod import;
mod lint;

use std::process::ExitCode;

use clap::Subcommand;
use confluent_codegen::Diagnostic;

/// Work on the specification itself.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Replace the fragment by what a published document says.
    Import(import::Options),
    /// Compare two documents as contracts, and say what the change means for users of the SDK.
    Diff(diff::Options),
    /// Say whether the fragment can be generated from, and which adaptations would apply.
    Lint(lint::Options),
}

pub(crate) fn run(command: &Command) -> Result<ExitCode, Diagnostic> {
    match command {
        Command::Import(options) => import::run(options),
        Command::Diff(options) => diff::run(options),
        Command::Lint(options) => lint::run(options),
    }
}
