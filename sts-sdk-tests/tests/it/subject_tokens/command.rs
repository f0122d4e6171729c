//! Tokens that a program prints.

#![cfg(unix)]

use std::fs;
use std::time::Duration;

use sts_sdk::subject_token::{Command, SubjectTokenSource};

use super::platform::process;
use super::{error, read};

fn shell(script: &str) -> Command {
    Command::new("/bin/sh").args(["-c", script, "hunter2"])
}

#[tokio::test]
async fn what_a_program_prints_is_the_token() {
    for (output, token) in [
        ("eyJ.a.b", "eyJ.a.b"),
        ("\n eyJ.a.b\r\n\n", "eyJ.a.b"),
        (
            r#"{"version":1,"success":true,"token_type":"urn:ietf:params:oauth:token-type:jwt","id_token":"eyJ.c.d","expiration_time":1790000000}"#,
            "eyJ.c.d",
        ),
        (
            r#"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"eyJ.e.f","expirationTimestamp":"2026-11-24T10:00:00Z"}}"#,
            "eyJ.e.f",
        ),
    ] {
        let source = Command::new("printf").args(["%s", output]);
        assert_eq!(read(&source).await, token);
    }
    let named = Command::new("printf").args(["%s", r#"{"data": {"jwt": "eyJ.a.b"}}"#]);
    assert_eq!(read(&named.token_at("/data/jwt")).await, "eyJ.a.b");
    let google = Command::new("printf").args([
        "%s",
        r#"{"version":1,"success":true,"id_token":"e","expiration_time":1790000000}"#,
    ]);
    let end = google.subject_token().await.unwrap().expires_at().unwrap();
    assert_eq!(
        end.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs(),
        1_790_000_000
    );
}

#[tokio::test]
async fn a_program_without_a_token_is_an_error_that_shows_neither_arguments_nor_output() {
    let sh = "the program /bin/sh ";
    for (script, said, transient) in [
        ("true", "printed nothing", false),
        ("printf 'hunter2 \\377'", "printed what is not UTF-8", false),
        ("printf '{hunter2'", "printed what is not JSON", false),
        (
            "printf '{\"a\": \"hunter2\"}'",
            "printed JSON of no known form; say with token_at where the token is",
            false,
        ),
        (
            "printf '{\"kind\": \"ExecCredential\", \"status\": {\"hunter2\": 1}}'",
            "printed JSON without a text at \"/status/token\"",
            false,
        ),
        (
            "printf '{\"version\":1,\"success\":false,\"code\":\"401\",\"message\":\"Sign in.\"}'; exit 1",
            "did not succeed: 401: Sign in.",
            false,
        ),
        (
            "yes hunter2",
            "printed more than 1048576 bytes, which is no token",
            false,
        ),
        (
            "echo hunter2; exit 3",
            "ended with exit status: 3, and said nothing on standard error",
            true,
        ),
        (
            "echo one >&2; echo two >&2; echo; echo three >&2; echo four >&2; exit 4",
            "ended with exit status: 4: two; three; four",
            true,
        ),
        (
            "echo eyJhbGciOiJub25lIn0.e30.c2ln >&2; exit 4",
            "ended with exit status: 4: [redacted]",
            true,
        ),
        (
            "kill -9 $$",
            "ended with signal: 9 (SIGKILL), and said nothing on standard error",
            true,
        ),
    ] {
        let source = shell(script);
        assert!(!format!("{source:?}").contains("hunter2"));
        let error = error(&source).await;
        assert_eq!(error.to_string(), format!("{sh}{said}"));
        assert_eq!(error.is_transient(), transient, "{error}");
    }
    // A flood on standard error does not stop a program that prints its token then.
    let loud = shell("yes | head -c 1000000 >&2; echo eyJ.a.b");
    assert_eq!(read(&loud).await, "eyJ.a.b");
    for program in ["/there/is/none", "sts-sdk-tests-no-such-program"] {
        let missing = error(&Command::new(program).arg("hunter2")).await;
        let start =
            format!("the program {program} cannot be started; install it, or correct its path: ");
        assert!(missing.to_string().starts_with(&start), "{missing}");
        assert!(!missing.is_transient());
    }
}

/// Whether the process whose id is in `file` is there, and not merely waited for by nobody.
fn is_running(file: &std::path::Path) -> bool {
    let id = fs::read_to_string(file).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/stat", id.trim()));
    status.is_ok_and(|status| !status.contains(") Z "))
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_program_that_takes_too_long_is_killed_with_all_that_it_has_started() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let script = format!(
        "echo $$ > {0}/leader; sleep 1000 & echo $! > {0}/child; echo ready > {0}/ready; wait",
        folder.path().display()
    );
    for give_up in [false, true] {
        let _: Result<(), _> = fs::remove_file(file("ready"));
        let source = shell(&script).timeout(Duration::from_secs(if give_up { 1000 } else { 1 }));
        let asked = tokio::spawn(async move { source.subject_token().await.map(drop) });
        while !file("ready").exists() {
            tokio::task::yield_now().await;
        }
        if give_up {
            asked.abort();
            assert!(asked.await.unwrap_err().is_cancelled());
        } else {
            let error = asked.await.unwrap().unwrap_err();
            assert!(error.is_transient());
            assert_eq!(
                error.to_string(),
                "the program /bin/sh took more than 1s and was killed"
            );
        }
        while is_running(&file("leader")) || is_running(&file("child")) {
            tokio::task::yield_now().await;
        }
    }
    // No zombie is left: the runtime waits for what was killed.
    let children =
        || fs::read_to_string(format!("/proc/self/task/{}/children", std::process::id()));
    let leader = fs::read_to_string(file("leader")).unwrap();
    while children().is_ok_and(|all| all.split_whitespace().any(|id| id == leader.trim())) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Sends SIGINT to a process that waits for a program, as Ctrl-C in a terminal does to a process in front. The program
/// writes its id, that of a child, and then does `then`.
#[cfg(target_os = "linux")]
async fn interrupted(arguments: &[&str], then: &str) -> (std::process::Output, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().display();
    let script = format!(
        "echo $$ > {at}/leader; sleep 1000 & echo $! > {at}/child; echo > {at}/ready; {then}"
    );
    let path = std::env::var("PATH").unwrap_or_default();
    let mut process = process(
        &[arguments, &["command", &script]].concat(),
        &[("PATH", &path)],
    );
    process.stdout(std::process::Stdio::piped());
    let process = process.spawn().unwrap();
    while !folder.path().join("ready").exists() {
        tokio::task::yield_now().await;
    }
    let id = rustix::process::Pid::from_child(&process);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let output = tokio::task::spawn_blocking(|| process.wait_with_output());
    (output.await.unwrap().unwrap(), folder)
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_interrupted_process_that_stops_waiting_kills_the_program_and_all_that_it_has_started() {
    let (output, folder) = interrupted(&["until-interrupted"], "wait").await;
    assert!(output.status.success());
    assert_eq!(output.stdout, b"interrupted\n");
    for name in ["leader", "child"] {
        while is_running(&folder.path().join(name)) {
            tokio::task::yield_now().await;
        }
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_program_whose_reader_was_killed_by_an_interrupt_ends_when_it_writes() {
    use std::os::unix::process::ExitStatusExt;

    // Its group is not the terminal's: the interrupt did not reach it.
    let then =
        "kill $!; while kill -0 $PPID 2>/dev/null; do sleep 0.01; done; while :; do echo x; done";
    let (output, folder) = interrupted(&[], then).await;
    assert_eq!(output.status.signal(), Some(2));
    for name in ["leader", "child"] {
        while is_running(&folder.path().join(name)) {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn nothing_is_on_its_standard_input() {
    assert_eq!(read(&shell("cat; echo eyJ.a.b")).await, "eyJ.a.b");
}

#[tokio::test]
async fn the_program_has_the_variables_of_this_process() {
    // Cargo sets it for tests.
    let token = read(&shell("echo \"$CARGO_PKG_NAME\"")).await;
    assert_eq!(token, "sts-sdk-tests");
}
