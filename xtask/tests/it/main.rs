//! The tools as maintainers run them: processes, files, exit codes and what is printed.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod codegen;
mod mutants;
#[path = "../../../codegen/tests/published/mod.rs"]
mod published;
mod spec_diff;
mod spec_import;

use std::path::Path;
use std::process::{Command, Output};

/// The root of the workspace.
fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Runs `cargo xtask` with `arguments` in the root of the workspace.
fn xtask(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(workspace()).args(arguments);
    command.output().unwrap()
}
