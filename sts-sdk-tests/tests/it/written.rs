//! Tokens are written to no file, to no variable and to no command line.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Output;

use rustix::process::Signal;
use sts_sdk_tests::{JWT, Server, token_reply};

use crate::subject_tokens::platform::process;

const ACCESS: &str = "an-access-token-of-this-test";

/// Two exchanges in a process that the system ends when it writes to a file.
async fn exchanged(options: &[&str], variables: &[(&str, &str)]) -> Output {
    let server = Server::start(|_| token_reply(ACCESS)).await.unwrap();
    let program = process(&[], variables);
    let mut shell = std::process::Command::new("/bin/sh");
    shell
        .args(["-c", r#"ulimit -f 0; exec "$@""#, "sh"])
        .arg(program.get_program())
        .args([&["written", &server.url()], options].concat())
        .env_clear()
        .envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || shell.output());
    let output = output.await.unwrap().unwrap();
    assert_eq!(server.take_requests().len(), 2);
    output
}

#[tokio::test]
async fn no_token_is_written_to_a_file_the_environment_or_a_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let output = exchanged(&[], &[("HOME", place), ("TMPDIR", place)]).await;
    assert!(output.status.success(), "{:?}", output.status);
    assert_eq!(output.stdout, b"0\n");
    assert_eq!(fs::read_dir(place).unwrap().count(), 0);
}

#[tokio::test]
async fn a_token_that_is_written_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let file = file.to_str().unwrap();
    let ended = exchanged(&[file], &[]).await.status;
    assert_eq!(ended.signal(), Some(Signal::XFSZ.as_raw()));

    let null = "/dev/null";
    let [variable, argument] = [
        exchanged(&[], &[("TOKEN", ACCESS)]).await,
        exchanged(&[null, JWT], &[]).await,
    ];
    assert_eq!([variable.stdout, argument.stdout], [b"1\n", b"1\n"]);
}
