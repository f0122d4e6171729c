//! Whatever a server does, no token is logged, traced, printed or put into an error.
//!
//! Alone in its process, as it listens to everything that is logged.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::error::Error as _;
use std::time::Duration;

use sts_sdk::types::StsV1TokenExchangeRequest;
use sts_sdk::{Client, ExchangeError};
use sts_sdk_tests::{Captured, Server, cases};
use tracing_subscriber::fmt::format::FmtSpan;

/// Its parts say `{"alg":"RS256"}`, `{"sub":"workload-7f3a91"}` and `subject-signature-55aa`.
const SUBJECT: &str =
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ3b3JrbG9hZC03ZjNhOTEifQ.c3ViamVjdC1zaWduYXR1cmUtNTVhYQ";
/// Its parts say `{"alg":"ES256"}`, `{"sub":"pool-91c0de"}` and `access-signature-aa55`.
const ACCESS: &str =
    "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJwb29sLTkxYzBkZSJ9.YWNjZXNzLXNpZ25hdHVyZS1hYTU1";
const DECODED: [&str; 4] = [
    "workload-7f3a91",
    "subject-signature-55aa",
    "pool-91c0de",
    "access-signature-aa55",
];

/// What of the tokens occurs in `text`, without repeating it.
fn leak(text: &str) -> Option<&'static str> {
    let parts = SUBJECT.split('.').chain(ACCESS.split('.')).chain(DECODED);
    // A part that was cut off at either end is still one.
    let mut needles = parts.map(|part| &part[1..part.len() - 1]);
    needles
        .find(|needle| text.contains(needle))
        .map(|_| "a part of a token")
}

fn shown(error: &ExchangeError) -> String {
    let mut texts = vec![
        format!("{error} {error:#} {error:?} {error:#?}"),
        format!("{:?} {:?}", error.headers(), error.failure()),
    ];
    let mut source = error.source();
    while let Some(inner) = source {
        texts.push(format!("{inner} {inner:?} {inner:#?}"));
        source = inner.source();
    }
    texts.join(" ")
}

#[tokio::test]
async fn nothing_captured_formatted_or_returned_contains_a_token() {
    let captured = Captured::default();
    let writer = captured.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_writer(move || writer.clone())
        .init();

    for case in cases(SUBJECT, ACCESS) {
        let acts = case.acts.clone();
        let server = Server::acting(move |_| acts.clone()).await.unwrap();
        let builder = Client::builder().base_url(server.url()).no_proxy();
        let client = builder.timeout(Duration::from_millis(500)).build().unwrap();
        let request = StsV1TokenExchangeRequest::builder();
        let request = request.subject_token(SUBJECT).identity_pool_id("pool");
        let mut texts = vec![format!("{client:?} {client:#?} {request:?} {request:#?}")];

        match client.exchange(request.clone()).await {
            Ok(token) => texts.push(format!("{token:?} {token:#?}")),
            Err(error) => texts.push(shown(&error)),
        }
        let operation = client.exchange_sts_v1_oauth_token().body_map(|_| request);
        texts.push(format!("{operation:?}"));
        match operation.send().await {
            Ok(value) => texts.push(format!("{value:?} {:?}", value.headers())),
            Err(error) => {
                texts.push(format!("{error} {error:#} {error:?} {error:#?}"));
                texts.push(shown(&error.into()));
            }
        }
        assert_eq!(
            leak(&texts.concat()),
            None,
            "{} is shown with a token",
            case.name
        );
        let logged = captured.take();
        assert!(logged.contains("exchange{"), "{} left a trace", case.name);
        assert_eq!(leak(&logged), None, "{} is logged with a token", case.name);
    }
}
