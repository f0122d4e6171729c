//! Where things are in this workspace.

use std::path::{Path, PathBuf};

/// The checked-in fragment.
pub(crate) const FRAGMENT: &str = "openapi/sts-v1.yaml";
/// The code that is generated from it.
pub(crate) const GENERATED: &str = "sts-sdk/src/generated.rs";
/// The sources of the crate around it.
pub(crate) const SOURCES: &str = "sts-sdk/src";

/// The version of the crate that the next release follows.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(crate) fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// A file of this workspace, relative to the current folder where that is above it.
pub(crate) fn in_workspace(file: &str) -> PathBuf {
    let path = workspace().join(file);
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).map(Path::to_owned).unwrap_or(path)
}
