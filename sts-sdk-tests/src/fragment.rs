//! The specification, as it is checked in.

use std::ops::RangeInclusive;
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

/// The lifetimes that the fragment allows, in seconds, and the one that is asked for unless told otherwise.
///
/// # Panics
///
/// The fragment has none.
#[must_use]
#[expect(clippy::expect_used, reason = "as for the fragment itself")]
pub fn lifetimes() -> (RangeInclusive<i64>, i64) {
    let fragment = fragment();
    let schemas = &fragment["components"]["schemas"];
    let lifetime = &schemas["sts.v1.TokenExchangeRequest"]["properties"]["expires_in"];
    let number = |keyword: &str| lifetime[keyword].as_i64();
    // Where the fragment has no minimum, a lifetime is positive all the same.
    let least = number("minimum").unwrap_or(1);
    let most = number("maximum").expect("a maximum is declared");
    (
        least..=most,
        number("default").expect("a default is declared"),
    )
}

/// Where a program that is not Rust's is: named by a variable, or where `.ci/run foreign` installs it.
#[must_use]
pub fn program(variable: &str, installed: &str) -> PathBuf {
    let named = std::env::var_os(variable).map(PathBuf::from);
    named.unwrap_or_else(|| workspace().join(installed))
}
