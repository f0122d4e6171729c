use std::net::SocketAddr;
use std::{fmt, io};

/// Why an emulator is not started, or does not do what it was told: one line that says what is wrong and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmulatorError {
    text: String,
    is_address: bool,
}

impl EmulatorError {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        // What parsers say may have several lines.
        let text: String = text.into();
        let lines: Vec<&str> = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        Self {
            text: lines.join(" "),
            is_address: false,
        }
    }

    pub(crate) fn cannot_listen(address: SocketAddr, error: &io::Error) -> Self {
        Self {
            is_address: true,
            ..Self::new(format!("cannot listen on {address}: {error}"))
        }
    }

    /// Whether nothing can listen at the address, as where the port is taken.
    #[must_use]
    pub fn is_address(&self) -> bool {
        self.is_address
    }
}

impl fmt::Display for EmulatorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for EmulatorError {}
