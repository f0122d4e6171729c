//! Whatever a command does and however much it is asked to say, no secret is in its arguments or on standard error.

use std::collections::BTreeMap;

use rustix::process::Signal;
use sts_emulator::{Fault, FaultBody};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::world::{World, kill, ran};

const CLIENT_SECRET: &str = "client-secret-7f3a91-of-the-identity-provider";
const ENDPOINT_SECRET: &str = "endpoint-secret-91c0de-of-this-machine";

/// Fails if `text` has a secret, or a part of a JWT, without repeating it.
fn assert_clean(text: &str, what: &str) {
    for secret in [CLIENT_SECRET, ENDPOINT_SECRET, "eyJ", "7f3a91", "91c0de"] {
        assert!(!text.contains(secret), "{what} has a secret");
    }
    let encoded = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
        .map(str::len)
        .max();
    assert!(encoded < Some(64), "{what} has what may be a signature");
}

/// The settings of a client of the emulator's identity provider.
fn secrets(world: &World) -> BTreeMap<&'static str, String> {
    let url = world.emulator.url();
    BTreeMap::from([
        ("CONFLUENT_STS_HTTP_URL", String::new()),
        ("CONFLUENT_STS_TOKEN_URL", format!("{url}/idp/token")),
        ("CONFLUENT_STS_CLIENT_ID", "me".to_owned()),
        ("CONFLUENT_STS_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
        (
            "CONFLUENT_STS_ENDPOINT_CLIENT_SECRET",
            ENDPOINT_SECRET.to_owned(),
        ),
    ])
}

const COMMANDS: [&[&str]; 12] = [
    &["token", "-vvv"],
    &["token", "-vvv", "--explain"],
    &["header", "-vvv"],
    &["header", "-vvv", "--for", "kafka-rest"],
    &["kafka-config", "-vvv"],
    &["exec", "-vvv", "--env", "TOKEN", "--", "true"],
    &["doctor", "-vvv"],
    &["completions", "-vvv", "bash"],
    &["man", "-vvv"],
    &["serve", "-vvv", "--listen", "192.0.2.1:0"],
    &["emulate", "-vvv", "--listen", "192.0.2.1:0"],
    &["inspect", "-vvv", "token.jwt"],
];

#[tokio::test]
async fn no_command_says_a_secret() {
    let world = World::new().await;
    world.write("token.jwt", &world.emulator.subject_token("me").unwrap());
    for arguments in COMMANDS {
        let ran = ran(world.command(arguments).envs(secrets(&world))).await;
        assert_clean(&ran.err, &arguments.join(" "));
        assert!(
            ran.code == Some(0) || arguments.contains(&"--listen"),
            "{arguments:?}: {}",
            ran.err
        );
        if ["--explain", "emulate", "inspect"]
            .iter()
            .any(|one| arguments.contains(one))
        {
            assert_clean(&ran.out, "what --explain prints");
        }
    }
}

#[tokio::test]
async fn no_command_says_a_secret_that_the_server_sends_back() {
    let world = World::new().await;
    // As a server that repeats what it was sent.
    let token = world.emulator.subject_token("me").unwrap();
    let body = FaultBody::Text {
        content_type: "application/json".to_owned(),
        text: serde_json::json!({"error": "bad", "error_description": format!("{token} {token}")})
            .to_string(),
    };
    world
        .emulator
        .inject(Fault::status(400).body(body).always())
        .unwrap();
    for format in ["text", "json"] {
        let asks =
            |arguments: &&&[&str]| ["token", "header", "exec", "doctor"].contains(&arguments[0]);
        for arguments in COMMANDS.iter().filter(asks) {
            let mut command = world.command(&["--error-format", format]);
            command
                .args(*arguments)
                .envs(secrets(&world))
                .env("CONFLUENT_STS_TOKEN", &token);
            command.env("CONFLUENT_STS_SOURCE", "token");
            let ran = ran(&mut command).await;
            assert_clean(&ran.err, &arguments.join(" "));
        }
    }
}

/// The arguments of a process, from the kernel or by `ps`.
async fn arguments(world: &World, id: u32) -> String {
    match std::fs::read_to_string(format!("/proc/{id}/cmdline")) {
        Ok(arguments) => arguments,
        Err(_) => ran(world
            .program("ps")
            .args(["-ww", "-o", "args=", "-p", &id.to_string()]))
        .await
        .printed(),
    }
}

#[tokio::test]
async fn a_server_and_a_child_say_none_and_their_arguments_have_none() {
    let world = World::new().await;
    let mut command = world.command(&["serve", "-vvv", "--output", "json"]);
    let mut served = command.envs(secrets(&world)).spawn().unwrap();
    let mut lines = BufReader::new(served.stdout.take().unwrap()).lines();
    let json: serde_json::Value =
        serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
    assert_eq!(json["client_secret"], ENDPOINT_SECRET);
    let id = json["client_id"].as_str().unwrap();
    for url in ["token_url", "access_token_url"] {
        for secret in [ENDPOINT_SECRET, CLIENT_SECRET] {
            crate::world::post(
                json[url].as_str().unwrap(),
                (id, secret),
                "grant_type=client_credentials",
            )
            .await;
        }
    }
    let mut command = world.command(&["exec", "-vvv", "--env", "TOKEN", "--", "sh", "-c"]);
    command.arg("touch ready; until [ -e done ]; do sleep 0.01; done");
    let child = command
        .envs(secrets(&world))
        .process_group(0)
        .spawn()
        .unwrap();
    let ready = world.path("ready");
    crate::world::until(|| ready.exists().then_some(())).await;

    for process in [&served, &child] {
        // What `ps` shows to every user.
        let arguments = arguments(&world, process.id().unwrap()).await;
        assert!(arguments.contains("-vvv"), "{arguments:?}");
        assert_clean(&arguments, "what ps shows");
    }
    world.write("done", "");
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_clean(&String::from_utf8_lossy(&output.stderr), "exec");
    kill(Signal::TERM, &served);
    let log = String::from_utf8(served.wait_with_output().await.unwrap().stderr).unwrap();
    assert!(log.lines().count() > 8, "{}", log.len());
    assert_clean(&log, "serve");
}

#[tokio::test]
async fn the_name_of_a_manual_page_is_not_repeated_if_it_is_a_token() {
    let world = World::new().await;
    let ran = world.run(&["man", "eyJhbGciOi.eyJzdWIiOi.c2ln"]).await;
    ran.fails(
        2,
        "there is no command \"[redacted]\"; see confluent-sts --help",
    );
}

/// It is asked for tokens, and sees those of its clients.
#[tokio::test]
async fn an_emulator_says_none() {
    let world = World::new().await;
    let mut command = world.command(&["emulate", "-vvv", "--listen", "127.0.0.1:0"]);
    let mut emulator = command.spawn().unwrap();
    let mut lines = BufReader::new(emulator.stdout.take().unwrap()).lines();
    let first = lines.next_line().await.unwrap().unwrap();
    let url = first.strip_prefix("listening at ").unwrap();
    let mut command = world.command(&["token", "-vvv"]);
    command
        .envs(secrets(&world))
        .env("CONFLUENT_STS_TOKEN_URL", format!("{url}/idp/token"))
        .env("CONFLUENT_STS_URL", url);
    let asked = ran(&mut command).await;
    assert_eq!(asked.code, Some(0), "{}", asked.err);
    assert_clean(&asked.err, "token");
    kill(Signal::TERM, &emulator);
    let output = emulator.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_clean(&String::from_utf8_lossy(&output.stderr), "emulate");
}
