//! What the feature `testing` offers to the tests of others.

use std::time::Duration;

use sts_sdk::testing::{self, Answer, FakeSts, ManualClock};
use sts_sdk::{Clock, State, TokenProvider};
use sts_sdk_tests::{lifetimes, provider, seconds, text, token};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

/// How often what must not depend on the order of things is repeated.
const TIMES: usize = 300;

fn runtimes() -> [Runtime; 2] {
    [
        Builder::new_current_thread().enable_all().build().unwrap(),
        Builder::new_multi_thread()
            .worker_threads(3)
            .enable_all()
            .build()
            .unwrap(),
    ]
}

/// Callers that all want a token.
fn callers(tokens: &TokenProvider, count: usize) -> JoinSet<String> {
    let mut callers = JoinSet::new();
    for _ in 0..count {
        let tokens = tokens.clone();
        callers.spawn(async move {
            let token = tokens.token().await.unwrap();
            token.secret().expose_secret().to_owned()
        });
    }
    callers
}

#[test]
fn each_retry_can_be_waited_for() {
    for runtime in runtimes() {
        for _ in 0..TIMES {
            runtime.block_on(async {
                let (clock, sts, tokens) = provider(|nth| match nth {
                    0 => Answer::status(429).retry_after(seconds(5)),
                    1 => Answer::status(503),
                    nth => token(nth),
                });
                // Callers' waits are waits on the clock as well.
                let callers = callers(&tokens, 3);
                let first = testing::until_retry(&tokens).await;
                assert!(first >= seconds(5) && sts.exchanges() == 1, "{first:?}");
                assert_eq!(testing::until_retry(&tokens).await, first);
                clock.advance(first);
                let second = testing::until_retry(&tokens).await;
                assert!(second <= seconds(2) && sts.exchanges() == 2, "{second:?}");
                clock.advance(second);
                assert_eq!(callers.join_all().await, ["token-2"; 3]);
                assert_eq!(sts.exchanges(), 3);
            });
        }
    }
}

#[test]
fn the_wait_of_a_refresh_before_its_first_attempt_can_be_waited_for() {
    for runtime in runtimes() {
        for _ in 0..TIMES {
            runtime.block_on(async {
                let clock = ManualClock::default();
                let sts = FakeSts::new(|nth| match nth {
                    0 => Answer::status(429).retry_after(seconds(5)),
                    nth => token(nth),
                });
                let builder = sts.provider().clock(clock.clone()).max_retries(0);
                let tokens = builder.build().unwrap();
                tokens.token().await.unwrap_err();
                let callers = callers(&tokens, 2);
                clock.advance(testing::until_retry(&tokens).await);
                assert_eq!(callers.join_all().await, ["token-1"; 2]);
            });
        }
    }
}

#[test]
fn the_wait_after_a_refresh_that_has_failed_can_be_waited_for() {
    for runtime in runtimes() {
        for _ in 0..TIMES {
            runtime.block_on(async {
                // While a token is cached, the wait is longer than the deadline as likely as not.
                let (clock, sts, tokens) = provider(|nth| match nth {
                    1 => Answer::status(503),
                    nth => token(nth),
                });
                tokens.token().await.unwrap();
                clock.advance(seconds(540));
                assert_eq!(text(&tokens).await, "token-0");
                clock.advance(testing::until_retry(&tokens).await);
                // Starts a refresh, unless the one that failed goes on.
                tokens.token().await.unwrap();
                testing::until_refresh_ends(&tokens).await;
                assert_eq!(text(&tokens).await, "token-2");
                assert_eq!(sts.exchanges(), 3);
            });
        }
    }
}

#[test]
fn the_wait_after_a_permanent_failure_can_be_waited_for() {
    for runtime in runtimes() {
        for _ in 0..TIMES {
            runtime.block_on(async {
                let (clock, _, tokens) = provider(|nth| match nth {
                    0 => Answer::status(403),
                    nth => token(nth),
                });
                tokens.token().await.unwrap_err();
                let wait = testing::until_retry(&tokens).await;
                assert!(wait >= seconds(2) && wait <= seconds(4), "{wait:?}");
                clock.advance(wait);
                assert_eq!(text(&tokens).await, "token-1");
            });
        }
    }
}

#[test]
fn the_end_of_a_refresh_in_the_background_can_be_waited_for() {
    for runtime in runtimes() {
        for _ in 0..TIMES {
            runtime.block_on(async {
                let (clock, sts, tokens) = provider(|nth| match nth {
                    2 => Answer::status(403),
                    nth => token(nth),
                });
                testing::until_refresh_ends(&tokens).await;
                assert_eq!(sts.exchanges(), 0);
                tokens.token().await.unwrap();
                clock.advance(seconds(540));
                assert_eq!(text(&tokens).await, "token-0");
                testing::until_refresh_ends(&tokens).await;
                assert_eq!(tokens.status().state, State::Fresh);
                clock.advance(seconds(540));
                tokens.token().await.unwrap();
                testing::until_refresh_ends(&tokens).await;
                let status = tokens.status();
                assert_eq!((status.state, status.failures), (State::Due, 1));
                assert_eq!(sts.exchanges(), 3);
            });
        }
    }
}

#[tokio::test(start_paused = true)]
async fn retries_need_no_clock_where_tokios_time_is_paused() {
    let sts = FakeSts::new(|nth| match nth {
        0..3 => Answer::status(503).retry_after(Duration::from_secs(3)),
        _ => token(3),
    });
    let tokens = sts.provider().build().unwrap();
    let started = tokio::time::Instant::now();
    tokens.token().await.unwrap();
    assert!(started.elapsed() >= seconds(9));
    assert_eq!(sts.exchanges(), 4);
}

#[tokio::test]
async fn a_fake_sts_shows_the_last_request() {
    let (clock, sts, tokens) = provider(token);
    assert!(sts.last_request().is_none());
    tokens.token().await.unwrap();
    let request = sts.last_request().unwrap();
    assert_eq!(request.identity_pool_id, "pool-test");
    assert_eq!(request.subject_token.expose_secret(), "a-subject-token");
    assert_eq!(i64::from(request.expires_in.get()), lifetimes().1);
    let tokens = sts
        .provider()
        .clock(clock)
        .identity_pool_id("pool-other")
        .lifetime(seconds(60))
        .subject_token(|| async { Ok::<_, sts_sdk::subject_token::SubjectTokenError>("another") })
        .build()
        .unwrap();
    tokens.token().await.unwrap();
    let request = sts.last_request().unwrap();
    assert_eq!(request.identity_pool_id, "pool-other");
    assert_eq!(request.subject_token.expose_secret(), "another");
    assert_eq!(request.expires_in.get(), 60);
    assert!(!format!("{sts:?} {request:?}").contains("another"));
}

#[tokio::test]
async fn a_failure_can_have_a_body() {
    let body = r#"{"errors":[{"code":"pool_not_found","detail":"no such pool"}]}"#;
    for (answer, text, code) in [
        (
            Answer::status(404).body(body),
            "404 Not Found: no such pool (code pool_not_found)",
            Some("pool_not_found"),
        ),
        (
            Answer::status(400).body(r#"{"error":{"code":"INVALID","message":"no"}}"#),
            "400 Bad Request: no (code INVALID)",
            Some("INVALID"),
        ),
        (Answer::status(400).body(""), "400 Bad Request", None),
        (
            Answer::status(503)
                .body("<title>Sorry</title>")
                .retry_after(seconds(7)),
            "503 Service Unavailable: Sorry (retry after 7 s)",
            None,
        ),
    ] {
        let error = testing::failing(answer).token().await.unwrap_err();
        let error = error.exchange().unwrap();
        assert_eq!(error.to_string(), text);
        let failure = error.failure().unwrap();
        assert_eq!(failure.errors[0].code.as_deref(), code);
    }
}

#[tokio::test]
async fn a_number_that_is_no_status_counts_as_500() {
    for number in [0, 99, 1000, u16::MAX] {
        let error = testing::failing(Answer::status(number)).token().await;
        let error = error.unwrap_err();
        let status = error.exchange().unwrap().status().unwrap();
        assert_eq!(status.as_u16(), 500, "{number}");
    }
}

#[tokio::test]
async fn a_provider_that_fails_does_not_retry() {
    let tokens = testing::failing(Answer::status(503));
    let error = tokens.token().await.unwrap_err();
    assert!(error.is_transient());
    assert_eq!(tokens.status().exchanges, 1);
}

#[tokio::test]
async fn a_clock_shows_who_waits_and_wakes_those_whose_wait_is_over() {
    let clock = ManualClock::default();
    let [long, short, given_up] = [9, 4, 1].map(|wait| clock.sleep(seconds(wait)));
    assert_eq!(clock.waits(), [1, 4, 9].map(seconds));
    drop(given_up);
    assert_eq!(clock.waits(), [4, 9].map(seconds));
    clock.until_waiting(2).await;
    clock.advance(seconds(4));
    short.await;
    // A wall clock that moves alone wakes nobody.
    clock.suspend(seconds(60));
    assert_eq!(clock.waits(), [seconds(5)]);
    clock.advance(seconds(5));
    long.await;
    assert!(clock.waits().is_empty());
}
