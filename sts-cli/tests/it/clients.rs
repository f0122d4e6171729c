//! Programs that are not Rust's, which get and renew their tokens from `confluent-sts serve`. `.ci/run foreign` installs
//! them.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::AsyncWriteExt;

use crate::served::Served;
use crate::world::{Ran, World};

/// What is installed for such tests.
fn tools() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .join("target/tools")
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/foreign")
        .join(name)
}

/// How many tokens were given, as the log has it.
fn given(log: &str) -> usize {
    log.lines()
        .filter(|line| line.contains("POST /token") && line.contains("status=200"))
        .count()
}

fn done(ran: &Ran) {
    assert_eq!((ran.code, &*ran.out), (Some(0), "done\n"), "{}", ran.err);
}

#[tokio::test]
#[ignore = "needs authlib (.ci/run foreign), and 40 s"]
async fn foreign_authlib_renews_twice() {
    let world = World::new().await;
    let served = Served::start(world.command(&["serve"])).await;
    let mut client = world.program(tools().join("python/bin/python"));
    client
        .arg(script("authlib_client.py"))
        .args([&served.url, &served.id, &served.secret]);
    client.arg(format!("{}/healthz", world.emulator.url()));
    done(&Ran::from(client.output().await.unwrap()));
    assert_eq!(given(&served.end().await), 3);
}

#[tokio::test]
#[ignore = "needs Node.js and openid-client (.ci/run foreign), and 40 s"]
async fn foreign_openid_client_renews_twice() {
    let world = World::new().await;
    let served = Served::start(world.command(&["serve"])).await;
    let mut client = world.program("node");
    client
        .arg(script("openid_client.mjs"))
        .args([&served.url, &served.id, &served.secret]);
    done(&Ran::from(
        client.arg(tools().join("npm")).output().await.unwrap(),
    ));
    assert_eq!(given(&served.end().await), 3);
}

#[tokio::test]
#[ignore = "needs confluent-kafka (.ci/run foreign), and 40 s"]
async fn foreign_confluent_kafka_renews_twice() {
    let world = World::new().await;
    let served = Served::start(world.command(&["serve"])).await;
    let mut config = world.command(&[
        "kafka-config",
        "--format",
        "json",
        "--logical-cluster",
        "lkc-1",
    ]);
    config.args([
        "--identity-pool-id",
        "pool-1,pool-2",
        "--bootstrap-servers",
        "127.0.0.1:1",
    ]);
    config
        .env("CONFLUENT_ENDPOINT_TOKEN_URL", &served.url)
        .env("CONFLUENT_ENDPOINT_CLIENT_ID", &served.id);
    config.env("CONFLUENT_ENDPOINT_CLIENT_SECRET", &served.secret);
    let settings = Ran::from(config.output().await.unwrap()).printed();

    let mut client = world.program(tools().join("python/bin/python"));
    client
        .arg(script("kafka_client.py"))
        .arg("40")
        .stdin(Stdio::piped());
    let mut client = client.spawn().unwrap();
    let mut input = client.stdin.take().unwrap();
    input.write_all(settings.as_bytes()).await.unwrap();
    drop(input);
    done(&Ran::from(client.wait_with_output().await.unwrap()));
    let given = given(&served.end().await);
    assert!(given >= 3, "{given}");
}

#[tokio::test]
#[ignore = "needs ss (.ci/run foreign)"]
async fn foreign_ss_shows_nothing_off_loopback() {
    let world = World::new().await;
    let served = Served::start(world.command(&["serve"])).await;
    let pid = format!("pid={},", served.child.id().unwrap());
    let sockets = Ran::from(
        world
            .program("ss")
            .args(["-lntupH"])
            .output()
            .await
            .unwrap(),
    )
    .printed();
    let own: Vec<&str> = sockets.lines().filter(|line| line.contains(&pid)).collect();
    assert_eq!(own.len(), 1, "{sockets}");
    let address = served
        .url
        .trim_start_matches("http://")
        .trim_end_matches("/token");
    assert!(
        address.starts_with("127.0.0.1:") && own[0].contains(address),
        "{own:?}"
    );
    served.end().await;
}

/// What Terraform's provider sends: a form without a scope, or with one, and the client's id and secret in it.
#[tokio::test]
async fn the_requests_of_terraform_s_provider_are_answered() {
    let world = World::new().await;
    let served = Served::start(world.command(&["serve"])).await;
    for scope in ["", "&scope=api%3A%2F%2Fconfluent%2F.default"] {
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}{scope}",
            served.id, served.secret
        );
        let request = crate::world::http()
            .post(&served.url)
            .header("accept", "application/json");
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let response = request.send().await.unwrap();
        assert_eq!(
            (
                response.status().as_u16(),
                &response.headers()["content-type"]
            ),
            (200, &"application/json".parse().unwrap())
        );
        let answer: serde_json::Value =
            serde_json::from_str(&response.text().await.unwrap()).unwrap();
        // One that is no number ends the provider.
        assert!(
            answer["expires_in"].is_u64() && answer["access_token"].is_string(),
            "{}",
            answer["expires_in"]
        );
        assert_eq!(answer["token_type"], "Bearer");
    }
    served.end().await;
}
