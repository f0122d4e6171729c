//! The specification, as it is checked in.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The root of the workspace.
#[must_use]
pub fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// The fragment `openapi/sts-v1.yaml`.
///
/// # Panics
///
/// It cannot be read.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "without the fragment there is nothing to test against"
)]
pub fn fragment() -> Value {
    let path = workspace().join("openapi/sts-v1.yaml");
    let text = std::fs::read_to_string(path).expect("the fragment is readable");
    serde_saphyr::from_str(&text).expect("the fragment is YAML")
}

/// Where a program that is not Rust's is: named by a variable, or where `.ci/run foreign` installs it.
#[must_use]
pub fn program(variable: &str, installed: &str) -> PathBuf {
    let named = std::env::var_os(variable).map(PathBuf::from);
    named.unwrap_or_else(|| workspace().join(installed))
}
