use std::fmt;

/// Why an emulator is not started, or does not do what it was told: one line that says what is wrong and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmulatorError(String);

impl EmulatorError {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        // What parsers say may have several lines.
        let text: String = text.into();
        let lines: Vec<&str> = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        Self(lines.join(" "))
    }
}

impl fmt::Display for EmulatorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EmulatorError {}
