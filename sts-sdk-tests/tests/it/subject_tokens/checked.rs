//! What is looked at before a subject token is sent.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use serde_json::json;
use sts_sdk::subject_token::{
    EnvironmentVariable, StaticToken, SubjectToken, SubjectTokenError, SubjectTokenSource,
    TokenFile,
};
use sts_sdk::testing::ManualClock;
use sts_sdk::{BoxFuture, Clock, TokenProvider};
use sts_sdk_tests::{Server, jwt, token_reply};

/// A provider on a clock that stands still.
fn provider(server: &Server, source: impl SubjectTokenSource + 'static) -> TokenProvider {
    let builder = TokenProvider::builder()
        .base_url(server.url())
        .name("a test")
        .identity_pool_id("pool-abc")
        .clock(ManualClock::default())
        .subject_token(source);
    builder.build().unwrap()
}

fn seconds_from_now(seconds: i64) -> i64 {
    let now = ManualClock::default().now().wall;
    let now = now.duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(now.unwrap().as_secs()).unwrap() + seconds
}

#[tokio::test]
async fn what_is_no_jwt_or_of_another_time_is_not_sent() {
    let server = Server::start(|_| token_reply("a-token")).await.unwrap();
    let expired = jwt(&json!({"exp": seconds_from_now(-3600)}));
    let early = jwt(&json!({"nbf": seconds_from_now(3600)}));
    let wrong = jwt(&json!({"exp": "hunter2"}));
    for (token, why) in [
        (
            "hunter2-opaque",
            "is no JWT, which has three parts with dots between; check what the source gives",
        ),
        ("hunter2.a.b", "is no JWT: its header is not JSON in Base64"),
        (&*wrong, "has an `exp` that is no time"),
        (
            &expired,
            "expired 3600 s ago (`exp`); check that its source renews it, and the clock",
        ),
        (
            &early,
            "is not valid before 3600 s from now (`nbf`); check the clock",
        ),
    ] {
        let token = token.to_owned();
        let tokens = provider(&server, StaticToken::new(token.clone()));
        let error = tokens.token().await.unwrap_err();
        let text = error.to_string();
        assert_eq!(
            text,
            format!("no access token for a test: the static token gave a subject token that {why}")
        );
        assert!(!error.is_transient());
        let shown = format!("{error:?} {:?}", tokens.status());
        assert!(
            !shown.contains("hunter2") && !shown.contains(&token),
            "{shown}"
        );
    }
    assert!(server.take_requests().is_empty());
}

#[tokio::test]
async fn clocks_may_differ_by_less_than_a_minute() {
    let server = Server::start(|_| token_reply("a-token")).await.unwrap();
    for claims in [
        json!({"exp": seconds_from_now(-30)}),
        json!({"nbf": seconds_from_now(30)}),
        json!({}),
    ] {
        let tokens = provider(&server, StaticToken::new(jwt(&claims)));
        tokens.token().await.unwrap();
    }
}

#[tokio::test]
async fn sources_are_named() {
    let server = Server::start(|_| token_reply("a-token")).await.unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "no-jwt").unwrap();
    let of_file = format!("the file {} gave ", file.path().display());
    let said = async |tokens: TokenProvider| tokens.token().await.unwrap_err().to_string();
    let text = said(provider(&server, TokenFile::new(file.path()))).await;
    assert!(text.contains(&of_file), "{text}");
    // Cargo sets it for tests.
    let text = said(provider(
        &server,
        EnvironmentVariable::new("CARGO_PKG_NAME"),
    ))
    .await;
    assert!(
        text.contains("the environment variable \"CARGO_PKG_NAME\" gave "),
        "{text}"
    );
    let closure = || async { Ok::<_, SubjectTokenError>("no-jwt") };
    let text = said(provider(&server, closure)).await;
    assert!(text.contains("the source gave "), "{text}");
}

#[tokio::test]
async fn the_claims_of_the_last_subject_token_are_in_the_status() {
    let server = Server::start(|_| token_reply("a-token")).await.unwrap();
    let end = seconds_from_now(600);
    let token = jwt(
        &json!({"iss": "https://idp.example.com", "sub": "workload", "aud": ["confluent"], "exp": end}),
    );
    let tokens = provider(&server, StaticToken::new(token));
    assert_eq!(tokens.status().subject_token, None);
    tokens.token().await.unwrap();
    let claims = tokens.status().subject_token.unwrap();
    assert_eq!(claims.issuer.as_deref(), Some("https://idp.example.com"));
    assert_eq!(claims.subject.as_deref(), Some("workload"));
    assert_eq!(claims.audience, ["confluent"]);
    let end = SystemTime::UNIX_EPOCH + Duration::from_secs(end.try_into().unwrap());
    assert_eq!(claims.expires_at, Some(end));
}

/// A source that notes what it is told.
struct Told(String, Mutex<Vec<String>>);

impl SubjectTokenSource for Told {
    fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
        Box::pin(async { Ok(SubjectToken::from(self.0.as_str())) })
    }

    fn refused(&self, token: &SubjectToken) {
        let token = token.secret().expose_secret().to_owned();
        self.1.lock().unwrap().push(token);
    }
}

#[tokio::test]
async fn a_source_is_told_of_a_token_that_is_of_no_use() {
    let server = Server::start(|_| token_reply("a-token")).await.unwrap();
    let expired = jwt(&json!({"exp": seconds_from_now(-3600)}));
    for token in ["", "two\nlines", "no-jwt", &*expired] {
        let source = Arc::new(Told(token.to_owned(), Mutex::default()));
        let tokens = provider(&server, Arc::clone(&source));
        tokens.token().await.unwrap_err();
        assert_eq!(*source.1.lock().unwrap(), [token]);
    }
    assert!(server.take_requests().is_empty());
}
