//! `ExternalTokenProvider`: what a source gives, handed on.

use std::fs;
use std::future::pending;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use serde_json::json;
use sts_sdk::subject_token::{
    StaticToken, SubjectToken, SubjectTokenError, SubjectTokenSource, TokenFile,
};
use sts_sdk::testing::ManualClock;
use sts_sdk::{BoxFuture, Clock, ExternalTokenProvider, ExternalTokenProviderBuilder, State};
use sts_sdk_tests::{jwt, seconds};
use tempfile::TempDir;

/// A file that holds a token, as a provider's source that counts reads, records refusals and hangs when told.
#[derive(Clone)]
struct Rotated(Arc<Inner>);

struct Inner {
    folder: TempDir,
    reads: AtomicUsize,
    hangs: AtomicBool,
    refused: Mutex<Vec<String>>,
}

impl Rotated {
    fn holding(token: &str) -> Self {
        let file = Self(Arc::new(Inner {
            folder: tempfile::tempdir().unwrap(),
            reads: AtomicUsize::new(0),
            hangs: AtomicBool::new(false),
            refused: Mutex::default(),
        }));
        file.rotate(token);
        file
    }

    fn path(&self) -> PathBuf {
        self.0.folder.path().join("token")
    }

    fn rotate(&self, token: &str) {
        fs::write(self.path(), token).unwrap();
    }

    fn reads(&self) -> usize {
        self.0.reads.load(Ordering::SeqCst)
    }

    fn hang(&self) {
        self.0.hangs.store(true, Ordering::SeqCst);
    }

    fn refused(&self) -> Vec<String> {
        self.0.refused.lock().unwrap().clone()
    }
}

impl SubjectTokenSource for Rotated {
    fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
        self.0.reads.fetch_add(1, Ordering::SeqCst);
        if self.0.hangs.load(Ordering::SeqCst) {
            return Box::pin(pending());
        }
        let file = TokenFile::new(self.path());
        Box::pin(async move { file.subject_token().await })
    }

    fn refused(&self, token: &SubjectToken) {
        let token = token.secret().expose_secret().to_owned();
        self.0.refused.lock().unwrap().push(token);
    }
}

/// So many seconds after the start of a manual clock, as claims have it.
fn claimed(seconds: i64) -> i64 {
    let start = ManualClock::default().now().wall;
    let start = start.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(start.as_secs()).unwrap() + seconds
}

/// A JWT that is issued and ends so many seconds after the start of a manual clock.
fn token(issued: i64, end: i64) -> String {
    jwt(&json!({"sub": "me", "iat": claimed(issued), "exp": claimed(end)}))
}

fn builder(
    source: impl SubjectTokenSource + 'static,
) -> (ManualClock, ExternalTokenProviderBuilder) {
    let clock = ManualClock::default();
    let builder = ExternalTokenProvider::builder().subject_token(source);
    (clock.clone(), builder.clock(clock).name("a test"))
}

fn provider(source: &Rotated) -> (ManualClock, ExternalTokenProvider) {
    let (clock, builder) = builder(source.clone());
    (clock, builder.build().unwrap())
}

async fn text(tokens: &ExternalTokenProvider) -> String {
    let token = tokens.token().await.unwrap();
    token.secret().expose_secret().to_owned()
}

async fn settled(tokens: &ExternalTokenProvider) {
    while tokens.status().refreshing {
        tokio::task::yield_now().await;
    }
}

async fn lifetime(token: impl Into<SubjectToken>) -> Duration {
    let token = token.into();
    let source = move || {
        let token = token.clone();
        async { Ok::<_, SubjectTokenError>(token) }
    };
    let (_, builder) = builder(source);
    let token = builder.build().unwrap().token().await.unwrap();
    token.lifetime()
}

async fn error_of(token: &str) -> sts_sdk::TokenError {
    let (_, builder) = builder(StaticToken::new(token));
    let tokens = builder.max_retries(0).build().unwrap();
    tokens.token().await.unwrap_err()
}

#[tokio::test]
async fn the_token_is_handed_on_as_it_is() {
    let file = Rotated::holding(&format!("\u{feff}{}\n", token(-10, 3600)));
    let (clock, tokens) = provider(&file);
    assert_eq!(
        file.reads(),
        0,
        "the source is not asked before somebody asks"
    );
    let got = tokens.token().await.unwrap();
    assert_eq!(got.secret().expose_secret(), token(-10, 3600));
    assert_eq!(got.lifetime(), seconds(3600));
    assert_eq!(got.expires_at(), clock.now().wall + seconds(3600));
    assert_eq!(got.claims().subject.as_deref(), Some("me"));
    let header = tokens.authorization().await.unwrap();
    assert!(header.is_sensitive());
    assert_eq!(header, format!("Bearer {}", token(-10, 3600)));
    assert!(!format!("{got:?} {tokens:?}").contains("eyJ"));
    let status = tokens.status();
    assert_eq!((status.exchanges, status.tokens), (0, 1));
    assert_eq!(status.subject_token.unwrap().subject.as_deref(), Some("me"));
}

#[tokio::test]
async fn the_lifetime_is_that_of_the_source_or_of_the_claims() {
    let start = ManualClock::default().now().wall;
    assert_eq!(lifetime(token(-600, 900)).await, seconds(900));
    // The clock is behind that of the identity provider.
    assert_eq!(lifetime(token(50, 950)).await, seconds(900));
    let known = SubjectToken::from(token(-600, 900)).valid_until(start + seconds(300));
    assert_eq!(lifetime(known).await, seconds(300));
    // The same, and its source says when it ends.
    let known = SubjectToken::from(token(50, 950)).valid_until(start + seconds(950));
    assert_eq!(lifetime(known).await, seconds(900));
    // It ends earlier than its source says.
    let known = SubjectToken::from(token(-600, 900)).valid_until(start + seconds(3600));
    assert_eq!(lifetime(known).await, seconds(900));
    let endless = jwt(&json!({"sub": "me"}));
    let known = SubjectToken::from(endless).valid_until(start + seconds(300));
    assert_eq!(lifetime(known).await, seconds(300));
}

#[tokio::test]
async fn what_cannot_be_handed_on_is_an_error() {
    for (token, transient, why) in [
        (
            "an-opaque-token".to_owned(),
            false,
            "the static token gave a token that is no JWT, which has three parts with dots between; check what the \
             source gives",
        ),
        (
            jwt(&json!({"sub": "me"})),
            false,
            "the static token gave a token that does not say when it ends (`exp`), and its source does not either",
        ),
        (
            token(-3600, -61),
            false,
            "the static token gave a token that expired 61 s ago (`exp`); check that its source renews it, and the clock",
        ),
        (
            jwt(&json!({"sub": "me", "exp": claimed(900), "nbf": claimed(61)})),
            false,
            "the static token gave a token that is not valid before 61 s from now (`nbf`); check the clock",
        ),
        (
            token(-3600, -1),
            true,
            "the static token still gives a token that is at its end; check that something renews it, and the clock",
        ),
    ] {
        let error = error_of(&token).await;
        assert_eq!(
            error.to_string(),
            format!("no external token of a test: {why}")
        );
        assert_eq!(error.is_transient(), transient, "{why}");
    }
    let missing = ExternalTokenProvider::builder().build().unwrap_err();
    assert_eq!(missing.missing_option(), Some("subject_token"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none");
    let tokens = ExternalTokenProvider::builder()
        .subject_token(TokenFile::new(&path))
        .max_retries(0);
    let error = tokens.build().unwrap().token().await.unwrap_err();
    let path = path.display();
    let start = format!(
        "no external token of the file {path}: the subject token file {path} cannot be read: "
    );
    assert!(error.to_string().starts_with(&start), "{error}");
    assert!(error.is_transient() && error.subject_token().is_some());
}

#[tokio::test]
async fn a_hundred_callers_cause_one_read() {
    let file = Rotated::holding(&token(0, 900));
    let (_, tokens) = provider(&file);
    let callers: Vec<_> = (0..100)
        .map(|_| {
            let tokens = tokens.clone();
            tokio::spawn(async move { text(&tokens).await })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), token(0, 900));
    }
    assert_eq!(file.reads(), 1);
}

#[tokio::test]
async fn a_file_that_is_not_rotated_yet_is_read_again_after_a_tenth_of_the_time_that_is_left() {
    let file = Rotated::holding(&token(0, 900));
    let (clock, tokens) = provider(&file);
    let first = tokens.token().await.unwrap();
    clock.advance(seconds(540));
    let millis = Duration::from_millis(1);
    let (mut reads, mut left) = (1, seconds(300));
    for _ in 0..10 {
        assert_eq!(text(&tokens).await, token(0, 900));
        settled(&tokens).await;
        reads += 1;
        assert_eq!(file.reads(), reads);
        let least = (left / 10).max(seconds(10));
        clock.advance(least.saturating_sub(millis));
        text(&tokens).await;
        settled(&tokens).await;
        assert_eq!(file.reads(), reads);
        clock.advance(least / 2 + millis);
        left -= least * 3 / 2;
    }
    assert!(left < seconds(60), "both waits occurred");
    assert_eq!(
        tokens.token().await.unwrap().tag(),
        first.tag(),
        "it is no new token"
    );
    let status = tokens.status();
    assert_eq!((status.tokens, status.failures), (1, 0));
    assert_eq!(status.state, State::Due);
    let mut changes = tokens.changes();
    assert_eq!(changes.next().await, Some(first.tag()));
    settled(&tokens).await;
    file.rotate(&token(690, 1590));
    clock.advance(seconds(15));
    assert_eq!(
        text(&tokens).await,
        token(0, 900),
        "nobody waits for a file"
    );
    assert_ne!(changes.next().await.unwrap(), first.tag());
    assert_eq!(text(&tokens).await, token(690, 1590));
    assert_eq!(tokens.status().tokens, 2);
}

#[tokio::test]
async fn nobody_waits_for_a_source_that_gave_the_same_token() {
    let file = Rotated::holding(&token(0, 900));
    let (clock, tokens) = provider(&file);
    text(&tokens).await;
    clock.advance(seconds(850));
    assert_eq!(text(&tokens).await, token(0, 900));
    assert_eq!((file.reads(), tokens.status().state), (2, State::Expiring));
    file.hang();
    clock.advance(seconds(15));
    // The clock stands still: a caller that waited would wait for ever.
    for _ in 0..10 {
        assert_eq!(text(&tokens).await, token(0, 900));
        tokio::task::yield_now().await;
    }
    assert_eq!(file.reads(), 3);
    assert!(tokens.status().refreshing);
}

#[tokio::test]
async fn a_token_is_served_to_its_end_and_the_next_one_after_it() {
    let file = Rotated::holding(&token(0, 900));
    let (clock, builder) = builder(file.clone());
    let tokens = builder.max_retries(0).build().unwrap();
    text(&tokens).await;
    clock.advance(seconds(894));
    assert_eq!(text(&tokens).await, token(0, 900));
    settled(&tokens).await;
    clock.advance(seconds(1));
    let error = tokens.token().await.unwrap_err();
    assert!(error.is_transient());
    assert_eq!(
        error.to_string(),
        "no external token of a test: the source still gives a token that is at its end; check that something renews \
         it, and the clock"
    );
    assert_eq!(
        file.refused(),
        [token(0, 900)],
        "a source that keeps it drops it"
    );
    file.rotate(&token(900, 1800));
    clock.advance(seconds(30));
    assert_eq!(text(&tokens).await, token(900, 1800));
}

#[tokio::test]
async fn another_token_is_taken_even_if_it_ends_earlier() {
    let file = Rotated::holding(&token(0, 900));
    let (clock, tokens) = provider(&file);
    text(&tokens).await;
    file.rotate(&token(0, 800));
    clock.advance(seconds(540));
    text(&tokens).await;
    settled(&tokens).await;
    assert_eq!(text(&tokens).await, token(0, 800));
}

#[tokio::test]
async fn the_source_is_told_of_an_invalidated_token_and_asked_for_another() {
    let file = Rotated::holding(&token(0, 900));
    let (_, tokens) = provider(&file);
    let first = tokens.token().await.unwrap();
    file.rotate(&token(1, 901));
    assert!(tokens.invalidate(&first));
    assert!(!tokens.invalidate(&first), "only once");
    assert_eq!(text(&tokens).await, token(1, 901), "at once");
    assert_eq!(file.refused(), [token(0, 900)]);
}

#[tokio::test]
async fn an_invalidated_token_that_is_given_again_is_served_after_a_wait_only() {
    let file = Rotated::holding(&token(0, 3600));
    let (clock, tokens) = provider(&file);
    let first = tokens.token().await.unwrap();
    clock.advance(seconds(300));
    tokens.invalidate(&first);
    let error = tokens.token().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no external token of a test: the source gives the token again that was invalidated; find out why the API \
         refuses it"
    );
    assert!(!error.is_transient());
    let reads = file.reads();
    for _ in 0..10 {
        tokens.token().await.unwrap_err();
    }
    assert_eq!(file.reads(), reads, "nobody asks before the wait is over");
    clock.advance(seconds(4));
    let again = tokens.token().await.unwrap();
    assert_eq!(again.secret().expose_secret(), token(0, 3600));
    assert_ne!(again.tag(), first.tag());
    // Refused at once, time and again: each wait is longer.
    tokens.invalidate(&again);
    tokens.token().await.unwrap_err();
    clock.advance(Duration::from_millis(1999));
    tokens.token().await.unwrap_err();
    // In place of the wait, another token.
    file.rotate(&token(300, 3900));
    clock.advance(seconds(8));
    assert_eq!(text(&tokens).await, token(300, 3900));
}

#[tokio::test]
async fn a_token_that_is_refused_at_once_is_served_again_after_the_same_wait() {
    let millis = Duration::from_millis;
    let file = Rotated::holding(&token(0, 3600));
    let (clock, tokens) = provider(&file);
    for (least, most) in [(2, 4), (4, 8), (8, 16)] {
        let refused = tokens.token().await.unwrap();
        tokens.invalidate(&refused);
        tokens.token().await.unwrap_err();
        let nearly = seconds(least).saturating_sub(millis(1));
        clock.advance(nearly / 2);
        tokens.token().await.unwrap_err();
        clock.advance(nearly / 2);
        tokens.token().await.unwrap_err();
        // The attempts in vain make it no longer.
        clock.advance(seconds(most).saturating_sub(nearly));
        let again = tokens.token().await.unwrap();
        assert_ne!(again.tag(), refused.tag());
    }
}

#[tokio::test]
async fn an_explicit_refresh_gives_what_the_source_gives() {
    let file = Rotated::holding(&token(0, 900));
    let (_, tokens) = provider(&file);
    let first = tokens.refresh().await.unwrap();
    let same = tokens.refresh().await.unwrap();
    assert_eq!((same.tag(), file.reads()), (first.tag(), 2));
    file.rotate(&token(1, 901));
    let other = tokens.refresh().await.unwrap();
    assert_eq!(other.secret().expose_secret(), token(1, 901));
}

#[tokio::test]
async fn a_token_that_is_invalidated_during_a_read_is_not_brought_back() {
    let given = token(0, 900);
    let (release, released) = tokio::sync::watch::channel(true);
    let source = move || {
        let (given, mut released) = (given.clone(), released.clone());
        async move {
            let _: Result<_, _> = released.wait_for(|is_released| *is_released).await;
            Ok::<_, SubjectTokenError>(given)
        }
    };
    let (clock, builder) = builder(source);
    let tokens = builder.build().unwrap();
    let first = tokens.token().await.unwrap();
    release.send_replace(false);
    clock.advance(seconds(540));
    tokens.token().await.unwrap();
    tokio::task::yield_now().await;
    tokens.invalidate(&first);
    release.send_replace(true);
    let error = tokens.token().await.unwrap_err();
    assert!(
        error.to_string().contains("that was invalidated"),
        "{error}"
    );
    assert_eq!(tokens.status().state, State::Invalidated);
}

#[tokio::test]
async fn it_is_kept_fresh_without_callers() {
    let file = Rotated::holding(&token(0, 900));
    let (clock, tokens) = provider(&file);
    let mut changes = tokens.changes();
    let _keep_fresh = tokens.keep_fresh().unwrap();
    changes.next().await.unwrap();
    file.rotate(&token(300, 1200));
    let next = tokio::spawn(async move { changes.next().await });
    for _ in 0..200 {
        clock.advance(seconds(5));
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        if next.is_finished() {
            break;
        }
    }
    next.await.unwrap().unwrap();
    assert_eq!(text(&tokens).await, token(300, 1200));
}

#[tokio::test]
async fn the_deadline_ends_a_source_that_hangs() {
    let file = Rotated::holding(&token(0, 900));
    file.hang();
    let (clock, tokens) = provider(&file);
    let caller = tokio::spawn({
        let tokens = tokens.clone();
        async move { tokens.token().await }
    });
    clock.until_waiting(2).await;
    clock.advance(seconds(30));
    let error = caller.await.unwrap().unwrap_err();
    let why = "getting the subject token took beyond the deadline of 30s";
    assert_eq!(
        error.to_string(),
        format!("no external token of a test: {why}")
    );
    assert!(error.is_timeout() && error.is_transient());
}

#[tokio::test]
async fn settings_describe_the_source() {
    let end = SystemTime::now() + seconds(900);
    let end = end.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let token = jwt(&json!({"sub": "me", "exp": end.as_secs()}));
    let given = token.clone();
    let tokens = ExternalTokenProvider::from_settings(move |name| {
        (name == "CONFLUENT_STS_TOKEN").then(|| given.clone())
    });
    let tokens = tokens.unwrap();
    assert_eq!(text(&tokens).await, token);
    let none = ExternalTokenProvider::from_settings(|name| {
        (name == "CONFLUENT_STS_SOURCE").then_some("nonsense")
    });
    let why = none.unwrap_err().to_string();
    assert!(
        why.starts_with("CONFLUENT_STS_SOURCE names no source"),
        "{why}"
    );
}

#[tokio::test]
async fn settings_of_an_exchange_are_not_read() {
    let others_are_wrong = ExternalTokenProvider::from_settings(|name| match name {
        "CONFLUENT_STS_TOKEN" => Some("eyJ.a.b"),
        "CONFLUENT_STS_IDENTITY_POOL_ID" => Some("a,b"),
        "CONFLUENT_STS_LIFETIME" => Some("soon"),
        "CONFLUENT_STS_URL" => Some("no url"),
        "CONFLUENT_STS_ALLOW_HTTP" => Some("perhaps"),
        _ => None,
    });
    others_are_wrong.unwrap();
}

#[tokio::test]
async fn a_token_that_is_given_again_is_as_old_as_when_it_was_first_read() {
    let file = Rotated::holding(&token(0, 900));
    let (clock, tokens) = provider(&file);
    text(&tokens).await;
    clock.advance(seconds(540));
    text(&tokens).await;
    settled(&tokens).await;
    assert_eq!((file.reads(), tokens.status().age), (2, Some(seconds(540))));
    assert_eq!(tokens.token().await.unwrap().lifetime(), seconds(900));
}
