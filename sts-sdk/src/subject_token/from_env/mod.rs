//! A source that the environment names, or that fits the platform.

mod named;
mod platform;

use std::sync::Arc;

use tracing::info;

use super::source::SubjectTokenSource;
use super::variables;
use crate::build_error::BuildError;
use named::Kind;
use platform::Platform;

const SOURCE: &str = "CONFLUENT_STS_SOURCE";

/// The source that the variables `CONFLUENT_STS_*` name or, where they name none, the one that fits the platform that this
/// process runs on. [`TokenProvider::from_env`](crate::TokenProvider::from_env) has the table of them.
///
/// # Errors
///
/// There is none, or more than one; a setting is missing, or a permission that the platform asks for. The text names all
/// that is missing or contradictory.
pub fn from_env() -> Result<Arc<dyn SubjectTokenSource>, BuildError> {
    chosen().map_err(|problems| BuildError::option(problems.join("; ")))
}

/// The source, or all that is in the way.
pub(crate) fn chosen() -> Result<Arc<dyn SubjectTokenSource>, Vec<String>> {
    let kind = kind().map_err(|problem| vec![problem])?;
    kind.source()
}

fn kind() -> Result<Kind, String> {
    if let Some(name) = variables::text(SOURCE) {
        return Kind::of_name(name.trim());
    }
    if let Some(kind) = Kind::of_settings()? {
        return Ok(kind);
    }
    let platform = Platform::detect()?;
    info!(
        platform = platform.name,
        "detected where subject tokens come from"
    );
    Ok(platform.kind)
}
