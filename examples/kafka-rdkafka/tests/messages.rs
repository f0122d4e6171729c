//! What rdkafka sends: a broker on a loopback socket records it.

use std::thread;
use std::time::Duration;

use kafka_rdkafka::{Tokens, with_callback, with_oidc};
use sts_sdk::auth::Pools;
use sts_sdk::auth::kafka::{Extensions, OidcSettings, SaslToken};
use sts_sdk::blocking;
use sts_sdk_tests::{Broker, Server, always, external_token, reply};

const SESSION_MS: i64 = 3_600_000;

fn predicted(token: &str, extensions: &Extensions) -> Vec<u8> {
    let tokens = blocking::ExternalTokenProvider::new(&always(token)).unwrap();
    let token = SaslToken::new(&tokens.token().unwrap(), extensions).unwrap();
    token.initial_response().expose_secret().as_bytes().to_vec()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_callback_sends_the_token_without_extensions() {
    let mut broker = Broker::start(SESSION_MS).await.unwrap();
    let token = external_token("me");
    let tokens = blocking::ExternalTokenProvider::new(&always(&token)).unwrap();
    let producer = with_callback(&broker.address(), "SASL_PLAINTEXT", Tokens::new(tokens)).unwrap();
    thread::spawn(move || {
        loop {
            producer.poll(Duration::from_millis(100));
        }
    });
    let (_, message) = broker.next_message().await.unwrap();
    assert!(message == predicted(&token, &Extensions::default()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn librdkafkas_own_method_sends_the_extensions() {
    let mut broker = Broker::start(SESSION_MS).await.unwrap();
    let token = external_token("me");
    let answer =
        serde_json::json!({"access_token": token, "token_type": "Bearer", "expires_in": 3600});
    let identity_provider = Server::start(move |_| {
        reply(
            "200 OK",
            &["content-type: application/json"],
            answer.to_string(),
        )
    });
    let identity_provider = identity_provider.await.unwrap();
    let pools = Pools::union(["pool-1", "pool-2"]).unwrap();
    let extensions = Extensions::new(pools).logical_cluster("lkc-123").unwrap();
    let settings = OidcSettings::new(
        identity_provider.url(),
        "me",
        "a-secret",
        extensions.clone(),
    );
    let settings = settings.security_protocol("SASL_PLAINTEXT");
    let producer = with_oidc(&broker.address(), &settings).unwrap();
    let (_, message) = broker.next_message().await.unwrap();
    assert!(message == predicted(&token, &extensions));
    drop(producer);
}
