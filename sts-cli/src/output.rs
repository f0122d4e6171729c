//! Standard output and standard error.

use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};
use std::path::Path;

use crate::colour::{YELLOW, label};
use crate::failure::Failure;
use crate::private_file;
use crate::shown::shown;

/// Prints to standard output. A reader that has gone away (`| head`) is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::local(format!(
            "standard output cannot be written: {error}; give it more room"
        ))),
        _ => Ok(()),
    }
}

/// Prints `text`, which has `what`, a credential; or writes it to `file`, which only the user may read.
pub(crate) fn deliver(text: &str, file: Option<&Path>, what: &str) -> Result<(), Failure> {
    let Some(file) = file else {
        warn_of_credential(what);
        return print(text);
    };
    private_file::write(file, text).map(drop).map_err(|error| {
        let file = shown(&file.display().to_string());
        Failure::local(format!(
            "{file} cannot be written: {error}; choose another place for --write, or leave it out for standard output"
        ))
    })
}

/// Says on standard error that what follows is a credential, where a person would see it.
fn warn_of_credential(what: &str) {
    if stdout().is_terminal() {
        warn(&format!(
            "{what} is a credential and stays on the screen; prefer a pipe, or a command substitution"
        ));
    }
}

/// A line on standard error that is no error.
pub(crate) fn warn(text: &str) {
    let label = label("warning:", YELLOW);
    writeln!(stderr(), "{label} {text}").ok();
}
