//! Environment variables that platforms set.

use std::env;

use crate::secret::Secret;

/// The value of `name`, if it is set to text that is not empty.
pub(super) fn text(name: &str) -> Option<String> {
    let value = env::var(name).ok()?;
    (!value.trim().is_empty()).then_some(value)
}

/// The same, of a variable that holds a credential.
pub(super) fn secret(name: &str) -> Option<Secret> {
    let value = Secret::from(env::var(name).ok()?);
    let trimmed = value.expose_secret().trim();
    (!trimmed.is_empty()).then(|| Secret::from(trimmed))
}

/// Whether `name` is set to text that is not empty.
pub(super) fn is_set(name: &str) -> bool {
    secret(name).is_some()
}
