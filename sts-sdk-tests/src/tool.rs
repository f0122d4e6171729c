//! The keeper's tool, as `cargo xtask` runs it.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::workspace;

/// Runs the tool with `arguments`, in the root of the workspace.
///
/// # Panics
///
/// It cannot be built or started.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "without the tool there is nothing to test"
)]
pub fn tool(arguments: &[&str]) -> Output {
    static TOOL: OnceLock<PathBuf> = OnceLock::new();
    let tool = TOOL.get_or_init(|| {
        let tool = escargot::CargoBuild::new()
            .manifest_path(workspace().join("Cargo.toml"))
            .package("xtask")
            .bin("xtask");
        let tool = tool.run().expect("the tool is built");
        tool.path().to_owned()
    });
    let mut command = Command::new(tool);
    command.current_dir(workspace()).args(arguments);
    command.output().expect("the tool is started")
}
