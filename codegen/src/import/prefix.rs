//! Which paths an import takes.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt;

use crate::diagnostic::Diagnostic;

/// Most prefixes that an error names.
const NAMED: usize = 3;

/// A path that others lie below, without the slash at its end.
#[derive(Clone, Debug)]
pub struct Prefix(String);

impl Prefix {
    /// A prefix such as `/sts/v1`.
    ///
    /// # Errors
    ///
    /// `text` does not begin with a slash.
    pub fn new(text: &str) -> Result<Self, Diagnostic> {
        if !text.starts_with('/') {
            return Err(Diagnostic::new(
                "",
                format!("{text:?} does not begin with a slash"),
                "write it like /sts/v1",
            ));
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }

    /// Whether `path` is the prefix or lies below it, by whole segments.
    pub(super) fn covers(&self, path: &str) -> bool {
        path.strip_prefix(&self.0)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The prefixes of `paths` that are as long as this one, those that are most like it.
    pub(super) fn nearest<'a>(&self, paths: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
        let length = self.0.split('/').count().max(2);
        let prefixes: BTreeSet<&str> = paths.map(|path| start(path, length)).collect();
        let mut prefixes: Vec<&str> = prefixes.into_iter().collect();
        prefixes.sort_by_key(|prefix| Reverse(likeness(&self.0, prefix)));
        prefixes.truncate(NAMED);
        prefixes
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = if self.0.is_empty() { "/" } else { &self.0 };
        f.write_str(text)
    }
}

/// The first `length` parts of `path`; the one before the first slash is empty and counts.
fn start(path: &str, length: usize) -> &str {
    match path.match_indices('/').nth(length - 1) {
        Some((end, _)) => &path[..end],
        None => path,
    }
}

/// How many segments, and how many characters after them, two paths have in common.
fn likeness(one: &str, other: &str) -> (usize, usize) {
    let pairs = one.split('/').zip(other.split('/'));
    let segments = pairs.take_while(|(one, other)| one == other).count();
    let pairs = one.chars().zip(other.chars());
    let characters = pairs.take_while(|(one, other)| one == other).count();
    (segments, characters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_covers_whole_segments() {
        for text in ["/sts/v1", "/sts/v1/"] {
            let prefix = Prefix::new(text).unwrap();
            assert_eq!(prefix.to_string(), "/sts/v1");
            assert!(prefix.covers("/sts/v1"));
            assert!(prefix.covers("/sts/v1/"));
            assert!(prefix.covers("/sts/v1/oauth2/token"));
            assert!(!prefix.covers("/sts/v10/x"));
            assert!(!prefix.covers("/sts"));
            assert!(!prefix.covers("x-sts/v1"));
        }
        let all = Prefix::new("/").unwrap();
        assert_eq!(all.to_string(), "/");
        assert!(all.covers("/a") && !all.covers("x-a"));
    }

    #[test]
    fn a_prefix_begins_with_a_slash() {
        for text in ["", "sts/v1", "https://api.confluent.cloud/sts/v1"] {
            let diagnostic = Prefix::new(text).err().unwrap().to_string();
            assert!(
                diagnostic.contains("does not begin with a slash; write it like"),
                "{diagnostic}"
            );
        }
    }

    #[test]
    fn the_nearest_prefixes_are_of_the_same_length() {
        let paths = [
            "/iam/v2/keys",
            "/srcm/v3/a/b",
            "/sts/v2/a",
            "/sts/v2/b",
            "/stx/v1/a",
            "/b",
        ];
        let nearest = Prefix::new("/sts/v1").unwrap().nearest(paths.into_iter());
        assert_eq!(nearest, ["/sts/v2", "/stx/v1", "/srcm/v3"]);
    }
}
