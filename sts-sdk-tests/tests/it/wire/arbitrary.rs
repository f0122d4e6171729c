//! Whatever a server, a file or a setting holds: a value or an error in one line, without a token and without a panic.

use std::cell::Cell;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use sts_sdk::subject_token::{SubjectTokenSource, TokenFile};
use sts_sdk::{Client, TokenExchangeRequest};
use sts_sdk_tests::{Act, Server, reply};

/// No JWT, so that only comparing finds it.
const SUBJECT: &str = "Opaq/ue+Subject=Token~0123456789";

fn run<S: Strategy>(values: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config).run(values, test).unwrap();
}

/// Fails if `text` is more than one line of bounded length, or holds twelve characters of the subject token.
fn assert_presentable(text: &str) -> Result<(), TestCaseError> {
    prop_assert!(!text.contains(char::is_control), "{text:?}");
    prop_assert!(text.chars().count() < 20_000);
    assert_clean(text)
}

fn assert_clean(text: &str) -> Result<(), TestCaseError> {
    let mut parts = (0..=SUBJECT.len() - 12).map(|start| &SUBJECT[start..start + 12]);
    prop_assert!(parts.all(|part| !text.contains(part)), "a token is shown");
    Ok(())
}

/// JSON with the names that readers of replies and failures look for.
fn any_json() -> impl Strategy<Value = Value> {
    let names = select(vec![
        "errors",
        "error",
        "error_description",
        "error_uri",
        "error_code",
        "status",
        "code",
        "message",
        "title",
        "detail",
        "details",
        "suggestion",
        "resolution",
        "meta",
        "source",
        "pointer",
        "parameter",
        "field",
        "reason",
        "requestId",
        "doc_url",
        "id",
        "access_token",
        "issued_token_type",
        "token_type",
        "expires_in",
        "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        select(vec![
            SUBJECT,
            "Bearer",
            "eyJhbGciOiJub25lIn0.e30.",
            "a\u{200b}b\r\nc",
            "urn:ietf:params:oauth:token-type:access_token"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((names.clone(), inner), 0..6).prop_map(|entries| {
                Value::Object(
                    entries
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect(),
                )
            }),
        ]
    })
}

/// A reply, or one with a byte that is not what it was.
fn reply_body() -> impl Strategy<Value = Vec<u8>> {
    let whole = json!({
        "access_token": "a", "token_type": "Bearer", "expires_in": 60,
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
    });
    let whole = whole.to_string().into_bytes();
    proptest::option::of((any::<proptest::sample::Index>(), any::<u8>())).prop_map(move |change| {
        let mut bytes = whole.clone();
        if let Some((at, byte)) = change {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let page = format!("<html><title>{SUBJECT}</title><p>");
    prop_oneof![
        any_json().prop_map(|json| json.to_string().into_bytes()),
        // Cut short.
        (any_json(), 0..60_usize).prop_map(|(json, end)| json
            .to_string()
            .into_bytes()
            .into_iter()
            .take(end)
            .collect()),
        reply_body(),
        "[<>/!a-z \\-\"'&;{}\\[\\]]{0,80}"
            .prop_map(move |text| format!("{page}{text}").into_bytes()),
        "[^\r\n]{0,40}".prop_map(|text| format!("{text} {SUBJECT} {text}").into_bytes()),
        vec(any::<u8>(), 0..200),
    ]
}

fn response() -> impl Strategy<Value = Vec<u8>> {
    let status = select(vec![
        "200 OK",
        "200 OK",
        "200 OK",
        "201 Created",
        "204 No Content",
        "302 Found",
        "400 Bad Request",
        "401 Unauthorized",
        "429 Too Many Requests",
        "500 Internal Server Error",
        "599 \u{e9}",
        "999 x",
    ]);
    let name = select(vec![
        "content-type",
        "retry-after",
        "date",
        "x-request-id",
        "x-ratelimit-reset",
        "location",
        "server",
        "x-other",
    ]);
    let value = prop_oneof![
        "[ -~]{0,30}",
        Just(SUBJECT.to_owned()),
        Just("application/json".to_owned()),
        "[0-9]{1,20}",
    ];
    let header = (name, value).prop_map(|(name, value)| format!("{name}: {value}"));
    let whole = (status, vec(header, 0..5), body())
        .prop_map(|(status, headers, body)| {
            let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
            reply(status, &headers, body)
        })
        .boxed();
    prop_oneof![
        10 => whole.clone(),
        // A head that is not what it was.
        2 => (whole, any::<proptest::sample::Index>(), any::<u8>()).prop_map(|(mut bytes, at, byte)| {
            let at = at.index(bytes.len().min(60));
            bytes[at] = byte;
            bytes
        }),
        1 => vec(any::<u8>(), 0..100),
        3 => reply_body().prop_map(|body| reply("200 OK", &["content-type: application/json"], body)),
    ]
}

#[test]
fn any_response_is_a_token_or_an_error_in_one_line() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let next = Arc::new(Mutex::new(Vec::new()));
    let server = runtime.block_on(Server::acting({
        let next = Arc::clone(&next);
        move |_| vec![Act::Send(next.lock().unwrap().clone()), Act::Close]
    }));
    let server = server.unwrap();
    let client = Client::builder()
        .base_url(server.url())
        .timeout(Duration::from_secs(30));
    let client = client.build().unwrap();
    let (tokens, failures, others) = (Cell::new(0), Cell::new(0), Cell::new(0));
    run(&response(), |response| {
        *next.lock().unwrap() = response;
        let request = TokenExchangeRequest::builder()
            .subject_token(SUBJECT)
            .identity_pool_id("pool");
        let request = TokenExchangeRequest::try_from(request).unwrap();
        match runtime.block_on(client.exchange(request.clone())) {
            Ok(token) => {
                tokens.set(tokens.get() + 1);
                assert_clean(&format!("{token:?}"))?;
            }
            Err(error) => {
                let count = if error.failure().is_some() {
                    &failures
                } else {
                    &others
                };
                count.set(count.get() + 1);
                prop_assert!(!error.is_timeout(), "{}", error);
                assert_presentable(&error.to_string())?;
                let asked = format!(
                    "{:?} {:?} {:?}",
                    error.request_id(),
                    error.suggestion(),
                    error.doc_url()
                );
                assert_clean(&format!("{error:?} {:?} {asked}", error.failure()))?;
            }
        }
        // The operation as it is generated.
        let operation = client
            .generated()
            .exchange_sts_v1_oauth_token()
            .body(request);
        if let Err(error) = runtime.block_on(operation.send()) {
            assert_clean(&format!("{error} {error:?}"))?;
        }
        Ok(())
    });
    let counts = [tokens, failures, others].map(Cell::into_inner);
    assert!(
        counts.iter().all(|count| *count > 5),
        "tokens, failures, others: {counts:?}"
    );
}

#[test]
fn any_base_url_is_taken_or_refused_in_one_line() {
    let host = select(vec![
        "localhost",
        "127.0.0.1",
        "[::1]",
        "sts.example.com",
        "localhost.example.com",
        "127.1",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
        "10.0.0.1",
        "127.0.0.1.example.com",
        "%6cocalhost",
        "LOCALHOST",
        "",
        "127.0.0.1@example.com",
        "hunter2:hunter2@host",
    ]);
    let scheme = select(vec![
        "https://",
        "http://",
        "HTTP://",
        "ftp://",
        "",
        "//",
        "http:",
        "https:\\\\",
    ]);
    let rest = prop_oneof![
        "(:[0-9]{1,5})?(/[a-z0-9]{0,5}){0,3}",
        "(:[0-9]{0,6})?[/?#@%a-z0-9.: \t\n\\\\]{0,12}",
    ];
    let url = (scheme, host, rest).prop_map(|(scheme, host, rest)| [scheme, host, &rest].concat());
    let taken = Cell::new(0);
    run(&prop_oneof![4 => url, 1 => any::<String>()], |text| {
        match Client::for_base_url(&text) {
            Ok(client) => {
                taken.set(taken.get() + 1);
                let url = reqwest::Url::parse(client.base_url()).unwrap();
                prop_assert!(!client.base_url().ends_with('/'));
                prop_assert!(
                    url.username().is_empty() && url.password().is_none() && url.query().is_none()
                );
                // As the resolver would see it, and not as it was written.
                let addresses = url.socket_addrs(|| None).unwrap_or_default();
                let here = matches!(url.host_str(), Some("localhost"))
                    || addresses
                        .iter()
                        .all(|address| address.ip().to_canonical().is_loopback());
                prop_assert!(url.scheme() == "https" || here, "{text:?} is in clear text");
            }
            Err(error) => {
                let error = error.to_string();
                prop_assert!(
                    !error.contains(char::is_control) && !error.contains("hunter2"),
                    "{error:?}"
                );
            }
        }
        Ok(())
    });
    assert!(taken.get() > 10, "{} were taken", taken.get());
}

#[test]
fn any_certificates_are_taken_or_refused_in_one_line() {
    let line = "(-----(BEGIN|END) (CERTIFICATE|PRIVATE KEY|RSA PRIVATE KEY)-----|[A-Za-z0-9+/=]{0,64}|\\PC{0,10})\n";
    let bytes = prop_oneof![
        vec(line, 0..8).prop_map(|lines| lines.concat().into_bytes()),
        vec(any::<u8>(), 0..200),
    ];
    run(&(bytes.clone(), bytes), |(one, other)| {
        for builder in [
            Client::builder().root_certificates(one.clone()),
            Client::builder().client_certificate(one, other),
        ] {
            let shown = format!("{builder:?}");
            prop_assert!(!shown.contains("BEGIN"));
            // There is none among them.
            let error = builder.build().unwrap_err();
            prop_assert!(error.is_certificate());
            prop_assert!(!error.to_string().contains(char::is_control), "{}", error);
        }
        Ok(())
    });
}

#[test]
fn any_file_is_a_subject_token_or_an_error_in_one_line() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let source = TokenFile::new(&path);
    let content = prop_oneof![
        vec(any::<u8>(), 0..100),
        "\u{feff}?[ \r\n\t]{0,3}[!-~]{0,40}[ \r\n\t]{0,3}".prop_map(String::into_bytes),
    ];
    let read = Cell::new(0);
    run(&content, |bytes| {
        std::fs::write(&path, &bytes).unwrap();
        match runtime.block_on(source.subject_token()) {
            Ok(token) => {
                read.set(read.get() + 1);
                let token = token.secret().expose_secret().to_owned();
                let text = String::from_utf8(bytes).unwrap();
                prop_assert_eq!(&*token, text.trim_start_matches('\u{feff}').trim());
                prop_assert!(!token.is_empty());
            }
            Err(error) => prop_assert!(!error.to_string().contains(char::is_control), "{}", error),
        }
        Ok(())
    });
    assert!(read.get() > 50, "{} were read", read.get());
}
