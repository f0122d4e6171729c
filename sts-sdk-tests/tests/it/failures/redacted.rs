//! Parts of tokens that a server sends back are found and removed, and headers that may hold a token are not printed.

use reqwest::header::HeaderMap;
use sts_sdk::{Client, ExchangeError, TokenExchangeRequest};
use sts_sdk_tests::{Server, reply};

/// No JWT, which would be found by its beginning, and with characters that a form encodes.
const SUBJECT: &str = "ab/de+gh=jk~mn|pq stuvwxyz";
/// The same as the form has it.
const ENCODED: &str = "ab%2Fde%2Bgh%3Djk%7Emn%7Cpq+stuvwxyz";

/// What is made of a 400 with these headers and this body.
async fn error(headers: &[&str], body: &str) -> ExchangeError {
    let response = reply("400 Bad Request", headers, body);
    let server = Server::start(move |_| response.clone()).await.unwrap();
    let client = Client::for_base_url(&server.url()).unwrap();
    let request = TokenExchangeRequest::builder();
    let request = request.identity_pool_id("pool").subject_token(SUBJECT);
    client.exchange(request).await.unwrap_err()
}

async fn of_text(body: &str) -> String {
    let error = error(&["content-type: text/plain"], body).await;
    error.to_string()
}

/// Every part of `text` that is `length` characters long.
fn parts(text: &str, length: usize) -> impl Iterator<Item = &str> {
    (0..=text.len() - length).map(move |start| &text[start..start + length])
}

#[tokio::test]
async fn twelve_characters_of_a_subject_token_are_removed_and_eleven_are_not() {
    for (form, name) in [(SUBJECT, "as it is"), (ENCODED, "form-encoded")] {
        // All at once, each between characters that no token has.
        let body: Vec<String> = parts(form, 12).map(|part| format!("<<{part}>>")).collect();
        for part in &body {
            let text = of_text(&format!("a {part} b")).await;
            assert_eq!(
                text, "400 Bad Request: a <<[redacted]>> b",
                "{name}: a part is shown"
            );
        }
        for part in parts(form, 11).filter(|part| !part.starts_with(' ') && !part.ends_with(' ')) {
            let text = of_text(&format!("a <<{part}>> b")).await;
            let expected = format!("400 Bad Request: a <<{part}>> b");
            assert_eq!(text, expected, "{name}: too much is taken out");
        }
    }
}

#[tokio::test]
async fn a_token_is_removed_however_often_a_failure_has_it() {
    for times in 1..=4 {
        let details = (0..times).map(|_| format!(r#"{{"detail":"{SUBJECT}"}}"#));
        let details = details.collect::<Vec<_>>().join(",");
        let names = ["code", "detail", "id", "title"];
        let texts = names.iter().take(times);
        let texts = texts.map(|name| format!(r#""{name}":"{SUBJECT}""#));
        let texts = texts.collect::<Vec<_>>().join(",");
        for errors in [details, format!("{{{texts}}}")] {
            let error = error(&[], &format!(r#"{{"errors":[{errors}]}}"#)).await;
            let failure = serde_json::to_string(error.failure().unwrap()).unwrap();
            assert_eq!(failure.matches("[redacted]").count(), times);
            assert!(!failure.contains(&SUBJECT[..12]), "a part is left");
        }
    }
}

#[tokio::test]
async fn twelve_characters_in_a_header_take_the_place_of_all_of_it() {
    for form in [SUBJECT, ENCODED] {
        for part in parts(form, 12) {
            for name in ["x-request-id", "server", "x-other"] {
                let line = format!("{name}: id-{part}-1");
                let error = error(&[&line], "").await;
                let value = &error.headers().unwrap()[name];
                assert_eq!(value, "[redacted]", "{name} holds a part");
                assert!(value.is_sensitive());
            }
        }
    }
}

/// The names of those that are marked sensitive.
fn sensitive(headers: &HeaderMap) -> Vec<&str> {
    let sensitive = headers.iter().filter(|(_, value)| value.is_sensitive());
    sensitive.map(|(name, _)| name.as_str()).collect()
}

#[tokio::test]
async fn headers_that_may_hold_a_token_are_sensitive_and_not_printed() {
    let plain = [
        "date: Mon, 23 Nov 2026 10:00:00 GMT",
        "retry-after: 12",
        "server: envoy",
        "x-ratelimit-limit: 100",
        "x-ratelimit-remaining: 0",
        "x-ratelimit-reset: 30",
        "x-request-id: req-1",
        "content-type: application/json",
    ];
    let may_hold = [
        "set-cookie: session=hunter2",
        "www-authenticate: Bearer realm=hunter2",
        "location: /?code=hunter2",
        "x-whatever: hunter2",
        "authorization: hunter2",
    ];
    let headers = [&plain[..], &may_hold[..]].concat();
    let names = |lines: &[&'static str]| -> Vec<&str> {
        let mut names: Vec<&str> = lines
            .iter()
            .map(|line| &line[..line.find(':').unwrap()])
            .collect();
        names.sort_unstable();
        names
    };
    let check = |headers: &HeaderMap| {
        let mut found = sensitive(headers);
        found.sort_unstable();
        assert_eq!(found, names(&may_hold));
        assert!(!format!("{headers:?}").contains("hunter2"));
        // Whoever asks for them by name gets them.
        assert_eq!(headers["x-whatever"], "hunter2");
        assert_eq!(headers["x-request-id"], "req-1");
    };
    check(error(&headers, "{}").await.headers().unwrap());

    // Those of a success as well.
    let body = r#"{"access_token":"a","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":60}"#;
    let server = Server::start(move |_| reply("200 OK", &headers, body));
    let server = server.await.unwrap();
    let client = Client::for_base_url(&server.url()).unwrap();
    let request = TokenExchangeRequest::builder();
    let request = request.identity_pool_id("pool").subject_token(SUBJECT);
    check(client.exchange(request).await.unwrap().headers());
}

#[tokio::test]
async fn a_header_that_is_printed_is_sensitive_where_it_holds_what_may_be_a_jwt() {
    let error = error(&["x-request-id: eyJhbGciOiJub25lIn0", "server: envoy"], "").await;
    assert_eq!(sensitive(error.headers().unwrap()), ["x-request-id"]);
    assert_eq!(error.request_id(), None);
}
