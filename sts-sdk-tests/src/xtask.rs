//! The keeper's tool.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::workspace;

/// Runs `cargo xtask` with `arguments` in the root of the workspace.
///
/// # Panics
///
/// It cannot be built or run.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "without the tool there is nothing to test"
)]
pub fn xtask(arguments: &[&str]) -> Output {
    static TOOL: OnceLock<PathBuf> = OnceLock::new();
    let tool = TOOL.get_or_init(|| {
        let build = escargot::CargoBuild::new()
            .manifest_path(workspace().join("Cargo.toml"))
            .package("xtask")
            .bin("xtask");
        let run = build.run().expect("xtask builds");
        run.path().to_owned()
    });
    let mut command = Command::new(tool);
    command.current_dir(workspace()).args(arguments);
    command.output().expect("xtask runs")
}
