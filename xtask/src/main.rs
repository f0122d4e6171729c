//! The keeper's tools of `sts-sdk`: `cargo xtask codegen` regenerates the crate from the fragment.

mod adapt;
mod codegen;
mod document;
mod fault;
mod generate;
mod json_schema;
mod output;
mod provenance;
mod spec;
mod workspace;
mod yaml;

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
    /// Regenerate sts-sdk/src/generated.rs from the fragment.
    Codegen(codegen::Options),
    /// Look after the fragment in openapi/.
    #[command(subcommand)]
    Spec(spec::Command),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Codegen(options) => codegen::run(&options),
        Command::Spec(command) => spec::run(&command),
    };
    match outcome {
        Ok(status) => status,
        Err(fault) => {
            eprintln!("error: {fault}");
            ExitCode::from(2)
        }
    }
}
