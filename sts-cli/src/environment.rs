//! Environment variables.

use std::env::{self, VarError};

use crate::failure::Failure;

/// The value of a variable; `None` if it is empty or not there.
///
/// # Errors
///
/// It is not UTF-8: it is there, and would do nothing.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Failure::usage(format!(
            "the variable {name} is not UTF-8; set it anew, or unset it"
        ))),
    }
}
