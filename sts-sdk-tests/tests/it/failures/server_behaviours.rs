//! Whatever a server does, a caller gets a token or an error that says what happened.

use std::time::{Duration, Instant};

use sts_sdk::TokenExchangeRequest;
use sts_sdk::generated::Error;
use sts_sdk::{AccessToken, Client, ExchangeError};
use sts_sdk_tests::{Outcome, Server, ServerBehaviour, reply, says, server_behaviours};

const SUBJECT: &str = "eyJhbGciOiJSUzI1NiJ9.c3ViamVjdC10b2tlbg.c2lnbmF0dXJl";
const ACCESS: &str = "eyJhbGciOiJFUzI1NiJ9.YWNjZXNzLXRva2Vu.b3RoZXItc2lnbmF0dXJl";

async fn exchange(client: &Client) -> Result<AccessToken, ExchangeError> {
    let request = TokenExchangeRequest::builder();
    client
        .exchange(request.subject_token(SUBJECT).identity_pool_id("pool"))
        .await
}

fn client(server: &Server, timeout: Duration) -> Client {
    let builder = Client::builder().base_url(server.url());
    builder.timeout(timeout).build().unwrap()
}

async fn start(behaviour: &ServerBehaviour) -> Server {
    let acts = behaviour.acts.clone();
    Server::acting(move |_| acts.clone()).await.unwrap()
}

/// The text of an error without the operating system's number for it and the port of the server.
fn without_numbers(error: &ExchangeError) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap();
    let url = error.transport().and_then(reqwest::Error::url);
    match url.and_then(reqwest::Url::port) {
        Some(port) => text.replace(&format!(":{port}"), ":PORT"),
        None => text.to_owned(),
    }
}

fn check(behaviour: &ServerBehaviour, outcome: &Result<AccessToken, ExchangeError>) {
    match (&behaviour.outcome, outcome) {
        (Outcome::Token, Ok(token)) => {
            assert_eq!(token.secret().expose_secret(), ACCESS, "{}", behaviour.name);
            assert_eq!(token.lifetime(), Duration::from_secs(900));
            let header = token.authorization();
            assert_eq!(header.to_str().unwrap(), format!("Bearer {ACCESS}"));
            assert!(header.is_sensitive());
        }
        (
            Outcome::Error {
                status,
                text,
                transient,
            },
            Err(error),
        ) => {
            let said = without_numbers(error);
            assert!(says(&said, text), "{}: {said}", behaviour.name);
            assert_eq!(error.is_timeout(), behaviour.is_late, "{said}");
            assert_eq!(
                error.status().map(|status| status.as_u16()),
                *status,
                "{}",
                behaviour.name
            );
            assert_eq!(
                error.headers().is_some(),
                status.is_some(),
                "{}",
                behaviour.name
            );
            assert_eq!(error.is_transient(), *transient, "{}", behaviour.name);
        }
        (_, other) => panic!("{}: {other:?}", behaviour.name),
    }
}

#[tokio::test]
async fn every_behaviour_has_its_outcome() {
    for behaviour in server_behaviours(SUBJECT, ACCESS) {
        let server = start(&behaviour).await;
        let started = Instant::now();
        let outcome = exchange(&client(&server, behaviour.timeout())).await;
        let took = started.elapsed();
        check(&behaviour, &outcome);
        assert_eq!(
            server.take_requests().len(),
            behaviour.requests,
            "{}",
            behaviour.name
        );
        let text = outcome.map_or_else(|error| error.to_string(), |_| "a token".to_owned());
        println!(
            "{:>6.1?} ms  {}: {text:.110}",
            took.as_secs_f64() * 1e3,
            behaviour.name
        );
    }
}

#[tokio::test]
async fn the_generated_operation_gives_every_4xx_and_5xx_as_a_failure_and_no_body_otherwise() {
    for behaviour in server_behaviours(SUBJECT, ACCESS) {
        let Outcome::Error {
            status: Some(expected),
            ..
        } = behaviour.outcome
        else {
            continue;
        };
        let server = start(&behaviour).await;
        let client = client(&server, behaviour.timeout());
        let operation = client.generated().exchange_sts_v1_oauth_token();
        let operation =
            operation.body_map(|body| body.subject_token(SUBJECT).identity_pool_id("pool"));
        match operation.send().await {
            Err(Error::ErrorResponse(failure)) => {
                assert!(expected >= 400, "{}", behaviour.name);
                assert_eq!(failure.status().as_u16(), expected, "{}", behaviour.name);
                assert!(!failure.headers().is_empty(), "{}", behaviour.name);
            }
            Err(Error::UnexpectedResponse(response)) => {
                assert!(expected < 400, "{}", behaviour.name);
                assert_eq!(response.status().as_u16(), expected, "{}", behaviour.name);
                assert!(
                    response.bytes().await.unwrap().is_empty(),
                    "{}",
                    behaviour.name
                );
            }
            // Valid for the specification, refused by `exchange`.
            Ok(value) => assert_eq!(value.status().as_u16(), expected, "{}", behaviour.name),
            Err(other) => panic!("{}: {other:?}", behaviour.name),
        }
    }
}

#[tokio::test]
async fn errors_answer_what_programs_ask() {
    let unreachable = {
        // A port that was just free.
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let client = Client::builder()
        .base_url(unreachable)
        .no_proxy()
        .build()
        .unwrap();
    let error = exchange(&client).await.unwrap_err();
    let text = without_numbers(&error);
    assert!(says(&text, "no connection to 127.0.0.1:PORT: *"), "{text}");
    assert!(error.is_connect() && error.is_transient() && !error.is_timeout());
    assert!(error.transport().is_some_and(reqwest::Error::is_connect));
    assert_eq!(error.retry_after(), None);

    let request = TokenExchangeRequest::builder().subject_token(SUBJECT);
    let error = client.exchange(request).await.unwrap_err();
    let text = error.to_string();
    let expected = "the request was not sent: *identity_pool_id";
    assert!(says(&text, expected), "{text}");
    assert!(error.is_invalid_request() && !error.is_transient());

    for behaviour in server_behaviours(SUBJECT, ACCESS) {
        let server = start(&behaviour).await;
        let Err(error) = exchange(&self::client(&server, behaviour.timeout())).await else {
            assert!(matches!(behaviour.outcome, Outcome::Token));
            continue;
        };
        let text = error.to_string();
        assert_eq!(
            error.failure().is_some(),
            error.status().is_some_and(|status| status.as_u16() >= 400)
        );
        assert!(
            error
                .failure()
                .is_none_or(|failure| failure.errors.len() <= 16)
        );
        // What the text says can be asked for.
        let id = error.request_id().map(|id| format!("request id {id}"));
        assert_eq!(
            id.is_some_and(|id| text.contains(&id)),
            text.contains("request id "),
            "{text}"
        );
        let wait = error.retry_after().map(|wait| wait.as_secs());
        let wait = wait.map(|seconds| format!("retry after {seconds} s"));
        assert_eq!(
            wait.is_some_and(|wait| text.contains(&wait)),
            text.contains("retry after "),
            "{text}"
        );
    }
}

/// What is made of a response with this body.
async fn answered(status: &'static str, headers: &'static [&str], body: &str) -> ExchangeError {
    let response = reply(status, headers, body);
    let server = Server::start(move |_| response.clone()).await.unwrap();
    let client = client(&server, Duration::from_secs(30));
    exchange(&client).await.unwrap_err()
}

#[tokio::test]
async fn what_a_failure_has_no_property_for_can_be_asked_for() {
    let of_2025 = r#"{"status": 400, "error": {"code": "C", "message": "M.", "suggestion": "Ensure it."},
        "requestId": "of-the-body-1", "doc_url": "https://docs.example.com/errors"}"#;
    let error = answered("400 Bad Request", &[], of_2025).await;
    assert_eq!(error.request_id(), Some("of-the-body-1"));
    assert_eq!(error.suggestion(), Some("Ensure it."));
    assert_eq!(error.doc_url(), Some("https://docs.example.com/errors"));
    let failure = &error.failure().unwrap().errors[0];
    assert_eq!(failure.code.as_deref(), Some("C"));
    assert_eq!(failure.id.as_deref(), Some("of-the-body-1"));
    // The header's is the one that Confluent's support asks for.
    let error = answered("400 Bad Request", &["x-request-id: req-1"], of_2025).await;
    assert_eq!(error.request_id(), Some("req-1"));
    // One that is a token is none.
    let echo = of_2025.replace("of-the-body-1", SUBJECT);
    let error = answered("400 Bad Request", &[], &echo).await;
    assert_eq!(error.request_id(), None);

    let older =
        format!(r#"{{"errors": [{{"detail": "D", "resolution": "Delete one of {SUBJECT}."}}]}}"#);
    let error = answered("409 Conflict", &[], &older).await;
    assert_eq!(error.suggestion(), Some("Delete one of [redacted]."));
    assert_eq!((error.doc_url(), error.request_id()), (None, None));
}

#[tokio::test]
async fn the_end_of_a_rate_limits_window_is_waited_for_after_429_only() {
    let reset = &["x-ratelimit-reset: 30"];
    let both = &["x-ratelimit-reset: 30", "retry-after: 12"];
    let seconds = Duration::from_secs;
    for (status, headers, wait) in [
        ("429 Too Many Requests", &reset[..], Some(seconds(30))),
        ("429 Too Many Requests", both, Some(seconds(12))),
        ("400 Bad Request", reset, None),
        ("403 Forbidden", reset, None),
        ("500 Internal Server Error", reset, None),
        ("503 Service Unavailable", reset, None),
        ("503 Service Unavailable", both, Some(seconds(12))),
    ] {
        let error = answered(status, headers, "").await;
        assert_eq!(error.retry_after(), wait, "{status} {headers:?}");
    }
}

#[tokio::test]
async fn the_issued_type_must_be_the_requested_one() {
    let body = |issued: &str| {
        format!(
            r#"{{"access_token":"a","issued_token_type":"{issued}","token_type":"Bearer","expires_in":60}}"#
        )
    };
    let (usual, other) = (
        "urn:ietf:params:oauth:token-type:access_token",
        "urn:ietf:params:oauth:token-type:jwt",
    );
    for (requested, issued, taken) in [
        (None, usual, true),
        (None, other, false),
        (Some(usual), usual, true),
        (Some(other), other, true),
        (Some(other), usual, false),
    ] {
        let response = reply("200 OK", &["content-type: application/json"], body(issued));
        let server = Server::start(move |_| response.clone()).await.unwrap();
        let mut request = TokenExchangeRequest::builder()
            .subject_token(SUBJECT)
            .identity_pool_id("pool");
        if let Some(requested) = requested {
            request = request.requested_token_type(requested);
        }
        let client = client(&server, Duration::from_secs(30));
        let outcome = client.exchange(request).await;
        assert_eq!(outcome.is_ok(), taken, "{requested:?} {issued}");
        if let Ok(token) = &outcome {
            assert_eq!(token.issued_token_type(), issued);
        }
        if let Err(error) = outcome {
            let expected = "200 OK: expected a token exchange reply, its issued_token_type is not the one requested";
            assert_eq!(error.to_string(), expected);
        }
    }
}

// On several threads: an error page of a megabyte takes a while to be read, and must not hold up the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn exchanges_with_faults_do_not_disturb_the_others() {
    let all = server_behaviours(SUBJECT, ACCESS);
    let by_pool: Vec<ServerBehaviour> = all.iter().cycle().take(all.len() * 3).cloned().collect();
    let acts: Vec<_> = by_pool
        .iter()
        .map(|behaviour| behaviour.acts.clone())
        .collect();
    let server = Server::acting(move |request| {
        let body = String::from_utf8_lossy(&request.body);
        let pool = body
            .split('&')
            .find_map(|field| field.strip_prefix("identity_pool_id="));
        acts[pool.unwrap().parse::<usize>().unwrap()].clone()
    });
    let server = server.await.unwrap();
    // All at once, on a machine that is busy with that.
    let client = client(&server, Duration::from_secs(8));
    let tasks: Vec<_> = (0..by_pool.len())
        .map(|pool| {
            let client = client.clone();
            tokio::spawn(async move {
                let request = TokenExchangeRequest::builder().subject_token(SUBJECT);
                client
                    .exchange(request.identity_pool_id(pool.to_string()))
                    .await
            })
        })
        .collect();
    for (behaviour, task) in by_pool.iter().zip(tasks) {
        check(behaviour, &task.await.unwrap());
    }
    assert_eq!(client.base_url(), server.url());
}
