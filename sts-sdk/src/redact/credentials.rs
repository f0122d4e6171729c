//! Credentials of a request, found where a server sends them back.

use std::borrow::Cow;
use std::collections::HashSet;

use memchr::memmem;
use serde_json::Value;
use zeroize::Zeroize;

use super::invisible::visible;
use super::jwt::without_jwts;
use super::ngrams::Ngrams;
use super::placeholder::{PLACEHOLDER, SHORTEST_PART};

/// Shortest token that is looked for as a whole, in bytes; shorter ones occur in any text.
const SHORTEST: usize = 6;

/// The credentials of a request.
pub(crate) struct Credentials<'a> {
    /// Each as it was given, and as the form encodes it.
    forms: Vec<(Cow<'a, [u8]>, Ngrams)>,
}

impl<'a> Credentials<'a> {
    /// Those of a form-encoded body: the values of the fields whose names end in `_token`.
    pub(crate) fn of_form(form: &'a [u8]) -> Self {
        let mut forms = Vec::new();
        let mut keep = |token: Cow<'a, [u8]>| {
            let ngrams = Ngrams::of(&token);
            forms.push((token, ngrams));
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

    /// Those given.
    pub(crate) fn of_texts(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut forms = Vec::new();
        for text in texts.into_iter().filter(|text| text.len() >= SHORTEST) {
            let encoded = serde_urlencoded::to_string([("", text)]).unwrap_or_default();
            let encoded = encoded.trim_start_matches('=');
            if encoded != text {
                let encoded = encoded.as_bytes().to_vec();
                forms.push((Ngrams::of(&encoded), Cow::Owned(encoded)));
            }
            forms.push((Ngrams::of(text.as_bytes()), Cow::Borrowed(text.as_bytes())));
        }
        let forms = forms.into_iter().map(|(ngrams, form)| (form, ngrams));
        Self {
            forms: forms.collect(),
        }
    }

    /// Whether `text` holds one of them, or a part of one.
    pub(crate) fn occur_in(&self, text: &[u8]) -> bool {
        self.forms
            .iter()
            .any(|(token, ngrams)| occurs_in(token, ngrams, text))
    }

    /// `text` without them, and without what looks like a JWT.
    pub(crate) fn remove_from<'t>(&self, text: &'t str) -> Cow<'t, str> {
        // Invisible characters are taken out of what is printed, which would put a credential together again.
        let seen = visible(text);
        if matches!(seen, Cow::Owned(_)) {
            let clean = self.remove_from_seen(&seen);
            if clean != seen {
                return Cow::Owned(clean.into_owned());
            }
        }
        self.remove_from_seen(text)
    }

    fn remove_from_seen<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !self.occur_in(text.as_bytes()) {
            return without_jwts(text);
        }
        let shown = text.as_bytes();
        let mut covered = vec![false; shown.len()];
        for (token, _) in &self.forms {
            let parts = parts(token);
            for (start, part) in shown.windows(SHORTEST_PART).enumerate() {
                if parts.contains(part) {
                    covered[start..start + SHORTEST_PART].fill(true);
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

/// Whether `text` holds `token` or a part of it.
fn occurs_in(token: &[u8], ngrams: &Ngrams, text: &[u8]) -> bool {
    if token.len() < SHORTEST_PART {
        return token.len() >= SHORTEST && memmem::find(text, token).is_some();
    }
    let mut windows = text.windows(SHORTEST_PART);
    if text.len() > token.len() {
        let parts = parts(token);
        return windows.any(|part| parts.contains(part));
    }
    ngrams.may_occur_in(text, token) && windows.any(|part| memmem::find(token, part).is_some())
}

fn parts(token: &[u8]) -> HashSet<&[u8]> {
    token.windows(SHORTEST_PART).collect()
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
