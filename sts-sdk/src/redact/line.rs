//! Text of others as one line of bounded length.

use super::invisible::visible;
use super::jwt::without_jwts;

/// Longest text that is kept, in characters.
const LONGEST: usize = 400;

/// `text` as one line of bounded length, without invisible characters and without what looks like a JWT.
pub(crate) fn line(text: &str) -> String {
    line_of(text, LONGEST)
}

/// The same with at most `longest` characters.
pub(crate) fn line_of(text: &str, longest: usize) -> String {
    let shown: String = visible(text)
        .chars()
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
