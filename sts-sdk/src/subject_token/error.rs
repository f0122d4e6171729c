//! Why there is no subject token.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::redact::{line, with_causes};

/// Why a source has no subject token, and whether it may have one later. Displayed as one line.
#[derive(Clone)]
pub struct SubjectTokenError {
    why: String,
    transient: bool,
    retry_after: Option<Duration>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl SubjectTokenError {
    /// There may be a subject token later: the exchange is tried again, as after a failure of the network.
    ///
    /// `why` says what failed, on what, and what to do. It must not hold a token.
    #[must_use]
    pub fn transient(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            transient: true,
            retry_after: None,
            source: None,
        }
    }

    /// There is no subject token before something is corrected; otherwise as [`transient`](Self::transient).
    #[must_use]
    pub fn permanent(why: impl Into<String>) -> Self {
        Self {
            transient: false,
            ..Self::transient(why)
        }
    }

    /// Adds what caused it. Its text and those of its own causes, down to the last, become part of this error's text, each
    /// once. They must not hold a token.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// Adds how long the source is not to be asked again, as a `Retry-After` says. The provider obeys it as it obeys that
    /// of STS.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// How long the source is not to be asked again, if that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    pub(super) fn into_transient(mut self) -> Self {
        self.transient = true;
        self
    }

    /// Whether there may be a subject token later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.transient
    }
}

impl fmt::Display for SubjectTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match &self.source {
            Some(source) => with_causes(&self.why, &**source),
            None => line(&self.why),
        })
    }
}

/// As `Display`.
impl fmt::Debug for SubjectTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubjectTokenError({self})")
    }
}

/// There is no `source()`: the text says what it would say.
impl Error for SubjectTokenError {}
