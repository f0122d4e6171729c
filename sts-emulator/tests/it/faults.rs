use std::time::{Duration, UNIX_EPOCH};

use reqwest::StatusCode;
use serde_json::{Value, json};
use sts_emulator::{Endpoint, Fault, FaultBody, StsEmulator};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::requests::{Form, PATH, client};

async fn start() -> (StsEmulator, Form) {
    let emulator = StsEmulator::start().await.unwrap();
    let form = Form::new(&emulator.subject_token("me").unwrap());
    (emulator, form)
}

/// What comes back on a connection until it ends, and how it ends.
async fn raw(emulator: &StsEmulator) -> (String, std::io::Result<usize>) {
    let token = emulator.subject_token("me").unwrap();
    let form: Vec<String> = Form::new(&token)
        .0
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let form = form.join("&");
    let mut stream = TcpStream::connect(emulator.address()).await.unwrap();
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        form.len()
    );
    stream
        .write_all(format!("{head}{form}").as_bytes())
        .await
        .unwrap();
    let mut received = Vec::new();
    let end = stream.read_to_end(&mut received).await;
    (String::from_utf8(received).unwrap(), end)
}

#[tokio::test]
async fn statuses_come_with_each_kind_of_body() {
    let (emulator, form) = start().await;
    let text = FaultBody::Text {
        content_type: "text/plain".to_owned(),
        text: "<no>".to_owned(),
    };
    for (body, content_type, part) in [
        (
            FaultBody::Errors,
            Some("application/json"),
            r#""detail":"503 Service Unavailable, as a fault demands""#,
        ),
        (
            FaultBody::Error2025,
            Some("application/json"),
            r#""code":"INJECTED_FAULT""#,
        ),
        (
            FaultBody::Html,
            Some("text/html"),
            "<html>\r\n<head><title>503 Service Unavailable</title>",
        ),
        (FaultBody::Empty, None, ""),
        (text, Some("text/plain"), "<no>"),
    ] {
        let fault = Fault::status(503)
            .body(body)
            .header("retry-after", "7")
            .header("x-a", "b");
        emulator.inject(fault).unwrap();
        let response = form.send(&emulator).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        let header = |name: &str| {
            response
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(header("content-type").as_deref(), content_type);
        assert_eq!(
            (header("retry-after").as_deref(), header("x-a").as_deref()),
            (Some("7"), Some("b"))
        );
        let text = response.text().await.unwrap();
        assert!(text.contains(part), "{text}");
        form.exchanged(&emulator).await;
    }
}

#[tokio::test]
async fn a_success_can_be_changed_too() {
    let (emulator, form) = start().await;
    emulator
        .inject(Fault::headers().header("content-type", "text/plain"))
        .unwrap();
    let response = form.send(&emulator).await;
    assert_eq!(
        (
            response.status(),
            response.headers()["content-type"].to_str().unwrap()
        ),
        (StatusCode::OK, "text/plain")
    );
    emulator
        .inject(Fault::status(204).body(FaultBody::Empty))
        .unwrap();
    assert_eq!(form.send(&emulator).await.status(), StatusCode::NO_CONTENT);
    emulator.inject(Fault::clock_skew(-10)).unwrap();
    emulator.advance(20);
    let reply = form.exchanged(&emulator).await;
    let skewed = crate::requests::claims(reply["access_token"].as_str().unwrap());
    let reply = form.exchanged(&emulator).await;
    let right = crate::requests::claims(reply["access_token"].as_str().unwrap());
    let difference = right["iat"].as_i64().unwrap() - skewed["iat"].as_i64().unwrap();
    assert!(difference >= 10, "{difference}");
}

#[tokio::test]
async fn the_clock_is_in_every_answer_and_may_be_as_wrong_as_can_be() {
    let clock = || UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let builder = StsEmulator::builder().clock(clock).trust_any_jwt();
    let emulator = builder.start().await.unwrap();
    let form = Form::new(
        &emulator
            .any_token(&json!({"exp": null, "iat": null}))
            .unwrap(),
    );
    let date = async || {
        form.send(&emulator).await.headers()["date"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(date().await, "Fri, 15 Jan 2027 08:00:00 GMT");
    // Also in what refuses a method.
    let url = format!("{}/sts/v1/oauth2/token", emulator.url());
    let refused = client().head(url).send().await.unwrap();
    assert_eq!(refused.headers()["date"], "Fri, 15 Jan 2027 08:00:00 GMT");
    emulator.inject(Fault::clock_skew(-60)).unwrap();
    assert_eq!(date().await, "Fri, 15 Jan 2027 07:59:00 GMT");
    for skew in [i64::MIN, i64::MAX] {
        emulator.inject(Fault::clock_skew(skew)).unwrap();
        let reply = form.exchanged(&emulator).await;
        emulator
            .inject(Fault::clock_skew(i64::MIN).at(Endpoint::Resource))
            .unwrap();
        emulator
            .inject(Fault::clock_skew(i64::MAX).at(Endpoint::Resource))
            .unwrap();
        for _ in 0..3 {
            let token = reply["access_token"].as_str().unwrap();
            let request = client()
                .get(format!("{}/resource", emulator.url()))
                .bearer_auth(token);
            let status = request.send().await.unwrap().status().as_u16();
            assert!([200, 401].contains(&status), "{status}");
        }
    }
    for seconds in [i64::MAX, i64::MAX, i64::MIN, i64::MIN] {
        emulator.advance(seconds);
        form.exchanged(&emulator).await;
    }
}

#[tokio::test]
async fn a_delay_is_one() {
    let (emulator, form) = start().await;
    emulator
        .inject(Fault::delay(Duration::from_millis(1)).times(2))
        .unwrap();
    form.exchanged(&emulator).await;
    // A client that does not wait gets nothing, and is counted all the same.
    emulator.clear_faults();
    emulator
        .inject(Fault::delay(Duration::from_secs(3600)))
        .unwrap();
    let request = client()
        .post(format!("{}{PATH}", emulator.url()))
        .form(&form.0);
    let waiting = tokio::spawn(request.send());
    while emulator.count() < 2 {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished());
    waiting.abort();
    let requests = emulator.requests();
    let last = requests.last().unwrap();
    assert_eq!(
        (last.status, last.outcome.as_str(), last.fault),
        (None, "in progress", true)
    );
}

#[tokio::test]
async fn a_reset_is_one() {
    let (emulator, _) = start().await;
    emulator.inject(Fault::reset()).unwrap();
    let (received, end) = raw(&emulator).await;
    assert_eq!(received, "");
    assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    let requests = emulator.requests();
    assert_eq!(
        (requests[0].status, requests[0].outcome.as_str()),
        (None, "the connection was reset, as a fault demands")
    );
    let (received, end) = raw(&emulator).await;
    assert!(received.starts_with("HTTP/1.1 200 OK\r\n") && end.is_ok());
}

#[tokio::test]
async fn a_truncated_body_announces_all_of_it() {
    let (emulator, _) = start().await;
    for bytes in [0, 1, 10] {
        emulator.inject(Fault::truncate(bytes)).unwrap();
        let (received, _) = raw(&emulator).await;
        let (head, body) = received.split_once("\r\n\r\n").unwrap();
        assert_eq!(body.len() as u64, bytes);
        let announced = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .unwrap();
        assert!(announced.parse::<u64>().unwrap() > 100);
    }
    emulator.inject(Fault::truncate(100_000)).unwrap();
    let (received, end) = raw(&emulator).await;
    assert!(received.ends_with('}') && end.is_ok());
}

#[tokio::test]
async fn a_slow_body_comes_in_the_end() {
    let (emulator, form) = start().await;
    emulator.inject(Fault::slow(Duration::ZERO)).unwrap();
    form.exchanged(&emulator).await;
    emulator
        .inject(Fault::slow(Duration::from_secs(3600)))
        .unwrap();
    let request = client()
        .post(format!("{}{PATH}", emulator.url()))
        .form(&form.0);
    let mut response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let chunk = tokio::time::timeout(Duration::from_millis(50), response.chunk()).await;
    assert!(chunk.is_err());
}

#[tokio::test]
async fn only_what_matches_fails() {
    let (emulator, form) = start().await;
    emulator
        .inject(
            Fault::status(500)
                .matching("identity_pool_id", "pool-other")
                .always(),
        )
        .unwrap();
    emulator
        .inject(Fault::status(503).schedule([2, 3]))
        .unwrap();
    let other = form.clone().with("identity_pool_id", "pool-other");
    let mut statuses = Vec::new();
    for form in [&form, &other, &form, &other, &form, &form] {
        statuses.push(form.send(&emulator).await.status().as_u16());
    }
    assert_eq!(statuses, [200, 500, 503, 500, 503, 200]);
    assert_eq!(
        json!(emulator.counts().exchange_statuses),
        json!({"200": 2, "500": 2, "503": 2})
    );
}

#[tokio::test]
async fn the_identity_provider_fails_too() {
    let (emulator, _) = start().await;
    emulator
        .inject(Fault::status(500).at(Endpoint::IdentityProvider))
        .unwrap();
    let ask = async || {
        let form = [("grant_type", "client_credentials"), ("client_id", "me")];
        let request = client().post(format!("{}/token", emulator.identity_provider()));
        request.form(&form).send().await.unwrap().status().as_u16()
    };
    assert_eq!((ask().await, ask().await), (500, 200));
    let error = emulator.inject(Fault::status(99)).unwrap_err();
    assert_eq!(error.to_string(), "status is from 200 to 599");
}

#[tokio::test]
async fn a_builder_and_a_reset() {
    let emulator = StsEmulator::builder()
        .fault(Fault::status(500).always())
        .start()
        .await
        .unwrap();
    let form = Form::new(&emulator.subject_token("me").unwrap());
    assert_eq!(form.send(&emulator).await.status(), 500);
    emulator.reset();
    let _: Value = form.exchanged(&emulator).await;
    assert!(
        StsEmulator::builder()
            .fault(Fault::status(1))
            .start()
            .await
            .is_err()
    );
}
