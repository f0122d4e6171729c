//! What `Debug` shows: what a thing is and how it is set up. `secrets.rs` and `leaks.rs` say what it does not show.

use std::fmt::Debug;

use sts_sdk::subject_token::{
    ClientCredentials, Command, HttpToken, StaticToken, SubjectTokenError,
};
use sts_sdk::testing::{FakeSts, ManualClock};
use sts_sdk::{Client, ExternalTokenProvider, Secret, TokenProvider};
use sts_sdk_tests::{provider, seconds, token};

/// Fails unless the one line that `value` is shown as has all `parts`, in their order.
fn assert_shows(value: &impl Debug, parts: &[&str]) {
    let text = format!("{value:?}");
    assert_eq!(text.lines().count(), 1, "{text}");
    let mut rest = text.as_str();
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("{part:?} is not in the rest of {text}");
        };
        rest = after;
    }
}

#[test]
fn builders_show_how_they_are_set() {
    let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert_shows(
        &Client::builder(),
        &[
            "ClientBuilder { allow_http: false, user_agent: None, connect_timeout: 10s, timeout: 30s, body_limit: 1048576, \
             proxies: 0, no_proxy: false",
            "roots: 0, identity: false",
            "http_client: false",
        ],
    );
    let builder = Client::builder()
        .allow_http()
        .user_agent("tool/1")
        .connect_timeout(seconds(1))
        .timeout(seconds(2))
        .body_limit(3)
        .proxy(reqwest::Proxy::all("http://127.0.0.1:1").unwrap())
        .no_proxy()
        .root_certificates(pem)
        .client_certificate(pem, pem)
        .http_client(|builder| builder);
    assert_shows(
        &builder,
        &[
            "allow_http: true",
            "tool/1",
            "connect_timeout: 1s, timeout: 2s, body_limit: 3, proxies: 1, no_proxy: true",
            "roots: 1, identity: true",
            "http_client: true",
        ],
    );
    assert_shows(
        &TokenProvider::builder(),
        &[
            "TokenProviderBuilder { identity_pool_id: None, lifetime: None, deadline: 30s, max_retries: 5, max_backoff: 30s, \
             clock: None, name: None, ..",
        ],
    );
    let builder = TokenProvider::builder()
        .identity_pool_id("pool-abc")
        .lifetime(seconds(1))
        .deadline(seconds(2))
        .max_retries(3)
        .max_backoff(seconds(4))
        .clock(ManualClock::default())
        .name("billing");
    assert_shows(
        &builder,
        &[
            "pool-abc",
            "lifetime: Some(1s), deadline: 2s, max_retries: 3, max_backoff: 4s",
            "ManualClock(",
            "billing",
        ],
    );
}

#[test]
fn builders_of_external_tokens_show_how_they_are_set_as_well() {
    let builder = ExternalTokenProvider::builder()
        .deadline(seconds(2))
        .max_retries(3)
        .max_backoff(seconds(4));
    assert_shows(
        &builder,
        &[
            "ExternalTokenProviderBuilder(",
            "deadline: 2s, max_retries: 3, max_backoff: 4s",
        ],
    );
    let beyond = ExternalTokenProvider::builder()
        .subject_token(StaticToken::new("eyJ.a.b"))
        .deadline(seconds(3601));
    let error = beyond.build().unwrap_err().to_string();
    assert!(error.contains("at most an hour"), "{error}");
}

#[tokio::test]
async fn providers_and_their_tokens_show_their_state() {
    let (clock, sts, tokens) = provider(token);
    assert_shows(
        &tokens,
        &["TokenProvider { name: \"a test\", state: Empty, .. }"],
    );
    let token = tokens.token().await.unwrap();
    assert_shows(&tokens, &["state: Fresh"]);
    let expires_at = format!("{:?}", token.expires_at());
    assert_shows(
        &token,
        &[
            "Token { tag: Tag(",
            "expires_at: ",
            &expires_at,
            "Secret([redacted])",
        ],
    );
    assert_shows(&sts, &["FakeSts { exchanges: 1, .. }"]);
    assert_shows(&tokens.keep_fresh().unwrap(), &["KeepFresh { .. }"]);
    let before = format!("{clock:?}");
    clock.advance(seconds(1));
    assert_shows(&clock, &["ManualClock(Moment {"]);
    assert_ne!(format!("{clock:?}"), before, "it shows the time");
    assert_shows(&FakeSts::new(sts_sdk_tests::token), &["exchanges: 0"]);
}

#[test]
fn errors_show_their_text() {
    let error = SubjectTokenError::transient("not yet");
    assert_shows(&error, &["SubjectTokenError(not yet)"]);
    let error = TokenProvider::builder().build().unwrap_err();
    assert_eq!(format!("{error:?}"), format!("BuildError({error})"));
    let error = Client::builder().base_url("no url").build().unwrap_err();
    assert_eq!(format!("{error:?}"), format!("BuildError({error})"));
}

#[test]
fn sources_show_what_they_ask() {
    let source = Command::new("vault")
        .arg("read")
        .arg("token")
        .token_at("/data/token");
    assert_shows(
        &source,
        &[
            "Command { program: \"vault\", arguments: 2, timeout: 30s",
            "/data/token",
        ],
    );
    let source = ClientCredentials::new("https://idp.example.com/token", "my-client");
    assert_shows(
        &source,
        &["https://idp.example.com/token", "my-client", "None"],
    );
    assert_shows(&source.clone().client_secret("hunter2"), &["Secret"]);
    assert_shows(
        &source.client_secret("hunter2").secret_in_body(),
        &["SecretInBody"],
    );
    assert_shows(
        &HttpToken::get("https://vault.example.com/v1/a"),
        &["HttpToken { method: GET, url: HttpValue(text)"],
    );
    assert_shows(&StaticToken::new(Secret::from("eyJ.a.b")), &["[redacted]"]);
}
