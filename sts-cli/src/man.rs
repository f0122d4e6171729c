//! `confluent-sts man`.

use std::process::ExitCode;

use clap::{Args, Command};
use clap_mangen::Man;

use crate::failure::Failure;
use crate::output::print;
use crate::shown::shown;

/// Options of `confluent-sts man`.
#[derive(Args)]
pub(crate) struct Options {
    /// The command whose page it is; that of all commands unless told
    command: Option<String>,
}

pub(crate) fn run(options: &Options, mut command: Command) -> Result<ExitCode, Failure> {
    command.build();
    let page = match &options.command {
        None => command,
        Some(name) => {
            let found = command.find_subcommand(name).cloned();
            let found = found.ok_or_else(|| {
                Failure::usage(format!(
                    "there is no command {:?}; see confluent-sts --help",
                    shown(name)
                ))
            })?;
            found.name(format!("confluent-sts-{name}"))
        }
    };
    let mut text = Vec::new();
    let written = Man::new(page).render(&mut text);
    written.map_err(|error| Failure::local(format!("the page cannot be made: {error}")))?;
    print(&String::from_utf8_lossy(&text))?;
    Ok(ExitCode::SUCCESS)
}
