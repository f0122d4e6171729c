//! No formatting of any request, reply, builder, client or error prints a token.

use std::fmt::{Debug, Display};

use sts_sdk::generated::Error;
use sts_sdk::types::{StsV1TokenExchangeReply, StsV1TokenExchangeRequest};
use sts_sdk::{Client, Secret};
use sts_sdk_tests::{Server, reply};

const SUBJECT: &str = "eyJhbGciOiJSUzI1NiJ9.c3ViamVjdC10b2tlbg.c2lnbmF0dXJl";
const ACCESS: &str = "eyJhbGciOiJFUzI1NiJ9.YWNjZXNzLXRva2Vu.b3RoZXItc2lnbmF0dXJl";

/// Fails if any dot-separated part of a token, or its encoded form, occurs in `text`.
fn assert_clean(text: &str) {
    for part in SUBJECT.split('.').chain(ACCESS.split('.')) {
        assert!(!text.contains(part), "a token is printed");
    }
}

fn debug(value: &impl Debug) {
    assert_clean(&format!("{value:?}"));
    assert_clean(&format!("{value:#?}"));
}

fn display(value: &impl Display) {
    assert_clean(&format!("{value}"));
    assert_clean(&format!("{value:#}"));
    assert_clean(&format!("{value:>400}"));
}

fn reply_body(change: &str) -> String {
    let whole = format!(
        r#"{{"access_token":"{ACCESS}","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":900}}"#
    );
    match change {
        "truncated" => whole[..whole.len() - 20].to_owned(),
        "without type" => whole.replace("token_type\":\"B", "other\":\"B"),
        "swapped" => whole.replace("900", &format!("\"{ACCESS}\"")),
        _ => whole,
    }
}

#[test]
fn secrets_print_a_placeholder() {
    let secret = Secret::from(SUBJECT);
    debug(&secret);
    assert_eq!(format!("{secret:?}"), "Secret([redacted])");
    debug(&secret.clone());
    debug(&[Some(secret)]);
}

#[test]
fn requests_replies_and_builders_print_no_token() {
    let builder = StsV1TokenExchangeRequest::builder();
    let builder = builder.subject_token(SUBJECT).identity_pool_id("pool");
    debug(&builder);
    let request = StsV1TokenExchangeRequest::try_from(builder).unwrap();
    debug(&request);
    let client = Client::for_base_url("http://127.0.0.1:1").unwrap();
    debug(&client);
    debug(
        &client
            .generated()
            .exchange_sts_v1_oauth_token()
            .body(request),
    );

    let reply: StsV1TokenExchangeReply = serde_json::from_str(&reply_body("")).unwrap();
    assert_eq!(reply.access_token.expose_secret(), ACCESS);
    debug(&reply);
    debug(&StsV1TokenExchangeReply::builder().access_token(ACCESS));
}

#[test]
fn a_request_that_cannot_be_built_prints_no_token() {
    let builder = StsV1TokenExchangeRequest::builder();
    let builder = builder
        .subject_token(SUBJECT)
        .identity_pool_id("p")
        .expires_in(0);
    debug(&builder);
    let error = StsV1TokenExchangeRequest::try_from(builder).unwrap_err();
    debug(&error);
    display(&error);
}

#[tokio::test]
async fn no_response_makes_an_error_that_prints_a_token() {
    let json = "content-type: application/json";
    let failure = format!(r#"{{"errors":[{{"status":"400"}}],"echo":"{SUBJECT}"}}"#);
    let page = format!("<html><title>Bad gateway</title>{SUBJECT}</html>");
    for (response, expected) in [
        (reply("200 OK", &[json], reply_body("")), "reply"),
        (
            reply("200 OK", &[json], reply_body("truncated")),
            "unexpected 200",
        ),
        (
            reply("200 OK", &[json], reply_body("without type")),
            "unexpected 200",
        ),
        (
            reply("200 OK", &[json], reply_body("swapped")),
            "unexpected 200",
        ),
        (
            reply("200 OK", &["content-type: text/plain"], ACCESS),
            "unexpected 200",
        ),
        (
            reply("201 Created", &[json], reply_body("")),
            "unexpected 201",
        ),
        (
            reply("302 Found", &[json], reply_body("")),
            "unexpected 302",
        ),
        (reply("400 Bad Request", &[json], failure), "failure 400"),
        (reply("429 Too Many Requests", &[], ""), "failure 429"),
        (
            reply("502 Bad Gateway", &["content-type: text/html"], page),
            "failure 502",
        ),
        (b"not HTTP at all".to_vec(), "communication"),
        (Vec::new(), "communication"),
    ] {
        let server = Server::start(move |_| response.clone()).await.unwrap();
        let client = Client::for_base_url(&server.url()).unwrap();
        let exchange = client.generated().exchange_sts_v1_oauth_token();
        let exchange =
            exchange.body_map(|body| body.subject_token(SUBJECT).identity_pool_id("pool"));
        let outcome = match exchange.send().await {
            Ok(value) => {
                debug(&value);
                "reply".to_owned()
            }
            Err(error) => {
                debug(&error);
                display(&error);
                let mut source = std::error::Error::source(&error);
                while let Some(inner) = source {
                    assert_clean(&format!("{inner} {inner:?}"));
                    source = inner.source();
                }
                let outcome = match &error {
                    Error::ErrorResponse(failure) => {
                        debug(failure);
                        format!("failure {}", failure.status().as_u16())
                    }
                    Error::UnexpectedResponse(response) => {
                        format!("unexpected {}", response.status().as_u16())
                    }
                    Error::CommunicationError(_) => "communication".to_owned(),
                    _ => "another".to_owned(),
                };
                debug(&error.into_untyped());
                outcome
            }
        };
        assert_eq!(outcome, expected);
        assert!(
            !server.take_requests().is_empty(),
            "{expected}: the server was asked"
        );
    }
}
