//! Every kind of fault is seen as the documentation of the crate says.

use std::time::Duration;

use sts_emulator::{Fault, FaultBody, StsEmulator};
use sts_sdk::{AccessToken, Client, ExchangeError, TokenExchangeRequest};
use sts_sdk_tests::{lifetimes, seconds};

/// The outcome of one exchange while `fault` is in force.
async fn exchange(emulator: &StsEmulator, fault: Fault) -> Result<AccessToken, ExchangeError> {
    let client = Client::builder().base_url(emulator.url());
    let client = client.timeout(Duration::from_millis(1500)).build().unwrap();
    let token = emulator.subject_token("me").unwrap();
    emulator.inject(fault.always()).unwrap();
    let request = TokenExchangeRequest::builder();
    let request = request.identity_pool_id("pool-abc").subject_token(token);
    let outcome = client.exchange(request).await;
    emulator.clear_faults();
    outcome
}

fn text(text: impl Into<String>) -> FaultBody {
    FaultBody::Text {
        content_type: "text/plain".to_owned(),
        text: text.into(),
    }
}

/// A fault, the status that the error has, whether it is transient, and what its text contains.
fn faults() -> Vec<(Fault, Option<u16>, bool, &'static str)> {
    let body = |status, body| Fault::status(status).body(body);
    let hour = Duration::from_secs(3600);
    vec![
        (
            Fault::status(429),
            Some(429),
            true,
            "429 Too Many Requests, as a fault demands",
        ),
        (
            body(503, FaultBody::Errors),
            Some(503),
            true,
            "Injected Fault",
        ),
        (
            body(500, FaultBody::Error2025),
            Some(500),
            true,
            "INJECTED_FAULT",
        ),
        (
            body(502, FaultBody::Html),
            Some(502),
            true,
            "502 Bad Gateway",
        ),
        (
            body(503, FaultBody::Empty),
            Some(503),
            true,
            "Service Unavailable",
        ),
        (body(403, text("no")), Some(403), false, "no"),
        (Fault::status(401), Some(401), false, "401 Unauthorized"),
        (Fault::status(302), Some(302), false, "302"),
        (body(200, FaultBody::Html), Some(200), false, "200"),
        (body(204, FaultBody::Empty), Some(204), false, "204"),
        (
            body(200, text("a".repeat(2 << 20))),
            Some(200),
            false,
            "200",
        ),
        (body(500, text("a".repeat(2 << 20))), Some(500), true, "500"),
        (Fault::truncate(20), Some(200), true, "200"),
        (Fault::reset(), None, true, "no response from "),
        (Fault::delay(hour), None, true, "time"),
        (Fault::slow(hour), Some(200), true, "time"),
        (
            Fault::clock_skew(4000),
            Some(400),
            false,
            "the subject token expired ",
        ),
        (
            Fault::clock_skew(-60),
            Some(400),
            false,
            "the subject token is not valid for another ",
        ),
    ]
}

#[tokio::test]
async fn each_kind_of_fault_is_seen_as_documented() {
    for (fault, status, transient, contained) in faults() {
        let emulator = StsEmulator::start().await.unwrap();
        let wanted = format!("{fault:?}");
        let wanted = wanted.get(..300).unwrap_or(&wanted);
        let error = exchange(&emulator, fault.clone()).await.unwrap_err();
        println!("{error}");
        let seen = error.status().map(|status| status.as_u16());
        assert_eq!(
            (seen, error.is_transient()),
            (status, transient),
            "{wanted}: {error}"
        );
        let said = error.to_string();
        assert!(
            said.contains(contained) && said.lines().count() == 1,
            "{wanted}: {said}"
        );
        assert!(!said.contains("eyJ"), "{said}");
        // A connection that is reset before a byte of the response has come is tried once more.
        let requests = if fault == Fault::reset() { 2 } else { 1 };
        assert_eq!(emulator.count(), requests, "{wanted}");
        let waits = fault == Fault::delay(Duration::from_secs(3600))
            || fault == Fault::slow(Duration::from_secs(3600));
        assert_eq!(error.is_timeout(), waits, "{wanted}: {error}");
    }
}

#[tokio::test]
async fn headers_and_suggestions_arrive() {
    let emulator = StsEmulator::start().await.unwrap();
    let fault = Fault::status(429)
        .header("retry-after", "7")
        .header("x-request-id", "id-1");
    let error = exchange(&emulator, fault).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(error.request_id(), Some("id-1"));
    let error = exchange(&emulator, Fault::status(500).body(FaultBody::Error2025))
        .await
        .unwrap_err();
    assert_eq!(error.suggestion(), Some("Clear the faults"));
    assert!(error.request_id().is_some());
    let token = exchange(&emulator, Fault::headers().header("x-a", "b"))
        .await
        .unwrap();
    assert_eq!(token.lifetime(), seconds(lifetimes().1.try_into().unwrap()));
    exchange(&emulator, Fault::slow(Duration::ZERO))
        .await
        .unwrap();
    exchange(&emulator, Fault::delay(Duration::from_millis(1)))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_rate_limit_is_seen() {
    let emulator = StsEmulator::builder()
        .rate_limit(1, 60)
        .start()
        .await
        .unwrap();
    let fault = || Fault::headers().header("x-a", "b");
    exchange(&emulator, fault()).await.unwrap();
    let error = exchange(&emulator, fault()).await.unwrap_err();
    assert!(error.is_transient());
    let wait = error.retry_after().unwrap();
    assert!((1..=60).contains(&wait.as_secs()));
}
