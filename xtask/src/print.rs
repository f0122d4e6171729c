//! Standard output.

use std::io::{ErrorKind, Write};

/// Prints to standard output. A reader that has gone away (`| head`) is no failure; anything else that loses
/// the text ends the tool.
pub(crate) fn print(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let printed = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    if let Err(error) = printed
        && error.kind() != ErrorKind::BrokenPipe
    {
        eprintln!("error: standard output: cannot be written: {error}; give it more room");
        std::process::exit(2);
    }
}

/// `count` of what is called `noun`, with a plural `s` where it needs one.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
