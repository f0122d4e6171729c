//! What is wrong with a document or a file, in one line.

use std::fmt;

use crate::text::{one_line, shortened};

/// Longest text that is shown of what failed, in characters.
const LONGEST: usize = 300;

/// What failed, where, and what to do next. Displayed as one line, whatever the parts contain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    place: String,
    what: String,
    advice: String,
}

impl Diagnostic {
    /// At `place`, a place in a document or a file: `what` is wrong, and what to do about it.
    pub fn new(
        place: impl Into<String>,
        what: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            place: place.into(),
            what: what.into(),
            advice: advice.into(),
        }
    }

    /// Puts `outer` (a file's name) before the place.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        self.place = match self.place.as_str() {
            "" => outer.to_owned(),
            inner => format!("{outer}: {inner}"),
        };
        self
    }

    /// Names the place in the document as it was given, where what is now below `to` was below `from`.
    pub(crate) fn moved(mut self, from: &str, to: &str) -> Self {
        if let Some(below) = self.place.strip_prefix(to)
            && (below.is_empty() || below.starts_with('/'))
        {
            self.place = format!("{from}{below}");
        }
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = shortened(&one_line(&self.what), LONGEST);
        let advice = shortened(&one_line(&self.advice), LONGEST);
        write!(f, "{}: {what}; {advice}", one_line(&self.place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_is_one_short_clean_line() {
        let diagnostic = Diagnostic::new(
            "a\u{1b}[31m\nb",
            format!("is\n\tbad {}", "x".repeat(1000)),
            "do\nthis",
        );
        let text = diagnostic.within("file.yaml").to_string();
        assert!(
            text.starts_with("file.yaml: a\u{fffd}[31m b: is bad xxx"),
            "{text}"
        );
        assert!(text.ends_with("x…; do this"), "{text}");
        assert!(text.chars().count() < 400);
    }
}
