//! `cargo xtask spec`: what a keeper asks of a specification.

mod lint;

use std::process::ExitCode;

use clap::Subcommand;

use crate::fault::Fault;

/// Work on the specification itself.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Say whether the fragment can be generated from, and which adaptations would apply.
    Lint(lint::Options),
}

pub(crate) fn run(command: &Command) -> Result<ExitCode, Fault> {
    match command {
        Command::Lint(options) => lint::run(options),
    }
}
