//! What caused an error.

use std::error::Error;

use crate::shown::shown;

/// What the innermost cause says: those around it repeat the URL, which may have credentials.
pub(crate) fn root(error: &dyn Error) -> String {
    let mut at = error;
    while let Some(cause) = at.source() {
        at = cause;
    }
    shown(&at.to_string())
}
