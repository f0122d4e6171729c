//! One span for an exchange, with what operators need and nothing else.
//!
//! In a process of its own: `tracing` remembers for a whole process which spans and events somebody wants, and
//! exchanges of other tests, which nobody listens to, could make it remember that nobody does.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sts_sdk::subject_token::{StaticToken, SubjectTokenError, TokenFile};
use sts_sdk::testing::{self, Answer, FakeSts, ManualClock};
use sts_sdk::{Client, TokenExchangeRequest, TokenProvider};
use sts_sdk_tests::{Act, Captured, JWT, Server, reply, token_reply};
use tracing::Instrument;
use tracing::field::Empty;
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt;

/// The lines that one exchange leaves, each from its span on, without its times.
async fn lines(server: &Server, client: &Client) -> Vec<String> {
    let captured = Captured::default();
    let writer = captured.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let request = TokenExchangeRequest::builder();
    let request = request.subject_token("t").identity_pool_id("p");
    let _ = client.exchange(request).await;
    drop(guard);
    let text = captured.take();
    assert!(!text.contains(&server.url()));
    let ours = text.lines().filter(|line| line.contains("sts_sdk::"));
    ours.map(|line| line[line.find("exchange{").unwrap()..].to_owned())
        .collect()
}

#[tokio::test]
async fn a_span_says_how_the_exchange_went() {
    let server = Server::start(|_| {
        let headers = ["x-request-id: req-1", "set-cookie: session=hunter2"];
        reply("429 Too Many Requests", &headers, "")
    });
    let server = server.await.unwrap();
    let client = Client::for_base_url(&server.url()).unwrap();
    let lines = lines(&server, &client).await;
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert_eq!(
        lines[0],
        "exchange{operation=\"exchange_sts_v1_oauth_token\" method=\"POST\" host=\"127.0.0.1\"}: sts_sdk::transport::span: new"
    );
    let [before, after] = [
        "attempt=1 duration_ms=",
        " status=429 request_id=\"req-1\"}: ",
    ];
    assert!(
        lines[1].contains(before) && lines[1].contains(after),
        "{}",
        lines[1]
    );
}

#[tokio::test]
async fn a_repetition_and_an_error_are_noted() {
    let server = Server::acting(|_| vec![Act::Close]).await.unwrap();
    let client = Client::for_base_url(&server.url()).unwrap();
    let lines = lines(&server, &client).await;
    assert_eq!(lines.len(), 3, "{lines:#?}");
    assert!(lines[1].contains("the connection ended before a response; repeating on another one"));
    assert!(
        lines[2].contains("attempt=2") && lines[2].contains("error=\"transport\""),
        "{}",
        lines[2]
    );
}

#[tokio::test]
async fn a_span_of_the_caller_is_left_alone() {
    let captured = Captured::default();
    let writer = captured.clone();
    let only_the_callers = tracing_subscriber::filter::Targets::new()
        .with_target("tracing", tracing::Level::TRACE)
        .with_target("sts_sdk", tracing_subscriber::filter::LevelFilter::OFF);
    let output = tracing_subscriber::fmt::layer()
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .with_filter(only_the_callers);
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(output));
    let server = Server::acting(|_| vec![Act::Close]).await.unwrap();
    let client = Client::for_base_url(&server.url()).unwrap();
    let request = TokenExchangeRequest::builder();
    let request = request.subject_token("t").identity_pool_id("p");
    let span = tracing::info_span!(
        "theirs",
        status = Empty,
        attempt = Empty,
        duration_ms = Empty,
        request_id = "own"
    );
    let _ = client.exchange(request).instrument(span).await;
    drop(guard);
    let text = captured.take();
    assert!(text.contains(r#"theirs{request_id="own"}: "#), "{text}");
    assert!(!text.contains("exchange{"), "{text}");
}

/// What a provider whose subject token is in a file logs while it asks for a token, without what tells the time.
async fn warnings(path: &std::path::Path, held: bool) -> Vec<String> {
    let captured = Captured::default();
    let writer = captured.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let clock = ManualClock::default();
    let sts = FakeSts::new(|nth| match nth {
        0 => Answer::token("a-token", Duration::from_secs(10)),
        _ => Answer::token("a-token", Duration::from_secs(900)),
    });
    let tokens = sts
        .provider()
        .clock(clock.clone())
        .subject_token(TokenFile::new(path));
    let tokens = tokens.build().unwrap();
    if held {
        std::fs::write(path, "eyJ").unwrap();
        tokens.token().await.unwrap();
        std::fs::remove_file(path).unwrap();
        clock.advance(Duration::from_secs(6));
    }
    let asked = tokio::spawn({
        let tokens = tokens.clone();
        async move { tokens.token().await.map(drop) }
    });
    // The first attempt has failed, and the next one is waited for.
    while tokens.status().last_error.is_none() {
        tokio::task::yield_now().await;
    }
    let text = captured.take();
    asked.abort();
    drop(guard);
    text.lines().map(ToOwned::to_owned).collect()
}

#[tokio::test]
async fn a_first_failure_is_a_warning_at_once_while_there_is_no_token() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mistyped");
    let lines = warnings(&path, false).await;
    assert_eq!(lines.len(), 1, "{lines:#?}");
    let said = format!(
        "no token yet; trying again error=no access token for a test: no subject token: the subject token file {} \
         cannot be read: ",
        path.display()
    );
    assert!(
        lines[0].contains(" WARN ") && lines[0].contains(&said),
        "{lines:#?}"
    );
    // With a token to serve, there is no hurry.
    assert_eq!(warnings(&path, true).await, [""; 0]);
}

/// What a provider logs from INFO on when STS refuses the first of two subject tokens.
async fn lines_of_a_refused_subject_token(second: &'static str) -> Vec<String> {
    let captured = Captured::default();
    let writer = captured.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let sts = FakeSts::new(|nth| match nth {
        0 => Answer::status(401),
        _ => Answer::token("a-token", Duration::from_secs(900)),
    });
    let read = AtomicU64::new(0);
    let source = move || {
        let first = read.fetch_add(1, Ordering::SeqCst) == 0;
        async move { Ok::<_, SubjectTokenError>(if first { "eyJ.one" } else { second }) }
    };
    let tokens = sts.provider().subject_token(source).build().unwrap();
    let _ = tokens.token().await;
    drop(guard);
    let text = captured.take();
    text.lines().map(ToOwned::to_owned).collect()
}

#[tokio::test]
async fn the_exchange_of_a_second_subject_token_is_told() {
    let lines = lines_of_a_refused_subject_token("eyJ.two").await;
    assert_eq!(lines.len(), 1, "{lines:#?}");
    let said = "the subject token was refused; exchanging the one that its source gives now error=no access token for a \
                test: 401 Unauthorized: a test's STS was told to fail";
    assert!(
        lines[0].contains(" INFO ") && lines[0].contains(said) && !lines[0].contains("eyJ"),
        "{lines:#?}"
    );
    assert!(
        lines[0].contains("refresh{provider=\"a test\"}: "),
        "{lines:#?}"
    );
    // There is no second exchange of the same one.
    let lines = lines_of_a_refused_subject_token("eyJ.one").await;
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(
        lines[0].contains(" WARN ") && lines[0].contains("no token error="),
        "{lines:#?}"
    );
}

/// What this crate tells `tracing`: level, text, and the names of the spans around it, the outermost first.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn note<S>(
        &self,
        metadata: &tracing::Metadata<'_>,
        what: &str,
        within: Option<tracing_subscriber::registry::SpanRef<'_, S>>,
    ) where
        S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
    {
        if metadata.target().starts_with("sts_sdk::") {
            let mut spans = String::new();
            for span in within.into_iter().flat_map(|span| span.scope().from_root()) {
                spans = format!("{spans}{} > ", span.name());
            }
            let line = format!("{} {spans}{what}", metadata.level());
            self.0.lock().unwrap().push(line);
        }
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl<S> Layer<S> for Told
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    fn on_new_span(
        &self,
        attributes: &tracing::span::Attributes<'_>,
        id: &tracing::span::Id,
        context: tracing_subscriber::layer::Context<'_, S>,
    ) {
        let parent = context.span(id).and_then(|span| span.parent());
        let what = format!("[{}]", attributes.metadata().name());
        self.note(attributes.metadata(), &what, parent);
    }

    fn on_event(
        &self,
        event: &tracing::Event<'_>,
        context: tracing_subscriber::layer::Context<'_, S>,
    ) {
        struct Message(String);
        impl tracing::field::Visit for Message {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                if field.name() == "message" {
                    self.0 = format!("{value:?}");
                }
            }
        }
        let mut message = Message(String::new());
        event.record(&mut message);
        self.note(event.metadata(), &message.0, context.event_span(event));
    }
}

#[tokio::test]
async fn levels_and_spans_are_those_of_the_documentation() {
    let told = Told::default();
    let subscriber = tracing_subscriber::registry().with(told.clone());
    let guard = tracing::subscriber::set_default(subscriber);
    let answered = AtomicU64::new(0);
    let server = Server::acting(move |_| {
        let nth = answered.fetch_add(1, Ordering::SeqCst);
        vec![match nth {
            0 => Act::Send(reply("503 Service Unavailable", &[], "")),
            // The first attempt of the second refresh: closed, and closed again.
            2 | 3 => Act::Close,
            5 => Act::Send(reply("403 Forbidden", &[], "")),
            _ => Act::Send(token_reply("a-token")),
        }]
    });
    let server = server.await.unwrap();
    let clock = ManualClock::default();
    let tokens = TokenProvider::builder()
        .base_url(server.url())
        .identity_pool_id("pool")
        .subject_token(StaticToken::new(JWT))
        .clock(clock.clone())
        // With a token to serve, a retry may wait for minutes.
        .deadline(Duration::from_secs(3600));
    let tokens = tokens.build().unwrap();
    let refreshing = || {
        let tokens = tokens.clone();
        tokio::spawn(async move { tokens.refresh().await.map(drop) })
    };
    // A first failure without a token to serve, and one with it.
    for first in [
        "WARN refresh > no token yet; trying again",
        "DEBUG refresh > trying again",
    ] {
        let refresh = refreshing();
        clock.advance(testing::until_retry(&tokens).await);
        refresh.await.unwrap().unwrap();
        let lines = told.take();
        let repeated = "DEBUG refresh > exchange > the connection ended before a response; repeating on another one";
        let lines: Vec<&str> = lines
            .iter()
            .map(String::as_str)
            .filter(|line| *line != repeated)
            .collect();
        let expected = [
            "INFO [refresh]",
            "INFO refresh > [exchange]",
            first,
            "INFO refresh > [exchange]",
            "DEBUG refresh > got a token",
        ];
        assert_eq!(lines, expected);
    }
    // One that fails for good.
    refreshing().await.unwrap().unwrap_err();
    assert_eq!(
        told.take(),
        [
            "INFO [refresh]",
            "INFO refresh > [exchange]",
            "WARN refresh > no token"
        ]
    );
    // Two invalidations in a row.
    for _ in 0..2 {
        clock.advance(Duration::from_secs(10));
        let token = tokens.token().await.unwrap();
        told.take();
        tokens.invalidate(&token);
    }
    assert_eq!(told.take(), ["WARN tokens are invalidated time and again"]);
    drop(guard);
}
