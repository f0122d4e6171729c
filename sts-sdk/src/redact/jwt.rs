//! JWTs within text.

use std::borrow::Cow;

use super::placeholder::{PLACEHOLDER, SHORTEST_PART};

/// Whether a part of `text` looks like a JWT.
pub(crate) fn holds_jwt(text: &str) -> bool {
    without_jwts(text) != text
}

/// `text` with a placeholder for whatever looks like a JWT. A JWT (RFC 7519) begins with the Base64 of `{"`, and
/// consists of Base64 (RFC 4648, section 5) and dots.
pub(super) fn without_jwts(text: &str) -> Cow<'_, str> {
    if !text.contains("eyJ") {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("eyJ") {
        let (before, token) = rest.split_at(start);
        let is_token = |c: char| c.is_ascii_alphanumeric() || "-_.=+/".contains(c);
        let end = token.find(|c| !is_token(c)).unwrap_or(token.len());
        kept.push_str(before);
        kept.push_str(if end >= SHORTEST_PART {
            PLACEHOLDER
        } else {
            &token[..end]
        });
        rest = &token[end..];
    }
    kept.push_str(rest);
    Cow::Owned(kept)
}
