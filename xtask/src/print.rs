//! Standard output.

use std::io::{ErrorKind, Write};

use confluent_codegen::adapt::Note;

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

/// What adaptations left out or chose, line by line: each text once, followed by the places that it is about.
pub(crate) fn notes(notes: &[Note], indent: &str) -> String {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for note in notes {
        let text = note.text.as_str();
        match groups.iter_mut().find(|(other, _)| *other == text) {
            Some((_, places)) => places.push(note.at.as_str()),
            None => groups.push((text, vec![note.at.as_str()])),
        }
    }
    let mut lines = Vec::new();
    for (text, places) in groups {
        if let [place] = places.as_slice() {
            lines.push(format!("{indent}{place}: {text}\n"));
        } else {
            lines.push(format!("{indent}{text}\n"));
            lines.extend(places.iter().map(|place| format!("{indent}  {place}\n")));
        }
    }
    lines.concat()
}
