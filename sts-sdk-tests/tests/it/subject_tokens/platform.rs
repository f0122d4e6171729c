//! A process whose environment is a platform's.

use std::process::{Command, Stdio};

/// What a source of subject tokens gives in a process with `variables` and no others.
pub(super) async fn ask(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_subject-token"));
    command
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .stderr(Stdio::inherit());
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.unwrap().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout)
        .unwrap()
        .trim_end()
        .to_owned()
}

/// The same, and all that is logged.
#[cfg(feature = "aws")]
pub(super) async fn ask_logged(arguments: &[&str], variables: &[(&str, &str)]) -> (String, String) {
    let mut process = process(&[&["logged"], arguments].concat(), variables);
    process.stdout(Stdio::piped()).stderr(Stdio::piped());
    printed(process).await
}
