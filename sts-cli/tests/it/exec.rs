//! `confluent-sts exec`: the child, its file, its endpoint and its signals.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;

use rustix::process::Signal;
use sts_emulator::Fault;
use tokio::process::Child;

use crate::world::{World, claims, kill, post, ran, until};

/// A child of `sh`, which says with a file `ready` that it is there.
fn start(world: &World, options: &[&str], script: &str) -> Child {
    let mut command = world.command(&["exec"]);
    command.args(options).args(["--", "sh", "-c", script]);
    // Not on the terminal that the tests may have.
    command.process_group(0).spawn().unwrap()
}

async fn is_there(world: &World, name: &str) {
    let path = world.path(name);
    until(|| path.exists().then_some(())).await;
}

#[tokio::test]
async fn the_exit_code_is_that_of_the_child() {
    let world = World::new().await;
    for (script, code) in [
        ("exit 0", 0),
        ("exit 7", 7),
        ("kill -TERM $$", 143),
        ("kill -KILL $$", 137),
    ] {
        let ran = world.run(&["exec", "--", "sh", "-c", script]).await;
        assert_eq!(
            (ran.code, &*ran.out, &*ran.err),
            (Some(code), "", ""),
            "{script}"
        );
    }
    let none = world.run(&["exec", "--", "no-such-program"]).await;
    assert_eq!(none.code, Some(127));
    world.run(&["exec", "--", ""]).await.fails(
        2,
        "the name of the program to run is empty; give one after --",
    );
    assert!(
        none.err
            .starts_with("error: no-such-program cannot be run: "),
        "{}",
        none.err
    );
    let file = world.write("no-program", "").display().to_string();
    assert_eq!(world.run(&["exec", "--", &file]).await.code, Some(126));
}

#[tokio::test]
async fn the_child_is_not_run_without_a_token() {
    let world = World::new().await;
    world.emulator.inject(Fault::status(403).always()).unwrap();
    let ran = world.run(&["exec", "--", "touch", "was-run"]).await;
    assert_eq!(ran.code, Some(4), "{}", ran.err);
    assert!(!world.path("was-run").exists());
}

#[tokio::test]
async fn the_child_gets_a_file_an_endpoint_and_the_variables_that_it_asks_for() {
    let world = World::new().await;
    let script = r#"
        token=$(cat "$CONFLUENT_ACCESS_TOKEN_FILE") && [ "$token" = "$MINE" ] && [ "$token" = "$MINE_TOO" ]
        printf '%s\n' "$CONFLUENT_ACCESS_TOKEN_FILE" "$CONFLUENT_ENDPOINT_TOKEN_URL" \
            "$CONFLUENT_ENDPOINT_ACCESS_TOKEN_URL" "$CONFLUENT_ENDPOINT_CLIENT_ID" \
            "$CONFLUENT_ENDPOINT_CLIENT_SECRET" "$token" > lines
        mv lines ready
        until [ -e done ]; do sleep 0.02; done
    "#;
    let child = start(&world, &["--env", "MINE", "--env", "MINE_TOO"], script);
    is_there(&world, "ready").await;
    let ready = world.read("ready");
    let lines: Vec<&str> = ready.lines().collect();
    let &[file, external, access, id, secret, token] = &lines[..] else {
        panic!("{} lines", lines.len());
    };
    assert_eq!(claims(token)["identity_pool_id"], "pool-abc");
    let path = std::path::Path::new(file);
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(path), mode(path.parent().unwrap())), (0o600, 0o700));
    let (status, given) = post(external, (id, secret), "grant_type=client_credentials").await;
    assert_eq!(status, 200);
    assert_eq!(
        claims(given["access_token"].as_str().unwrap())["iss"],
        world.emulator.identity_provider()
    );
    let (_, given) = post(access, (id, secret), "grant_type=client_credentials").await;
    assert_eq!(
        claims(given["access_token"].as_str().unwrap())["identity_pool_id"],
        "pool-abc"
    );

    world.write("done", "");
    let output = child.wait_with_output().await.unwrap();
    assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]));
    assert!(!path.exists() && !path.parent().unwrap().exists());
}

/// Reads the file until it has had so many values, and leaves each in a file of its own.
fn reader(values: usize) -> String {
    format!(
        r#"
        trap 'echo told >> told' USR1
        count=0 before=
        until [ "$count" -ge {values} ]; do
            token=$(cat "$CONFLUENT_ACCESS_TOKEN_FILE") || exit 9
            if [ "$token" != "$before" ]; then
                before=$token count=$((count + 1))
                printf '%s' "$token" > "value-$count"
            fi
            sleep 0.01
        done
        "#
    )
}

/// Fails unless these are so many tokens, and whole ones.
fn are_whole(world: &World, values: usize) {
    let values: BTreeSet<String> = (1..=values)
        .map(|number| world.read(&format!("value-{number}")))
        .collect();
    assert!(values.iter().all(|token| claims(token)["sub"] == "me"));
    let lengths: BTreeSet<usize> = values
        .iter()
        .map(|token| token.rsplit_once('.').unwrap().1.len())
        .collect();
    assert_eq!(lengths, BTreeSet::from([86]), "signatures of ES256");
}

#[tokio::test]
async fn the_file_is_renewed_before_the_token_expires_and_the_child_is_told() {
    let world = World::new().await;
    let child = start(
        &world,
        &["--lifetime", "2", "--renewal-signal", "USR1"],
        &reader(3),
    );
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(
        (output.status.code(), &*output.stdout),
        (Some(0), &b""[..]),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    are_whole(&world, 3);
    assert_eq!(world.read("told").lines().count(), 2);
}

#[tokio::test]
#[ignore = "takes a minute (.ci/run foreign)"]
async fn foreign_a_child_of_a_minute_sees_five_tokens_and_no_part_of_one() {
    let world = World::new().await;
    let script = format!("{}\nsleep 0", reader(1_000));
    let mut child = start(&world, &["--lifetime", "10"], &script);
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    assert!(
        child.try_wait().unwrap().is_none(),
        "it ended early: a token was not there"
    );
    let seen = (1..1000)
        .take_while(|number| world.path(&format!("value-{number}")).exists())
        .count();
    kill(Signal::TERM, &child);
    assert_eq!(child.wait().await.unwrap().code(), Some(143));
    assert!(seen >= 5, "{seen} tokens");
    // The last one may not be written yet.
    are_whole(&world, seen - 1);
}

#[tokio::test]
async fn an_expired_token_is_taken_away_until_there_is_another() {
    let world = World::new().await;
    let script = r#"
        while [ -e "$CONFLUENT_ACCESS_TOKEN_FILE" ]; do sleep 0.01; done
        touch gone
        until [ -e "$CONFLUENT_ACCESS_TOKEN_FILE" ]; do sleep 0.01; done
    "#;
    // Only the first exchange succeeds.
    world
        .emulator
        .inject(Fault::status(503).schedule(2..1000))
        .unwrap();
    let child = start(&world, &["--lifetime", "1", "--deadline", "1"], script);
    is_there(&world, "gone").await;
    world.emulator.clear_faults();
    let output = child.wait_with_output().await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let warning = "warning: the token has expired, and its file is gone until there is another";
    assert!(said.starts_with(warning) && said.contains("503"), "{said}");
}

#[tokio::test]
async fn a_file_that_is_named_is_kept_there_and_removed() {
    let world = World::new().await;
    let script = r#"[ "$CONFLUENT_ACCESS_TOKEN_FILE" = "$PWD/mine" ] && [ -s mine ]"#;
    let ran = world
        .run(&["exec", "--file", "mine", "--", "sh", "-c", script])
        .await;
    assert_eq!((ran.code, &*ran.err), (Some(0), ""));
    assert!(!world.path("mine").exists());
}

/// A child with a child of its own, both of which note a signal and end.
const FAMILY: &str = r#"
    note() { echo "$1" >> "$2-was-told"; exit 3; }
    (
        for signal in INT TERM HUP QUIT USR1 USR2; do trap "note $signal grandchild" $signal; done
        touch grandchild
        while :; do sleep 0.01; done
    ) &
    for signal in INT TERM HUP QUIT USR1 USR2; do trap "note $signal child" $signal; done
    until [ -e grandchild ]; do sleep 0.01; done
    touch ready
    while :; do sleep 0.01; done
"#;

#[tokio::test]
async fn without_a_terminal_signals_reach_the_grandchild() {
    for (name, signal) in [
        ("TERM", Signal::TERM),
        ("HUP", Signal::HUP),
        ("USR1", Signal::USR1),
    ] {
        let world = World::new().await;
        let mut child = start(&world, &[], FAMILY);
        is_there(&world, "ready").await;
        kill(signal, &child);
        is_there(&world, "grandchild-was-told").await;
        assert_eq!(child.wait().await.unwrap().code(), Some(3), "{name}");
        until(|| (world.read("grandchild-was-told") == format!("{name}\n")).then_some(())).await;
        assert_eq!(world.read("child-was-told"), format!("{name}\n"));
    }
}

/// Those that a shell has its children in the background ignore, and one more.
#[tokio::test]
async fn without_a_terminal_the_child_gets_each_signal_once() {
    for (name, signal) in [
        ("INT", Signal::INT),
        ("QUIT", Signal::QUIT),
        ("USR2", Signal::USR2),
    ] {
        let world = World::new().await;
        let script = format!(
            "trap 'echo told >> told' {name}; touch ready; until [ -e told ]; do sleep 0.01; done; exit 6"
        );
        let mut child = start(&world, &[], &script);
        is_there(&world, "ready").await;
        kill(signal, &child);
        assert_eq!(child.wait().await.unwrap().code(), Some(6), "{name}");
        assert_eq!(world.read("told"), "told\n");
    }
}

#[tokio::test]
async fn the_help_says_that_a_token_in_a_variable_is_not_renewed() {
    let world = World::new().await;
    let help = world.run(&["exec", "--help"]).await.printed();
    let option = help.split_once("--env <NAME>").unwrap().1;
    let words: Vec<&str> = option.split_whitespace().take(30).collect();
    assert!(words.join(" ").contains("is not renewed"), "{words:?}");
}

#[tokio::test]
async fn a_signal_that_was_ignored_stays_so_for_the_child() {
    let world = World::new().await;
    let script = format!(
        "trap '' HUP; exec {} exec -- sh -c 'touch ready; until [ -e done ]; do sleep 0.01; done'",
        crate::world::BINARY
    );
    let mut command = world.program("sh");
    let mut child = command
        .args(["-c", &script])
        .process_group(0)
        .spawn()
        .unwrap();
    is_there(&world, "ready").await;
    kill(Signal::HUP, &child);
    world.write("done", "");
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn explaining_runs_nothing() {
    let world = World::new().await;
    let printed = world
        .run(&["exec", "--explain", "--", "touch", "was-run"])
        .await
        .printed();
    assert!(
        printed.contains("http_url: [redacted] (variable CONFLUENT_STS_HTTP_URL)"),
        "{printed}"
    );
    assert!(!world.path("was-run").exists());
    assert_eq!(world.emulator.count(), 0);
    let mut bad = world.command(&["exec", "--env", "A=B", "--", "true"]);
    ran(&mut bad).await.fails(
        2,
        "invalid value 'A=B' for '--env <NAME>': a variable's name has no '='; see --help",
    );
}

#[tokio::test]
async fn an_exec_that_is_killed_leaves_its_child_and_the_file() {
    let world = World::new().await;
    let script = "n=0; touch ready; until [ -e done ] || [ $n -gt 6000 ]; do n=$((n+1)); sleep 0.01; done; \
                  cat mine > last; touch over";
    let mut exec = start(&world, &["--file", "mine"], script);
    is_there(&world, "ready").await;
    kill(Signal::KILL, &exec);
    assert_eq!(exec.wait().await.unwrap().code(), None);
    world.write("done", "");
    is_there(&world, "over").await;
    assert_eq!(claims(&world.read("last"))["sub"], "me");
}

#[tokio::test]
async fn each_signal_of_renewal_is_the_one_that_is_named() {
    let renewed = async |name: &str, number: i32| {
        let world = World::new().await;
        let trapped = name.trim_start_matches("SIG");
        let script = format!("trap 'exit 4' {trapped}; while :; do sleep 0.01; done");
        let options = ["--lifetime", "2", "--renewal-signal", name];
        let mut child = start(&world, &options, &script);
        let code = child.wait().await.unwrap().code();
        // It ends the shell if that has not come to its trap.
        let expected = [Some(4), Some(128 + number)];
        assert!(expected.contains(&code), "{name}: {code:?}");
    };
    let [hup, usr1, usr2] = [Signal::HUP, Signal::USR1, Signal::USR2].map(Signal::as_raw);
    tokio::join!(
        renewed("HUP", hup),
        renewed("SIGUSR1", usr1),
        renewed("USR2", usr2)
    );
}

#[tokio::test]
async fn several_pools_are_refused_before_anything_runs() {
    let world = World::new().await;
    let options = ["exec", "--identity-pool-id", "pool-a,pool-b"];
    let arguments = [&options[..], &["--", "touch", "was-run"]].concat();
    assert_eq!(world.run(&arguments).await.code, Some(2));
    assert!(!world.path("was-run").exists());
}
