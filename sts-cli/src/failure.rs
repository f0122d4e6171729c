//! Why a command failed, and how it is said.

use std::fmt;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use serde_json::json;
use sts_sdk::{BuildError, ExchangeError, TokenError};

use crate::colour::{RED, label};
use crate::shown::shown;

/// How errors are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ErrorFormat {
    #[default]
    Text,
    Json,
}

impl ErrorFormat {
    /// What the arguments of this process ask for, where they cannot be read as a whole.
    pub(crate) fn of_arguments() -> Self {
        let arguments: Vec<_> = std::env::args_os().skip(1).collect();
        let own = arguments.split(|argument| argument == "--").next();
        let own = own.unwrap_or_default();
        let two = own
            .windows(2)
            .any(|two| two[0] == "--error-format" && two[1] == "json");
        if two || own.iter().any(|argument| argument == "--error-format=json") {
            Self::Json
        } else {
            Self::Text
        }
    }
}

/// What an exit code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A file, standard output, a port of this machine.
    Local = 1,
    /// An argument, a variable, the configuration file.
    Usage = 2,
    /// The source gave no subject token.
    Source = 3,
    /// The server answered, and not with a token.
    Refused = 4,
    /// The server was not reached, or not in time.
    Unreachable = 5,
}

impl Kind {
    /// That of an exchange that failed.
    pub(crate) fn of_exchange(error: &ExchangeError) -> Self {
        if error.is_invalid_request() {
            Self::Usage
        } else if error.is_timeout() || error.status().is_none() {
            Self::Unreachable
        } else {
            Self::Refused
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Usage => "usage",
            Self::Source => "source",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
        }
    }
}

/// Why a command failed: one line, without a secret, and what programs want to know of it.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    code: u8,
    message: String,
    transient: bool,
    status: Option<u16>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
}

impl Failure {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            code: kind as u8,
            message: message.into(),
            transient: false,
            status: None,
            request_id: None,
            retry_after: None,
        }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    pub(crate) fn local(message: impl Into<String>) -> Self {
        Self::new(Kind::Local, message)
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// The same with another exit code.
    pub(crate) fn with_code(self, code: u8) -> Self {
        Self { code, ..self }
    }

    /// The failure of an exchange.
    fn of_exchange(error: &ExchangeError) -> Self {
        let kind = Kind::of_exchange(error);
        Self {
            status: error.status().map(|status| status.as_u16()),
            request_id: error.request_id().map(shown),
            ..Self::new(kind, error.to_string())
        }
    }

    /// Writes it to standard error; the exit code.
    pub(crate) fn report(&self, format: ErrorFormat) -> ExitCode {
        let line = match format {
            ErrorFormat::Text => format!("{} {}\n", label("error:", RED), self.message),
            ErrorFormat::Json => format!("{}\n", self.json()),
        };
        // Nobody can be told that standard error is gone.
        std::io::stderr().write_all(line.as_bytes()).ok();
        ExitCode::from(self.code)
    }

    fn json(&self) -> serde_json::Value {
        let retry_after = self.retry_after.map(|wait| wait.as_secs());
        json!({"error": {
            "kind": self.kind.name(),
            "exit_code": self.code,
            "message": self.message,
            "transient": self.transient,
            "status": self.status,
            "request_id": self.request_id,
            "retry_after": retry_after,
        }})
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        let kind = if error.is_no_subject_token() {
            Kind::Source
        } else {
            Kind::Usage
        };
        Self::new(kind, error.to_string())
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        let failure = match error.exchange() {
            _ if error.is_no_subject_token() => Self::new(Kind::Source, ""),
            Some(exchange) => Self::of_exchange(exchange),
            // Too late, or of no use when it came.
            None => Self::new(Kind::Unreachable, ""),
        };
        Self {
            message: error.to_string(),
            transient: error.is_transient(),
            retry_after: error.retry_after(),
            ..failure
        }
    }
}
