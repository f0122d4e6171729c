//! Text of others as one line of bounded length.

use super::jwt::without_jwts;

/// Longest text that is kept, in characters.
const LONGEST: usize = 400;

/// `text` as one line of bounded length, without invisible characters and without what looks like a JWT.
pub(crate) fn line(text: &str) -> String {
    line_of(text, LONGEST)
}

/// The same with at most `longest` characters.
pub(crate) fn line_of(text: &str, longest: usize) -> String {
    let shown: String = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let words: Vec<&str> = shown.split_whitespace().collect();
    let words = words.join(" ");
    let text = without_jwts(&words);
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

/// Whether `c` changes the direction of text or has no width.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
