//! What is wrong with a request.

/// One error of a `Failure`. The texts are the emulator's own: Confluent's are not public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    pub(crate) detail: String,
    /// The parameter that causes it.
    pub(crate) parameter: Option<String>,
}

impl Problem {
    pub(crate) fn new(code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            title,
            detail: detail.into(),
            parameter: None,
        }
    }

    #[must_use]
    pub(crate) fn of(mut self, parameter: impl Into<String>) -> Self {
        self.parameter = Some(parameter.into());
        self
    }

    pub(crate) fn encoding(detail: impl Into<String>) -> Self {
        Self::new("invalid_form", "Invalid Form", detail)
    }

    pub(crate) fn unknown(name: &str) -> Self {
        let detail = format!("{name} is no parameter of this operation");
        Self::new("unknown_parameter", "Unknown Parameter", detail).of(name)
    }

    pub(crate) fn repeated(name: &str) -> Self {
        let detail = format!("{name} is there more than once");
        Self::new("repeated_parameter", "Repeated Parameter", detail).of(name)
    }

    pub(crate) fn missing(name: &str) -> Self {
        let detail = format!("{name} is required and missing");
        Self::new("missing_parameter", "Missing Parameter", detail).of(name)
    }

    pub(crate) fn invalid(name: &str, detail: &str) -> Self {
        Self::new("invalid_parameter", "Invalid Parameter", detail).of(name)
    }
}
