//! Arguments that make no sense, in one line.

use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::failure::{ErrorFormat, Failure};
use crate::output;
use crate::shown::shown;

/// Prints what was asked for with `--help`, or says what is wrong with the arguments.
pub(crate) fn complain(error: &clap::Error, format: ErrorFormat) -> ExitCode {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        return match output::print(&error.render().to_string()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => failure.report(format),
        };
    }
    Failure::usage(one_line(error)).report(format)
}

/// What clap says before the usage, each of its lines as a part of one. An argument that is no option may be a token that
/// was given in the wrong place.
fn one_line(error: &clap::Error) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "no command was given; see confluent-sts --help".to_owned();
    }
    let text = error.render().to_string();
    let before = text.split("\nUsage:").next().unwrap_or(&text);
    let before = before
        .split("\nFor more information")
        .next()
        .unwrap_or(before);
    let parts: Vec<String> = before
        .lines()
        .map(|line| shown(line.trim().trim_start_matches("error: ")))
        .filter(|line| !line.is_empty())
        .collect();
    let line = parts.join("; ").replace(":; ", ": ");
    // It says the same of a value that is empty.
    let line = line.replace(
        "but none was supplied",
        "and there is none, or an empty one",
    );
    format!("{line}; see --help")
}
