//! Standard output and standard error.

use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};

use crate::failure::Failure;

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

/// Says on standard error that what follows is a credential, where a person would see it.
pub(crate) fn warn_of_credential(what: &str) {
    if stdout().is_terminal() {
        warn(&format!(
            "{what} is a credential and stays on the screen; prefer a pipe, or a command substitution"
        ));
    }
}

/// A line on standard error that is no error.
pub(crate) fn warn(text: &str) {
    writeln!(stderr(), "warning: {text}").ok();
}
