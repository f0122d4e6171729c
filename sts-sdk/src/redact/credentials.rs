//! Text of others in our own: one line, not too long, without tokens.

use std::borrow::Cow;
use std::collections::HashSet;

use memchr::memmem;
use serde_json::Value;
use zeroize::Zeroize;

use super::ngrams::Samples;

const PLACEHOLDER: &str = "[redacted]";
/// Longest text that is taken over, in characters.
const LONGEST: usize = 400;
/// Shortest run of a token that gives it away, in bytes: servers quote beginnings of tokens.
pub(super) const RUN: usize = 12;
/// Shortest token that is looked for as a whole, in bytes; shorter ones occur in any text.
const SHORTEST: usize = 6;

/// `text` as one line of bounded length, without characters that do not show and without what looks like a
/// JWT.
pub(crate) fn line(text: &str) -> String {
    let shown: String = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let words: Vec<&str> = shown.split_whitespace().collect();
    let words = words.join(" ");
    let text = without_jwts(&words);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

/// What turns the direction of text or has no width.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A JWT (RFC 7519) begins with the Base64 of `{"`, and consists of Base64 (RFC 4648, section 5) and dots.
fn without_jwts(text: &str) -> Cow<'_, str> {
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
        kept.push_str(if end >= RUN {
            PLACEHOLDER
        } else {
            &token[..end]
        });
        rest = &token[end..];
    }
    kept.push_str(rest);
    Cow::Owned(kept)
}

/// The credentials that a request held, to be recognised where a server sends them back.
pub(crate) struct Credentials<'a> {
    /// As they were given, and as the form encodes them.
    forms: Vec<(Cow<'a, [u8]>, Samples)>,
}

impl<'a> Credentials<'a> {
    /// Of a form-encoded body: the value of every field that is named a token.
    pub(crate) fn of_form(form: &'a [u8]) -> Self {
        let mut forms = Vec::new();
        let mut keep = |token: Cow<'a, [u8]>| {
            let samples = Samples::of(&token);
            forms.push((token, samples));
        };
        let mut start = 0;
        for end in memchr::memchr_iter(b'&', form).chain([form.len()]) {
            let field = &form[start..end];
            start = end + 1;
            let Some(equals) = memchr::memchr(b'=', field) else {
                continue;
            };
            let (name, encoded) = (&field[..equals], &field[equals + 1..]);
            if !name.ends_with(b"_token") || encoded.len() < SHORTEST {
                continue;
            }
            if memchr::memchr2(b'%', b'+', encoded).is_some() {
                let pairs = serde_urlencoded::from_bytes::<Vec<(String, String)>>(field);
                for (_, value) in pairs.unwrap_or_default() {
                    keep(Cow::Owned(value.into_bytes()));
                }
            }
            keep(Cow::Borrowed(encoded));
        }
        Self { forms }
    }

    /// Whether `text` shows one of them, or a part of one.
    pub(crate) fn occur_in(&self, text: &[u8]) -> bool {
        self.forms
            .iter()
            .any(|(token, samples)| is_shown(token, samples, text))
    }

    /// `text` without them, and without what looks like a JWT.
    pub(crate) fn remove_from<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !self.occur_in(text.as_bytes()) {
            return without_jwts(text);
        }
        let shown = text.as_bytes();
        let mut covered = vec![false; shown.len()];
        for (token, _) in &self.forms {
            let runs = runs(token);
            for (start, run) in shown.windows(RUN).enumerate() {
                if runs.contains(run) {
                    covered[start..start + RUN].fill(true);
                }
            }
            if token.len() >= SHORTEST {
                for start in memmem::find_iter(shown, token) {
                    covered[start..start + token.len()].fill(true);
                }
            }
        }
        let mut kept = String::with_capacity(text.len());
        let mut hidden = false;
        for (start, c) in text.char_indices() {
            let hide = covered[start..start + c.len_utf8()].contains(&true);
            if !hide {
                kept.push(c);
            } else if !hidden {
                kept.push_str(PLACEHOLDER);
            }
            hidden = hide;
        }
        Cow::Owned(without_jwts(&kept).into_owned())
    }

    /// Removes them from every text within `value`; whether that changed anything.
    pub(crate) fn remove_from_json(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => {
                let clean = self.remove_from(text);
                let changed = clean != text.as_str();
                if changed {
                    *text = clean.into_owned();
                }
                changed
            }
            Value::Array(items) => items
                .iter_mut()
                .fold(false, |changed, item| self.remove_from_json(item) | changed),
            Value::Object(entries) => entries.iter_mut().fold(false, |changed, (_, item)| {
                self.remove_from_json(item) | changed
            }),
            _ => false,
        }
    }
}

/// Whether `text` holds `token` or a run of it.
fn is_shown(token: &[u8], samples: &Samples, text: &[u8]) -> bool {
    if token.len() < RUN {
        return token.len() >= SHORTEST && memmem::find(text, token).is_some();
    }
    let mut windows = text.windows(RUN);
    if text.len() > token.len() {
        let runs = runs(token);
        return windows.any(|run| runs.contains(run));
    }
    samples.may_occur_in(text, token) && windows.any(|run| memmem::find(token, run).is_some())
}

fn runs(token: &[u8]) -> HashSet<&[u8]> {
    token.windows(RUN).collect()
}

impl Drop for Credentials<'_> {
    fn drop(&mut self) {
        for (form, _) in &mut self.forms {
            if let Cow::Owned(form) = form {
                form.zeroize();
            }
        }
    }
}
