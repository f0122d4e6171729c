//! `cargo xtask spec`: looking after the fragment.

mod import;

use std::process::ExitCode;

use clap::Subcommand;

use crate::fault::Fault;

/// What can be done with the fragment.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Replace the fragment by what a published document says.
    Import(import::Options),
}

pub(crate) fn run(command: &Command) -> Result<ExitCode, Fault> {
    match command {
        Command::Import(options) => import::run(options),
    }
}
