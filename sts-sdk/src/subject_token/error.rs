//! Why there is no subject token.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::redact::line;

/// Why a source has no subject token, and whether it may have one later. Displayed as one line.
#[derive(Clone)]
pub struct SubjectTokenError {
    why: String,
    transient: bool,
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

    /// Adds what caused it, whose text becomes part of this one's. It must not hold a token.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
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
        f.write_str(&line(&self.why))?;
        match &self.source {
            Some(source) => write!(f, ": {}", line(&source.to_string())),
            None => Ok(()),
        }
    }
}

/// As `Display`.
impl fmt::Debug for SubjectTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubjectTokenError({self})")
    }
}

impl Error for SubjectTokenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // The text of this source is part of this error's already.
        self.source.as_deref()?.source()
    }
}
