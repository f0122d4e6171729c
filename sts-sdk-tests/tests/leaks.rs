//! Whatever a server does, no token is logged, traced, printed or put into an error.
//!
//! In a process of its own: it sets the global subscriber of `tracing` and reads whatever the process logs.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::HeaderMap;
use sts_sdk::subject_token::StaticToken;
use sts_sdk::types::{StsV1TokenExchangeRequest, builder};
use sts_sdk::{Client, ExchangeError, TokenProvider};
use sts_sdk_tests::{Captured, Server, server_behaviours};
use tracing_subscriber::fmt::format::FmtSpan;

/// A subject token and an access token.
struct Tokens {
    subject: &'static str,
    access: &'static str,
    /// What must not be shown: the tokens, their parts, and what the parts say.
    parts: &'static [&'static str],
}

const TOKENS: [Tokens; 2] = [
    // Their parts say `{"alg":"RS256"}`, `{"sub":"workload-7f3a91"}` and so on.
    Tokens {
        subject: "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ3b3JrbG9hZC03ZjNhOTEifQ.c3ViamVjdC1zaWduYXR1cmUtNTVhYQ",
        access: "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJwb29sLTkxYzBkZSJ9.YWNjZXNzLXNpZ25hdHVyZS1hYTU1",
        parts: &[
            "eyJhbGciOiJSUzI1NiJ9",
            "eyJzdWIiOiJ3b3JrbG9hZC03ZjNhOTEifQ",
            "c3ViamVjdC1zaWduYXR1cmUtNTVhYQ",
            "eyJhbGciOiJFUzI1NiJ9",
            "eyJzdWIiOiJwb29sLTkxYzBkZSJ9",
            "YWNjZXNzLXNpZ25hdHVyZS1hYTU1",
            "workload-7f3a91",
            "subject-signature-55aa",
            "pool-91c0de",
            "access-signature-aa55",
        ],
    },
    // Opaque, with characters that a form encodes.
    Tokens {
        subject: "Opaq/ue+Subject=Token~0123456789",
        access: "opaque.access-token_9876543210",
        parts: &[
            "Opaq/ue+Subj",
            "Subject=Token",
            "Token~01234567",
            "Opaq%2Fue%2B",
            "opaque.access",
            "token_98765432",
        ],
    },
];

/// Fails if a part of a token occurs in `text`, even one that was cut off at either end, without repeating it.
fn assert_clean(tokens: &Tokens, text: &str, what: &str) {
    for part in tokens.parts {
        let needle = &part[1..part.len() - 1];
        assert!(!text.contains(needle), "{what} holds a part of a token");
    }
}

/// Every value of the headers, as a program reads them.
fn read(headers: Option<&HeaderMap>) -> String {
    let values = headers.into_iter().flat_map(HeaderMap::values);
    // What is not for printing is marked.
    let plain = values.filter(|value| !value.is_sensitive());
    plain
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect()
}

fn shown(error: &ExchangeError) -> String {
    let mut texts = vec![
        format!("{error} {error:#} {error:?} {error:#?}"),
        format!("{:?} {:?}", error.headers(), error.failure()),
        format!("{} {:?}", read(error.headers()), error.request_id()),
    ];
    let mut source = error.source();
    while let Some(inner) = source {
        texts.push(format!("{inner} {inner:?} {inner:#?}"));
        source = inner.source();
    }
    texts.join(" ")
}

/// What an exchange shows.
async fn of_exchange(client: &Client, request: builder::StsV1TokenExchangeRequest) -> String {
    match client.exchange(request).await {
        Ok(token) => format!("{token:?} {token:#?} {}", read(Some(token.headers()))),
        Err(error) => shown(&error),
    }
}

/// What the generated operation shows.
async fn of_operation(client: &Client, request: builder::StsV1TokenExchangeRequest) -> String {
    let operation = client.exchange_sts_v1_oauth_token().body_map(|_| request);
    let mut texts = vec![format!("{operation:?}")];
    match operation.send().await {
        Ok(value) => texts.push(format!("{value:?} {:?}", value.headers())),
        Err(error) => {
            texts.push(format!("{error} {error:#} {error:?} {error:#?}"));
            texts.push(shown(&error.into()));
        }
    }
    texts.join(" ")
}

/// What a provider shows of an exchange.
async fn of_provider(client: Client, subject: &'static str) -> String {
    let builder = TokenProvider::builder()
        .identity_pool_id("pool")
        .subject_token(StaticToken::new(subject))
        .client(client)
        .max_retries(0);
    let mut texts = vec![format!("{builder:?} {builder:#?}")];
    let tokens = builder.build().unwrap();
    match tokens.token().await {
        Ok(token) => {
            texts.push(format!("{token:?} {token:#?}"));
            texts.push(format!("{:?}", tokens.authorization().await));
        }
        Err(error) => {
            texts.push(format!("{error} {error:#} {error:?} {error:#?}"));
            texts.push(error.exchange().map(shown).unwrap_or_default());
            let mut source = std::error::Error::source(&error);
            while let Some(inner) = source {
                texts.push(format!("{inner} {inner:?} {inner:#?}"));
                source = inner.source();
            }
        }
    }
    texts.push(format!("{tokens:?} {tokens:#?}"));
    texts.push(format!("{:?} {:#?}", tokens.status(), tokens.status()));
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

    for (tokens, behaviour) in TOKENS.iter().flat_map(|tokens| {
        let behaviours = server_behaviours(tokens.subject, tokens.access);
        behaviours
            .into_iter()
            .map(move |behaviour| (tokens, behaviour))
    }) {
        let acts = behaviour.acts.clone();
        let server = Server::acting(move |_| acts.clone()).await.unwrap();
        let builder = Client::builder().base_url(server.url());
        let client = builder.timeout(Duration::from_millis(500)).build().unwrap();
        let request = StsV1TokenExchangeRequest::builder();
        let request = request
            .subject_token(tokens.subject)
            .identity_pool_id("pool");
        let mut texts = vec![format!("{client:?} {client:#?} {request:?} {request:#?}")];

        // All three wait for servers that do not answer, so they wait together.
        let (exchanged, operated, provided) = tokio::join!(
            of_exchange(&client, request.clone()),
            of_operation(&client, request),
            of_provider(client.clone(), tokens.subject),
        );
        texts.extend([exchanged, operated, provided]);
        assert_clean(
            tokens,
            &texts.concat(),
            &format!("what is returned for {:?}", behaviour.name),
        );
        let logged = captured.take();
        for span in ["exchange{", "refresh{"] {
            assert!(logged.contains(span), "{} left a trace", behaviour.name);
        }
        assert_clean(
            tokens,
            &logged,
            &format!("what is logged for {:?}", behaviour.name),
        );
    }
}
