//! The GitHub Action: its steps as a runner would run them, against the emulator.

mod foreign;
mod job;
mod shipped;
mod steps;
mod workflow;

use std::path::Path;

/// The name of the recipe with the workflow.
const RECIPE: &str = "GitHub Actions";

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
