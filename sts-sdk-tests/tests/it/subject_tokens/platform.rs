//! A process whose environment is a platform's.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

/// A process that asks a source of subject tokens, with `variables` and no others.
pub(crate) fn process(arguments: &[&str], variables: &[(&str, impl AsRef<OsStr>)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_subject-token"));
    command
        .args(arguments)
        .env_clear()
        .envs(variables.iter().map(|(name, value)| (name, value.as_ref())));
    command
}

/// What it prints on standard output and on standard error.
pub(super) async fn printed(mut process: Command) -> (String, String) {
    let output = tokio::task::spawn_blocking(move || process.output());
    let output = output.await.unwrap().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap().trim_end().to_owned();
    assert!(output.status.success(), "{}", text(output.stderr));
    (text(output.stdout), text(output.stderr))
}

/// What a source of subject tokens gives in a process with `variables` and no others.
pub(crate) async fn ask(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    ask_bytes(arguments, variables).await
}

/// The same with values that need not be text.
pub(crate) async fn ask_bytes(
    arguments: &[&str],
    variables: &[(&str, impl AsRef<OsStr>)],
) -> String {
    let mut process = process(arguments, variables);
    process.stderr(Stdio::inherit());
    printed(process).await.0
}

/// The same, and all that is logged.
pub(crate) async fn ask_logged(arguments: &[&str], variables: &[(&str, &str)]) -> (String, String) {
    let mut process = process(&[&["logged"], arguments].concat(), variables);
    process.stdout(Stdio::piped()).stderr(Stdio::piped());
    printed(process).await
}
