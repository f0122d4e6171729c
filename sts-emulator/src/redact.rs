//! What may be shown of text that a client sent.

/// The most characters of foreign text that are shown.
const SHOWN: usize = 100;

pub(crate) const REDACTED: &str = "[redacted]";

/// `text` as one line; `[redacted]` if it may hold a token, which it may if it is long or has the beginning of a JWT.
pub(crate) fn shown(text: &str) -> String {
    if text.contains("eyJ") || text.chars().nth(SHOWN).is_some() {
        return REDACTED.to_owned();
    }
    let printable = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().map(printable).collect()
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn what_looks_like_a_token_is_not_shown() {
        assert_eq!(shown("pool-abc"), "pool-abc");
        assert_eq!(shown("a\nb\u{7}"), "a\u{fffd}b\u{fffd}");
        assert_eq!(shown("a eyJhbGciOi.e30."), "[redacted]");
        assert_eq!(shown(&"x".repeat(101)), "[redacted]");
        assert_eq!(shown(&"ä".repeat(100)), "ä".repeat(100));
    }
}
