//! `confluent-sts completions`.

use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use crate::failure::Failure;
use crate::output::print;

/// Options of `confluent-sts completions`.
#[derive(Args)]
pub(crate) struct Options {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(options: &Options, mut command: Command) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    let name = command.get_name().to_owned();
    generate(options.shell, &mut command, name, &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if options.shell == Shell::Bash {
        // clap_complete 4.6.11 writes the dash of the first name in two ways, and finds no command's options.
        script = script.replace("confluent__subcmd__sts", "confluent__sts");
    }
    print(&script)?;
    Ok(ExitCode::SUCCESS)
}
