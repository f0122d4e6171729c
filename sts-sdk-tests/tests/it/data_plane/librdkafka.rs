//! librdkafka sends what ours predicts.

use std::collections::HashSet;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use sts_sdk::auth::Pools;
use sts_sdk::auth::kafka::{Extensions, OidcSettings, SaslToken};
use sts_sdk_tests::{Broker, Server, always, external_token, forms_of_pools, program, reply};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// A session so short that it is renewed more than once in a second.
const SESSION_MS: i64 = 800;
/// A session that is not renewed within a test.
const LONG_MS: i64 = 3_600_000;
/// Far longer than a message of a producer takes to come, and than a session lasts.
const DEADLINE: Duration = Duration::from_secs(60);

/// A producer with the settings of `SETTINGS`, and with a callback that returns those of `TOKENS` one after the other.
const PRODUCER: &str = "
import json, os, time
from confluent_kafka import Producer
settings = json.loads(os.environ['SETTINGS'])
tokens = json.loads(os.environ['TOKENS'])
def next_token(_):
    is_last = len(tokens) == 1
    token = tokens[0] if is_last else tokens.pop(0)
    # It asks for another one after four fifths of the time.
    expires_at = token['expires_at_ms'] / 1000 if is_last else time.time() + 3
    return token['token'], expires_at, token['principal'], dict(token['extensions'])
if tokens:
    settings['oauth_cb'] = next_token
producer = Producer(settings)
while True:
    producer.poll(0.1)
";

/// Runs a producer until it is dropped.
fn producer(settings: &Value, tokens: &Value) -> Child {
    let python = program("PYTHON", "target/tools/python/bin/python");
    let mut command = Command::new(&python);
    command
        .args(["-c", PRODUCER])
        .env("SETTINGS", settings.to_string())
        .env("TOKENS", tokens.to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let child = command.spawn();
    child.unwrap_or_else(|error| panic!("{}: {error}", python.display()))
}

/// The next message of `producer`, which does not end by itself, and the number of its connection.
async fn message(broker: &mut Broker, producer: &mut Child) -> (u64, Vec<u8>) {
    let next = async {
        tokio::select! {
            message = broker.next_message() => message.unwrap(),
            ended = producer.wait() => panic!("the producer ended: {ended:?}"),
        }
    };
    let next = timeout(DEADLINE, next).await;
    next.unwrap_or_else(|_| panic!("the producer sent no message within {DEADLINE:?}"))
}

/// What a callback returns, as JSON.
fn returned(token: &SaslToken) -> Value {
    // Pairs, whose order an object would not keep.
    let extensions: Vec<_> = token.extensions().iter().collect();
    json!({
        "token": token.secret().expose_secret(),
        "expires_at_ms": token.expires_at_ms(),
        "principal": token.principal(),
        "extensions": extensions,
    })
}

async fn sasl_token(token: &str, extensions: &Extensions) -> SaslToken {
    let token = always(token).token().await.unwrap();
    SaslToken::new(&token, extensions).unwrap()
}

fn extensions(pools: Pools) -> Extensions {
    let extensions = Extensions::new(pools);
    extensions.logical_cluster("lkc-123").unwrap()
}

fn predicted(token: &SaslToken) -> Vec<u8> {
    token.initial_response().expose_secret().as_bytes().to_vec()
}

/// A message without the token in it, for people.
fn shown(message: &[u8], token: &SaslToken) -> String {
    let text = String::from_utf8_lossy(message);
    text.replace(token.secret().expose_secret(), "TOKEN")
}

#[tokio::test]
#[ignore = "needs confluent-kafka==2.16.1 (PyPI) in target/tools/python, or in the Python that PYTHON names"]
async fn foreign_librdkafka_sends_the_message_of_a_callback_and_then_that_of_the_next_token() {
    let mut broker = Broker::start(SESSION_MS).await.unwrap();
    let extensions = extensions(Pools::union(["pool-1", "pool-2"]).unwrap());
    let first = sasl_token(&external_token("first"), &extensions).await;
    let next = sasl_token(&external_token("next"), &extensions).await;
    let settings = json!({
        "bootstrap.servers": broker.address(),
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanisms": "OAUTHBEARER",
    });
    let tokens = json!([returned(&first), returned(&next)]);
    let mut producer = producer(&settings, &tokens);
    let (first_message, next_message) = (predicted(&first), predicted(&next));
    let mut authenticated = HashSet::new();
    let renewed = async {
        loop {
            let (connection, message) = message(&mut broker, &mut producer).await;
            if authenticated.contains(&connection) && message == next_message {
                break;
            }
            assert!(
                message == first_message,
                "{:?}, not {:?}",
                shown(&message, &first),
                shown(&first_message, &first)
            );
            authenticated.insert(connection);
        }
    };
    // Without a new token it would send the first one for ever, each time on another connection.
    let renewed = timeout(DEADLINE, renewed).await;
    assert!(
        renewed.is_ok(),
        "no connection was authenticated again with the next token within {DEADLINE:?}"
    );
}

#[tokio::test]
#[ignore = "needs confluent-kafka==2.16.1 (PyPI) in target/tools/python, or in the Python that PYTHON names"]
async fn foreign_librdkafka_sends_the_same_message_when_it_gets_the_token_itself() {
    let token = external_token("me");
    let answer = json!({"access_token": token, "token_type": "Bearer", "expires_in": 3600});
    let identity_provider = Server::start(move |_| {
        reply(
            "200 OK",
            &["content-type: application/json"],
            answer.to_string(),
        )
    });
    let identity_provider = identity_provider.await.unwrap();
    let endpoint = format!("{}/token", identity_provider.url());
    for (pools, _) in forms_of_pools() {
        let extensions = extensions(pools);
        let mut broker = Broker::start(LONG_MS).await.unwrap();
        let settings = OidcSettings::new(&*endpoint, "me", "a secret", extensions.clone());
        let settings = settings.security_protocol("SASL_PLAINTEXT").scope("kafka");
        let settings = settings.librdkafka().to_json();
        let mut settings: Value = serde_json::from_str(settings.expose_secret()).unwrap();
        settings["bootstrap.servers"] = broker.address().into();
        let mut producer = producer(&settings, &json!([]));
        let expected = sasl_token(&token, &extensions).await;
        let (_, message) = message(&mut broker, &mut producer).await;
        assert!(
            message == predicted(&expected),
            "{:?}, not {:?}",
            shown(&message, &expected),
            shown(&predicted(&expected), &expected)
        );
        let asked = identity_provider.take_requests().remove(0);
        assert_eq!(
            asked.header("authorization"),
            Some("Basic bWU6YSBzZWNyZXQ=")
        );
        assert_eq!(asked.body, b"grant_type=client_credentials&scope=kafka");
    }
}
