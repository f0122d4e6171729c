//! What is different on a terminal. `script` (util-linux) makes one.

use std::path::Path;
use std::process::Stdio;

use rustix::process::{Signal, kill_process};
use sts_emulator::Fault;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::world::{BINARY, World, claims, pid, ran, until};

/// `command` on a terminal of its own.
fn on_terminal(world: &World, command: &str) -> Command {
    let is_there = Path::new("/usr/bin/script").exists();
    assert!(is_there, "script is missing: install util-linux");
    let mut script = world.program("script");
    // Without a shell in between, which would get what the terminal sends as well.
    let command = format!("exec {command}");
    script
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .env("TERM", "xterm")
        .stdin(Stdio::piped());
    script
}

#[tokio::test]
async fn a_token_on_a_terminal_comes_with_a_warning() {
    let world = World::new().await;
    for (arguments, what, before) in [
        ("token", "a token", ""),
        (
            "token --output shell",
            "a token",
            "export CONFLUENT_ACCESS_TOKEN=",
        ),
        ("header", "a token", "Authorization: Bearer "),
        (
            "kafka-config --token-url https://idp.example --client-id me --client-secret-file secret",
            "the client's secret",
            "security.protocol=",
        ),
    ] {
        world.write("secret", "a-secret-of-this-test");
        let mut command = on_terminal(&world, &format!("{BINARY} {arguments}"));
        let output = command.output().await.unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        let (warning, printed) = shown.split_once("\r\n").unwrap();
        let expected = format!(
            " {what} is a credential and stays on the screen; prefer a pipe, or a command substitution"
        );
        assert!(warning.ends_with(&expected), "{warning}");
        assert!(printed.starts_with(before), "{arguments}");
        if arguments == "token" {
            assert_eq!(claims(printed.trim_end())["sub"], "me");
        }
    }
}

#[tokio::test]
async fn a_wait_is_explained_and_its_traces_are_removed() {
    let world = World::new().await;
    world
        .emulator
        .inject(Fault::delay(std::time::Duration::from_millis(700)))
        .unwrap();
    let mut command = on_terminal(&world, &format!("{BINARY} token > file"));
    let shown = String::from_utf8(command.output().await.unwrap().stdout).unwrap();
    assert!(
        shown.contains(
            "\r| waiting for a subject token (http-token) and its exchange (http://127.0.0.1:"
        ),
        "{shown}"
    );
    assert!(shown.ends_with("\r\u{1b}[K"), "{shown:?}");
}

#[tokio::test]
async fn without_a_terminal_nothing_is_said_of_a_wait_and_nothing_is_coloured() {
    let world = World::new().await;
    let delay = std::time::Duration::from_millis(700);
    world.emulator.inject(Fault::delay(delay)).unwrap();
    let mut command = world.command(&["token"]);
    let waited = ran(command.env("TERM", "xterm")).await;
    assert_eq!((waited.code, &*waited.err), (Some(0), ""));
    let mut command = world.command(&["token", "--profile", "none"]);
    let failed = ran(command.env("TERM", "xterm")).await;
    assert!(failed.err.starts_with("error: "), "{}", failed.err);
}

#[tokio::test]
async fn colours_are_for_terminals_and_not_where_they_are_unwanted() {
    let world = World::new().await;
    let mut command = on_terminal(&world, &format!("{BINARY} token --profile none"));
    let coloured = String::from_utf8(command.output().await.unwrap().stdout).unwrap();
    assert!(
        coloured.starts_with("\u{1b}[1;31merror:\u{1b}[0m "),
        "{coloured:?}"
    );
    let plain =
        String::from_utf8(command.env("NO_COLOR", "1").output().await.unwrap().stdout).unwrap();
    assert!(plain.starts_with("error: "), "{plain:?}");
}

/// Ctrl-C reaches the child once: from the terminal, and not from the command as well.
#[tokio::test]
async fn what_the_terminal_sends_is_not_passed_on() {
    let world = World::new().await;
    let child = "echo $PPID > pid; trap 'echo told >> told' INT; trap 'exit 5' TERM; touch ready; \
                 while :; do [ ! -e told ] || touch calm; sleep 0.01; done";
    let quoted = child.replace('$', "\\$");
    let command = format!("{BINARY} exec -- sh -c \"{quoted}\"");
    is_told_once(&world, on_terminal(&world, &command)).await;
}

/// Not either where one process is between the terminal and the command.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_the_terminal_sends_is_not_passed_on_by_a_subreaper() {
    let world = World::new().await;
    // The parent of the child's parent.
    let child = "sed -n 's/^PPid:.//p' /proc/$PPID/status > pid; trap 'echo told >> told' INT; trap 'exit 5' TERM; \
                 touch ready; while :; do [ ! -e told ] || touch calm; sleep 0.01; done";
    let (arguments, (name, value)) = crate::exec_orphans::as_subreaper(child);
    let program = std::env::current_exe().unwrap();
    let command = format!("{} {}", program.display(), arguments.join(" "));
    let mut command = on_terminal(&world, &command);
    command.env(name, value);
    is_told_once(&world, command).await;
}

/// As where a connection to another machine is lost: the kernel tells the leader of the session alone.
#[tokio::test]
async fn a_terminal_that_goes_away_is_told_to_the_child() {
    let world = World::new().await;
    let child = "trap 'touch told; exit 0' HUP; touch ready; while :; do sleep 0.01; done";
    let command = format!("{BINARY} exec -- sh -c \"{child}\"");
    let mut script = on_terminal(&world, &command).spawn().unwrap();
    let [ready, told] = ["ready", "told"].map(|name| world.path(name));
    until(|| ready.exists().then_some(())).await;
    script.kill().await.unwrap();
    until(|| told.exists().then_some(())).await;
}

/// Types Ctrl-C, and sends SIGTERM to the process that the child names.
async fn is_told_once(world: &World, mut command: Command) {
    let mut script = command.spawn().unwrap();
    let ready = world.path("ready");
    until(|| ready.exists().then_some(())).await;
    let mut terminal = script.stdin.take().unwrap();
    terminal.write_all(b"\x03").await.unwrap();
    terminal.flush().await.unwrap();
    // It has dealt with the signal.
    let calm = world.path("calm");
    until(|| calm.exists().then_some(())).await;
    // What is sent to the command itself is passed on, after which nothing else comes.
    kill_process(pid(&world.read("pid")), Signal::TERM).unwrap();
    let status = script.wait().await.unwrap();
    assert_eq!(status.code(), Some(5));
    assert_eq!(world.read("told"), "told\n");
}

#[tokio::test]
async fn signals_of_programs_are_passed_on_to_a_child_on_the_terminal() {
    let world = World::new().await;
    let child = "echo \\$PPID > pid; trap 'touch told' USR1; trap 'exit 6' USR2; touch ready; \
                 while :; do sleep 0.01; done";
    let command = format!("{BINARY} exec -- sh -c \"{child}\"");
    let mut script = on_terminal(&world, &command).spawn().unwrap();
    let [ready, told] = ["ready", "told"].map(|name| world.path(name));
    until(|| ready.exists().then_some(())).await;
    let exec = pid(&world.read("pid"));
    kill_process(exec, Signal::USR1).unwrap();
    until(|| told.exists().then_some(())).await;
    kill_process(exec, Signal::USR2).unwrap();
    assert_eq!(script.wait().await.unwrap().code(), Some(6));
}
