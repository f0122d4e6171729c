//! What a provider does about a source that has no subject token, or none in time.

use std::error::Error as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use sts_sdk::TokenProvider;
use sts_sdk::subject_token::{SubjectTokenError, SubjectTokenSource};
use sts_sdk::testing::{Answer, FakeSts, ManualClock};
use sts_sdk_tests::{seconds, token};

use super::failures::ask;

/// A provider with a source of its own, for which every exchange succeeds.
fn with_source<S: SubjectTokenSource + 'static>(
    source: S,
) -> (ManualClock, FakeSts, TokenProvider) {
    let clock = ManualClock::default();
    let sts = FakeSts::new(token);
    let builder = sts.provider().clock(clock.clone()).subject_token(source);
    (clock, sts, builder.build().unwrap())
}

#[tokio::test]
async fn a_source_that_has_none_now_is_asked_again() {
    let asked = AtomicUsize::new(0);
    let (clock, sts, tokens) = with_source(move || {
        let nth = asked.fetch_add(1, Ordering::SeqCst);
        async move {
            match nth {
                0 => Err(SubjectTokenError::transient("not yet")),
                _ => Ok("subject"),
            }
        }
    });
    assert_eq!(ask(&clock, &tokens).await.unwrap(), "token-0");
    assert_eq!(sts.exchanges(), 1);
}

#[tokio::test]
async fn a_source_that_has_none_for_good_is_an_error() {
    let cause = std::io::Error::other("the disk is gone");
    let error = SubjectTokenError::permanent("no identity provider is set up").caused_by(cause);
    let (_, sts, tokens) = with_source(move || {
        let error = error.clone();
        async move { Err::<String, _>(error) }
    });
    let error = tokens.token().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no access token for a test: no subject token: no identity provider is set up: the disk is gone"
    );
    assert!(!error.is_transient() && !error.subject_token().unwrap().is_transient());
    assert!(error.is_no_subject_token());
    assert!(error.source().is_none(), "all is said");
    assert_eq!(sts.exchanges(), 0);
}

#[tokio::test]
async fn a_source_that_panics_is_an_error_and_is_asked_again() {
    let asked = AtomicUsize::new(0);
    let (clock, _, tokens) = with_source(move || {
        let nth = asked.fetch_add(1, Ordering::SeqCst);
        assert!(nth != 0, "the first time, before there is a future");
        async move {
            assert!(nth != 1, "the second time, within the future");
            Ok::<_, SubjectTokenError>("subject")
        }
    });
    for _ in 0..2 {
        let error = tokens.token().await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "no access token for a test: getting the subject token panicked; the panic's message is on stderr"
        );
        assert!(error.is_no_subject_token());
        clock.advance(seconds(8));
    }
    tokens.token().await.unwrap();
}

#[tokio::test]
async fn a_source_that_hangs_is_left_at_the_deadline() {
    let (clock, sts, tokens) =
        with_source(std::future::pending::<Result<String, SubjectTokenError>>);
    let error = ask(&clock, &tokens).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no access token for a test: getting the subject token took beyond the deadline of 30s"
    );
    assert!(error.is_timeout() && error.is_transient());
    assert!(error.is_no_subject_token());
    assert_eq!(sts.exchanges(), 0);
}

#[tokio::test]
async fn a_subject_token_that_cannot_be_one_is_not_sent() {
    for (token, why) in [
        ("", "is empty"),
        (" \n\t", "is empty"),
        ("eyJ.first\neyJ.second", "has more than one line"),
        ("eyJ.first eyJ.second", "has characters that no token has"),
        ("eyJ.\u{e9}", "has characters that no token has"),
        ("eyJ\0", "has characters that no token has"),
    ] {
        let (_, sts, tokens) =
            with_source(move || async move { Ok::<_, SubjectTokenError>(token) });
        let error = tokens.token().await.unwrap_err();
        let expected =
            format!("no access token for a test: the source gave a subject token that {why}");
        assert_eq!(error.to_string(), expected);
        assert!(error.is_no_subject_token());
        assert_eq!(sts.exchanges(), 0);
    }
}

#[tokio::test]
async fn a_wait_that_a_source_asks_for_is_told_and_kept() {
    let source = || async {
        let error = SubjectTokenError::transient("not yet");
        Err::<String, _>(error.with_retry_after(seconds(120)))
    };
    let sts = FakeSts::new(token);
    let builder = sts.provider().clock(ManualClock::default());
    let builder = builder.subject_token(source).max_retries(0);
    let tokens = builder.build().unwrap();
    let error = tokens.token().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(seconds(120)));
    assert!(tokens.status().retry_in.unwrap() >= seconds(120));
}

#[tokio::test]
async fn what_was_late_is_told_from_what_failed_before() {
    // A source that fails, and then hangs; an exchange that fails, after which the source hangs.
    for of_source in [true, false] {
        let asked = AtomicUsize::new(0);
        let source = move || {
            let nth = asked.fetch_add(1, Ordering::SeqCst);
            async move {
                match nth {
                    0 if of_source => Err(SubjectTokenError::transient("not yet")),
                    0 => Ok("subject"),
                    _ => std::future::pending().await,
                }
            }
        };
        let sts = FakeSts::new(|_| Answer::status(503));
        let clock = ManualClock::default();
        let builder = sts.provider().clock(clock.clone()).subject_token(source);
        let tokens = builder.build().unwrap();
        let error = ask(&clock, &tokens).await.unwrap_err();
        assert!(error.is_timeout() && error.is_no_subject_token());
        assert_eq!(error.subject_token().is_some(), of_source);
        assert_eq!(error.exchange().is_some(), !of_source);
    }
}
