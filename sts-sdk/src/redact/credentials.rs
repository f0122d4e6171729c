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

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::FileExt;

    use super::*;

    /// As long as a token that is decoded, or encoded, in memory of its own.
    const LENGTH: usize = 800;
    /// Fewer bytes than this are what another thread wrote into the freed block, not what is left of the token.
    const FEW: usize = 16;

    /// How many bytes of the only form in memory of its own are in memory before and after `credentials` are dropped.
    fn before_and_after(credentials: Credentials<'_>) -> (usize, usize) {
        let memory = File::open("/proc/self/mem").unwrap();
        let mut owned = credentials.forms.iter().filter_map(|(form, _)| match form {
            Cow::Owned(form) => Some(form),
            Cow::Borrowed(_) => None,
        });
        let address = owned.next().unwrap().as_ptr().addr();
        let address = u64::try_from(address).unwrap();
        let (mut before, mut after) = ([0; LENGTH], [0; LENGTH]);
        memory.read_exact_at(&mut before, address).unwrap();
        drop(credentials);
        memory.read_exact_at(&mut after, address).unwrap();
        let marks = |bytes: [u8; LENGTH]| bytes.into_iter().filter(|byte| *byte == b'x').count();
        let left = marks(after);
        (marks(before), if left < FEW { 0 } else { left })
    }

    #[test]
    fn copies_of_tokens_are_overwritten_when_they_are_dropped() {
        let long = "x".repeat(LENGTH);
        let form = format!("subject_token={long}%2B");
        let decoded = Credentials::of_form(form.as_bytes());
        assert_eq!(before_and_after(decoded), (LENGTH, 0));
        let text = format!("{long}+");
        let encoded = Credentials::of_texts([text.as_str()]);
        assert_eq!(before_and_after(encoded), (LENGTH, 0));
    }
}

#[cfg(test)]
mod any_text {
    use proptest::prelude::*;

    use super::*;

    /// Whether `text` holds a part of `token`, looked for in the plainest way.
    fn holds_part(text: &str, token: &str) -> bool {
        let mut parts = token.as_bytes().windows(SHORTEST_PART);
        parts.any(|part| {
            text.as_bytes()
                .windows(SHORTEST_PART)
                .any(|other| other == part)
        })
    }

    /// A token, and a text with pieces of it, whole or not, as it is or encoded, with invisible characters within or not.
    fn cases() -> impl Strategy<Value = (String, String)> {
        let token = "[ab/+=%& \u{e9}]{12,40}";
        let piece = (
            any::<proptest::sample::Index>(),
            0..30_usize,
            any::<bool>(),
            any::<bool>(),
            "[ab. ]{0,4}",
        );
        let pieces = proptest::collection::vec(piece, 0..6);
        (token, pieces).prop_map(|(token, pieces)| {
            let encoded = serde_urlencoded::to_string([("", &token)]).unwrap();
            let encoded = encoded.trim_start_matches('=').to_owned();
            let mut text = String::new();
            for (at, length, is_encoded, is_split, between) in pieces {
                let form: Vec<char> = if is_encoded { &encoded } else { &token }.chars().collect();
                let start = at.index(form.len());
                for c in &form[start..form.len().min(start + length)] {
                    text.push(*c);
                    if is_split {
                        text.push('\u{200b}');
                    }
                }
                text.push_str(&between);
            }
            (token, text)
        })
    }

    proptest! {
        #[test]
        fn no_part_is_left_and_nothing_else_is_taken((token, text) in cases()) {
            let encoded = serde_urlencoded::to_string([("subject_token", &token)]).unwrap();
            let form = format!("pool=p&{encoded}");
            let encoded = encoded.trim_start_matches("subject_token=");
            for credentials in [Credentials::of_form(form.as_bytes()), Credentials::of_texts([token.as_str()])] {
                let clean = credentials.remove_from(&text);
                for shown in [&*clean, &*visible(&clean)] {
                    prop_assert!(!holds_part(shown, &token) && !holds_part(shown, encoded));
                }
                let seen = visible(&text);
                let holds = holds_part(&text, &token) || holds_part(&text, encoded);
                let shows = holds_part(&seen, &token) || holds_part(&seen, encoded);
                prop_assert_eq!(credentials.occur_in(text.as_bytes()), holds);
                prop_assert_eq!(clean != text, holds || shows);
            }
        }

        #[test]
        fn any_form_is_read(form in proptest::collection::vec(any::<u8>(), 0..80), text in any::<String>()) {
            let form = [b"a_token=", &form[..]].concat();
            let credentials = Credentials::of_form(&form);
            let clean = credentials.remove_from(&text).into_owned();
            prop_assert!(clean == text || credentials.occur_in(text.as_bytes()) || clean.contains(PLACEHOLDER));
        }
    }
}
