//! Whom the endpoint of `confluent-sts serve` takes for its client.

use rustix::process::Signal;

use crate::served::Served;
use crate::world::{World, kill, post, ran, until};

const FORM: &str = "grant_type=client_credentials";
const ID: &str = "--endpoint-client-id";

#[tokio::test]
async fn ids_that_no_client_could_send_are_refused() {
    let world = World::new().await;
    for id in ["", "a:b", "a\nPATH=x", "a b", "\u{e4}"] {
        world.run(&["serve", ID, id]).await.fails(
            2,
            "--endpoint-client-id must be visible ASCII characters without ':'; leave it out for a random one",
        );
    }
}

#[tokio::test]
async fn a_given_secret_may_come_encoded_or_as_it_is() {
    let world = World::new().await;
    let secret = "a+b%20&c=0123456789";
    let mut command = world.command(&["serve", ID, "me"]);
    command.env("CONFLUENT_STS_ENDPOINT_CLIENT_SECRET", secret);
    let served = Served::start(command).await;
    for (given, status) in [
        (secret, 200),
        ("a%2Bb%2520%26c%3D0123456789", 200),
        ("a b &c=0123456789", 401),
        ("a+b%20", 401),
    ] {
        assert_eq!(post(&served.url, ("me", given), FORM).await.0, status);
    }
    served.end().await;
}

#[tokio::test]
async fn a_variable_without_a_secret_is_not_given() {
    let world = World::new().await;
    let mut command = world.command(&["serve"]);
    command.env("CONFLUENT_STS_ENDPOINT_CLIENT_SECRET", "");
    let served = Served::start(command).await;
    assert_eq!(served.secret.len(), 64);
    served.end().await;
}

#[tokio::test]
async fn a_secret_of_16_characters_is_enough_and_people_are_told_it() {
    let world = World::new().await;
    let name = "CONFLUENT_STS_ENDPOINT_CLIENT_SECRET";
    let mut command = world.command(&["serve"]);
    let short = ran(command.env(name, "0123456789abcde")).await;
    assert_eq!(short.code, Some(2), "{}", short.err);
    let mut command = world.command(&["serve", ID, "me", "--write", "endpoint"]);
    let child = command.env(name, "0123456789abcdef").spawn().unwrap();
    let path = world.path("endpoint");
    until(|| path.exists().then_some(())).await;
    let text = world.read("endpoint");
    let lines: Vec<&str> = text.lines().collect();
    for (line, start, end) in [
        (lines[0], "token endpoint: http://127.0.0.1:", "/token"),
        (
            lines[1],
            "access tokens of STS: http://127.0.0.1:",
            "/sts/token",
        ),
    ] {
        assert!(line.starts_with(start) && line.ends_with(end), "{line}");
    }
    let client = ["client id: me", "client secret: 0123456789abcdef"];
    assert_eq!(lines[2..], client);
    kill(Signal::TERM, &child);
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(0));
}
