//! Text of documents and libraries, fit to be shown within a line.

/// Without line ends, and without control characters, which a terminal would obey.
pub(crate) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    let visible = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    line.chars().map(visible).collect()
}

/// Its first `longest` characters: texts can be whole data structures.
pub(crate) fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
