//! Why a tool stopped, in one line.

use std::fmt;

/// What failed, where, and what to do next. Displayed as one line, whatever the parts contain.
#[derive(Debug)]
pub(crate) struct Fault {
    place: String,
    what: String,
    advice: String,
}

impl Fault {
    pub(crate) fn new(
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
    pub(crate) fn within(mut self, outer: &str) -> Self {
        self.place = match self.place.as_str() {
            "" => outer.to_owned(),
            inner => format!("{outer}: {inner}"),
        };
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = format!("{}: {}; {}", self.place, self.what, self.advice);
        let words: Vec<&str> = line.split_whitespace().collect();
        f.write_str(&words.join(" "))
    }
}

impl std::error::Error for Fault {}
