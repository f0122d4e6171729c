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
    if text.chars().nth(longest).is_none() {
        return text.into_owned();
    }
    // The last one says that there is more.
    let kept = text.chars().take(longest.saturating_sub(1));
    kept.chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_becomes_one_line_without_jwts(
            before in any::<String>(), jwt in "eyJ[A-Za-z0-9_.-]{9,60}", after in any::<String>(), longest in 1..500_usize,
        ) {
            let text = format!("{before} {jwt} {after}");
            let shown = line_of(&text, longest);
            prop_assert!(!shown.contains(char::is_control), "{shown:?}");
            prop_assert!(shown.chars().count() <= longest);
            prop_assert!(!shown.contains(&jwt[..12]), "{shown:?}");
            prop_assert!(!shown.contains("  ") && shown.trim() == shown);
            prop_assert_eq!(line(&line(&text)), line(&text));
        }
    }
}
