//! The maintainers' tools of `sts-sdk`: `cargo xtask codegen` regenerates the crate from the fragment,
//! `cargo xtask spec` works on the fragment itself, `cargo xtask mutants` tests the tests.

mod baseline;
mod codegen;
mod mutants;
mod print;
mod spec;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Keeps sts-sdk in step with the specification in openapi/.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Regenerate sts-sdk/src/generated.rs and sts-sdk-org/src/generated.rs from their fragments.
    Codegen(codegen::Options),
    /// Break the code in ways drawn at random, and see whether tests fail.
    Mutants(mutants::Options),
    /// Work on the specification itself.
    #[command(subcommand)]
    Spec(spec::Command),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Codegen(options) => codegen::run(&options),
        Command::Mutants(options) => mutants::run(&options),
        Command::Spec(command) => spec::run(&command),
    };
    match outcome {
        Ok(status) => status,
        Err(diagnostic) => {
            eprintln!("error: {diagnostic}");
            ExitCode::from(2)
        }
    }
}
