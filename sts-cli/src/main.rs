//! `confluent-sts`: the token exchange of Confluent Cloud's Security Token Service for shells, pipelines, Terraform and
//! Kafka clients.

mod argument;
mod bounded;
mod causes;
mod cli;
mod colour;
mod completions;
mod doctor;
mod emulate;
mod ended;
mod environment;
mod exec;
mod failure;
mod header;
mod ignored;
mod inspect;
mod jwt;
mod kafka_config;
mod log;
mod man;
mod output;
mod private_file;
mod progress;
mod runtime;
mod serve;
mod settings;
mod shell;
mod shown;
mod token;
mod usage;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use cli::{Cli, Command};
use failure::{ErrorFormat, Failure};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::complain(&error, ErrorFormat::of_arguments()),
    };
    log::init(cli.global.verbose, matches!(cli.command, Command::Serve(_)));
    match run(&cli.command) {
        Ok(code) => code,
        Err(failure) => failure.report(cli.global.error_format),
    }
}

fn run(command: &Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Token(options) => token::run(options),
        Command::Exec(options) => exec::run(options),
        Command::Serve(options) => serve::run(options),
        Command::Header(options) => header::run(options),
        Command::KafkaConfig(options) => kafka_config::run(options),
        Command::Inspect(options) => inspect::run(options),
        Command::Doctor(options) => doctor::run(options),
        Command::Emulate(options) => emulate::run(options),
        Command::Completions(options) => completions::run(options, Cli::command()),
        Command::Man(options) => man::run(options, Cli::command()),
    }
}
