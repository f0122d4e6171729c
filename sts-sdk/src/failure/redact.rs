//! Text of others in our own: one line, not too long, without tokens.

use std::borrow::Cow;

const PLACEHOLDER: &str = "[redacted]";
/// Longest text that is taken over, in characters.
const LONGEST: usize = 400;
/// Shortest part of a token that is looked for; shorter ones occur in any text.
const SHORTEST: usize = 8;

/// `text` as one line of bounded length, without control characters and without what looks like a JWT.
pub(crate) fn line(text: &str) -> String {
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    let text: String = text.chars().map(printable).collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = without_jwts(&words.join(" "));
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A JWT (RFC 7519) begins with the Base64 of `{"`, and consists of Base64 (RFC 4648, section 5) and dots.
fn without_jwts(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("eyJ") {
        let (before, token) = rest.split_at(start);
        let is_token = |c: char| c.is_ascii_alphanumeric() || "-_.=+/".contains(c);
        let end = token.find(|c| !is_token(c)).unwrap_or(token.len());
        kept.push_str(before);
        kept.push_str(if end > SHORTEST {
            PLACEHOLDER
        } else {
            &token[..end]
        });
        rest = &token[end..];
    }
    kept.push_str(rest);
    kept
}

/// The credentials that a form holds, to be recognised where a server sends them back.
pub(crate) struct Credentials(Vec<String>);

impl Credentials {
    /// Of a form-encoded body: every value, whole and in its dot-separated parts, of a field that is
    /// named a token.
    pub(crate) fn of_form(form: &[u8]) -> Self {
        let fields: Vec<(Cow<'_, str>, Cow<'_, str>)> =
            serde_urlencoded::from_bytes(form).unwrap_or_default();
        let mut parts: Vec<String> = fields
            .iter()
            .filter(|(name, _)| name.ends_with("_token"))
            .flat_map(|(_, token)| std::iter::once(&**token).chain(token.split('.')))
            .filter(|part| part.len() >= SHORTEST)
            .map(str::to_owned)
            .collect();
        // The whole token goes before its parts do.
        parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
        Self(parts)
    }

    pub(crate) fn occur_in(&self, text: &str) -> bool {
        self.0.iter().any(|part| text.contains(part))
    }

    pub(crate) fn remove_from(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, part| {
            text.replace(part, PLACEHOLDER)
        })
    }
}

impl Drop for Credentials {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}
