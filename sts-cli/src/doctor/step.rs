//! What a step found.

use serde_json::{Value, json};

use crate::failure::Kind;

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Ok,
    /// It is unusual, or not as expected, and may be why another step fails.
    Warning,
    Failed(Kind),
    /// A step before it failed, or nothing is known.
    Skipped,
}

impl Outcome {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed(_) => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// A step: in one line, what it found; of a failure, the cause and the next step.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) outcome: Outcome,
    pub(super) found: String,
    /// A name for the cause of a failure, for programs.
    pub(super) cause: Option<&'static str>,
    /// Confluent's.
    pub(super) request_id: Option<String>,
}

impl Step {
    fn new(name: &'static str, outcome: Outcome, found: impl Into<String>) -> Self {
        Self {
            name,
            outcome,
            found: found.into(),
            cause: None,
            request_id: None,
        }
    }

    pub(super) fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self::new(name, Outcome::Ok, found)
    }

    pub(super) fn warning(name: &'static str, found: impl Into<String>) -> Self {
        Self::new(name, Outcome::Warning, found)
    }

    pub(super) fn skipped(name: &'static str, found: impl Into<String>) -> Self {
        Self::new(name, Outcome::Skipped, found)
    }

    pub(super) fn failed(
        name: &'static str,
        kind: Kind,
        cause: &'static str,
        found: impl Into<String>,
    ) -> Self {
        Self {
            cause: Some(cause),
            ..Self::new(name, Outcome::Failed(kind), found)
        }
    }

    pub(super) fn with_request_id(self, request_id: Option<String>) -> Self {
        Self { request_id, ..self }
    }

    pub(super) fn json(&self) -> Value {
        let mut json =
            json!({"step": self.name, "outcome": self.outcome.name(), "found": self.found});
        if let Outcome::Failed(kind) = self.outcome {
            json["exit_code"] = json!(kind as u8);
            json["cause"] = json!(self.cause);
        }
        if let Some(id) = &self.request_id {
            json["request_id"] = json!(id);
        }
        json
    }
}
