//! `confluent-sts exec` as the process that gets those whose parents have ended: the first of a container, or a subreaper.
#![cfg(target_os = "linux")]

use std::os::unix::process::CommandExt;

use rustix::process::{Signal, getpid, kill_process_group, set_child_subreaper};
use tokio::process::Command;

use crate::world::{BINARY, World, kill, pid, ran, until};

/// Names the program that [`becomes_a_subreaper_and_runs_a_program`] runs, its arguments one a line.
const PROGRAM: &str = "TEST_SUBREAPER_RUNS";

/// No test, but what [`beneath_subreaper`] runs: only a process itself can say that it is a subreaper, and stays one as it
/// becomes another program.
#[test]
#[ignore = "other tests run it"]
fn becomes_a_subreaper_and_runs_a_program() {
    let Ok(program) = std::env::var(PROGRAM) else {
        return;
    };
    set_child_subreaper(Some(getpid())).unwrap();
    let mut command = std::process::Command::new(BINARY);
    let error = command.args(program.lines()).env_remove(PROGRAM).exec();
    panic!("{error}");
}

/// The arguments of this program with which it becomes `confluent-sts exec` as a subreaper, with a child of `sh`, and a
/// variable for that.
pub(crate) fn as_subreaper(script: &str) -> ([&'static str; 5], (&'static str, String)) {
    let test = "exec_orphans::becomes_a_subreaper_and_runs_a_program";
    let arguments = ["--exact", "--ignored", "--quiet", "--nocapture", test];
    let program = ["exec", "--", "sh", "-c", script].join("\n");
    (arguments, (PROGRAM, program))
}

/// `confluent-sts exec` as a subreaper that is on no terminal.
fn beneath_subreaper(world: &World, script: &str) -> Command {
    let (arguments, (name, value)) = as_subreaper(script);
    let mut command = world.program(std::env::current_exe().unwrap());
    command.args(arguments).env(name, value).process_group(0);
    command
}

/// Leaves processes without parents, has them end, and waits until their numbers are free. Then many end with the child.
const ORPHANS: &str = r#"for one in 1 2 3; do
(sh -c 'echo $$ > orphan; until [ -e go ]; do sleep 0.01; done' &); until [ -s orphan ]; do sleep 0.01; done;
cat orphan >> orphans; grep PPid "/proc/$(cat orphan)/status" >> parents; rm orphan; done;
touch go; for orphan in $(cat orphans); do while kill -0 "$orphan" 2> /dev/null; do sleep 0.01; done; done;
for one in 1 2 3 4 5 6 7 8 9 10; do (sh -c 'exit 3' &); done; exit 7"#;

/// On one line, as a test hands it on.
fn orphans() -> String {
    ORPHANS.replace('\n', " ")
}

#[tokio::test]
async fn a_subreaper_waits_for_processes_without_parents() {
    let world = World::new().await;
    let child = beneath_subreaper(&world, &orphans()).spawn().unwrap();
    let id = child.id().unwrap();
    let output = child.wait_with_output();
    let output = tokio::time::timeout(std::time::Duration::from_secs(60), output);
    let output = output.await.unwrap().unwrap();
    assert_eq!((output.status.code(), &*output.stderr), (Some(7), &b""[..]));
    // They were its own.
    let parents = world.read("parents");
    assert_eq!(parents, format!("PPid:\t{id}\n").repeat(3));
}

/// `program` as the first process of a container. `None` where this system lets nobody make one.
async fn container(world: &World, program: &[&str]) -> Option<Command> {
    let container = |program: &[&str]| {
        let mut command = world.program("unshare");
        command
            .args(["--pid", "--fork", "--kill-child", "--mount-proc"])
            .args(["--user", "--map-root-user"])
            .args(program);
        command
    };
    let works = container(&["true"]).output().await;
    if works.is_ok_and(|output| output.status.success()) {
        return Some(container(program));
    }
    println!("not tested: this system lets unshare make no namespace of processes");
    None
}

/// As where a container has no `/proc`.
#[tokio::test]
async fn a_first_process_that_cannot_run_itself_again_says_so_and_goes_on() {
    let world = World::new().await;
    let script = format!("mount -t tmpfs none /proc && exec {BINARY} exec -- sh -c 'exit 7'");
    let Some(mut command) = container(&world, &["sh", "-c", &script]).await else {
        return;
    };
    let ended = ran(&mut command).await;
    assert_eq!(ended.code, Some(7), "{}", ended.err);
    let warning = "warning: nothing waits for processes whose parents end, for exec cannot run itself once more (";
    assert!(ended.err.starts_with(warning), "{}", ended.err);
    assert!(
        ended.err.ends_with("); run it beneath an init\n"),
        "{}",
        ended.err
    );
}

#[tokio::test]
async fn the_first_process_of_a_container_waits_for_processes_without_parents() {
    let world = World::new().await;
    let program = [BINARY, "exec", "--", "sh", "-c", &orphans()];
    let Some(mut command) = container(&world, &program).await else {
        return;
    };
    let ended = ran(&mut command).await;
    assert_eq!((ended.code, &*ended.err), (Some(7), ""));
    assert_eq!(world.read("parents"), "PPid:\t1\n".repeat(3));
}

#[tokio::test]
async fn signals_and_failures_pass_through_it_once() {
    let world = World::new().await;
    let script = "trap 'echo told >> told; exit 5' TERM; trap 'echo told >> told' USR1; \
                  echo $PPID $(cut -d ' ' -f 5 /proc/$PPID/stat) > group; touch ready; \
                  while :; do [ ! -e told ] || touch calm; sleep 0.01; done";
    let mut child = beneath_subreaper(&world, script).spawn().unwrap();
    let is_there = async |name: &str| {
        let path = world.path(name);
        until(|| path.exists().then_some(())).await;
    };
    is_there("ready").await;
    // The one that it runs leads a group of its own, which nothing is sent to.
    let read = world.read("group");
    let (parent, its_group) = read.trim_end().split_once(' ').unwrap();
    assert_eq!(parent, its_group);
    // To all in its group, of which it passes one on.
    let group = pid(&child.id().unwrap().to_string());
    kill_process_group(group, Signal::USR1).unwrap();
    is_there("calm").await;
    kill(Signal::TERM, &child);
    assert_eq!(child.wait().await.unwrap().code(), Some(5));
    assert_eq!(world.read("told"), "told\ntold\n");

    let mut command = beneath_subreaper(&world, "kill -KILL $$");
    assert_eq!(ran(&mut command).await.code, Some(137));
    let mut killed = beneath_subreaper(&world, "kill -KILL $PPID");
    assert_eq!(ran(&mut killed).await.code, Some(137));
    command.env("CONFLUENT_STS_SOURCE", "none-such");
    let failed = ran(&mut command).await;
    assert_eq!(failed.code, Some(2));
    assert_eq!(failed.err.lines().count(), 1, "{}", failed.err);
}
