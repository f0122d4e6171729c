//! What a provider does about failures: the documentation of `TokenProvider`, "When a refresh fails".

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sts_sdk::subject_token::SubjectTokenError;
use sts_sdk::testing::{self, Answer, FakeSts, ManualClock};
use sts_sdk::{Clock, ExchangeError, TokenError, TokenProvider};
use sts_sdk_tests::{provider, seconds, settled, token};

const LIFE: Duration = Duration::from_secs(900);

/// Asks for a token, and lets the clock jump from wait to wait until there is an answer.
pub(super) async fn ask(clock: &ManualClock, tokens: &TokenProvider) -> Result<String, TokenError> {
    let asked = tokio::spawn({
        let tokens = tokens.clone();
        async move {
            let token = tokens.token().await?;
            Ok(token.secret().expose_secret().to_owned())
        }
    });
    loop {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        if asked.is_finished() {
            return asked.await.unwrap();
        }
        if let Some(wait) = clock.waits().first() {
            clock.advance(*wait);
        }
    }
}

#[tokio::test]
async fn a_transient_failure_is_tried_again() {
    let (clock, sts, tokens) = provider(|nth| match nth {
        0..3 => Answer::status(503),
        nth => token(nth),
    });
    assert_eq!(ask(&clock, &tokens).await.unwrap(), "token-3");
    assert_eq!(sts.exchanges(), 4);
}

#[tokio::test]
async fn retries_are_limited() {
    let clock = ManualClock::default();
    let sts = FakeSts::new(|_| Answer::status(500));
    let builder = sts.provider().clock(clock.clone());
    let tokens = builder.max_retries(2).build().unwrap();
    let error = ask(&clock, &tokens).await.unwrap_err();
    assert_eq!(error.exchange().unwrap().status().unwrap(), 500);
    assert!(error.is_transient());
    assert_eq!(sts.exchanges(), 3);
}

#[tokio::test]
async fn one_deadline_covers_all_attempts() {
    let clock = ManualClock::default();
    let sts = FakeSts::new(|_| Answer::status(500));
    let builder = sts.provider().clock(clock.clone());
    let tokens = builder.max_retries(1000).deadline(seconds(20)).build();
    let tokens = tokens.unwrap();
    for _ in 0..20 {
        let before = clock.now();
        ask(&clock, &tokens).await.unwrap_err();
        let took = clock.now().since(&before);
        assert!(took <= seconds(20), "{took:?}");
    }
}

#[tokio::test]
async fn a_hanging_sts_is_left_at_the_deadline() {
    let (clock, sts, tokens) = provider(|nth| if nth == 0 { Answer::hang() } else { token(nth) });
    let error = ask(&clock, &tokens).await.unwrap_err();
    assert!(error.is_timeout() && error.is_transient());
    assert_eq!(
        error.to_string(),
        "no access token for a test: the exchange took beyond the deadline of 30s"
    );
    assert_eq!(ask(&clock, &tokens).await.unwrap(), "token-1");
    assert_eq!(sts.exchanges(), 2);
}

#[tokio::test]
async fn a_deadline_in_a_retry_names_what_failed_before() {
    let (clock, _, tokens) = provider(|nth| match nth {
        0 => Answer::status(502),
        _ => Answer::hang(),
    });
    let error = ask(&clock, &tokens).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no access token for a test: the exchange took beyond the deadline of 30s; before that, \
         502 Bad Gateway: a test's STS was told to fail"
    );
    assert_eq!(error.exchange().unwrap().status().unwrap(), 502);
    assert!(!error.is_no_subject_token());
}

#[tokio::test]
async fn a_wait_that_the_server_asks_for_is_kept() {
    let (clock, sts, tokens) = provider(|nth| match nth {
        0 => Answer::status(429).retry_after(seconds(12)),
        nth => token(nth),
    });
    let asked = tokio::spawn({
        let tokens = tokens.clone();
        async move { tokens.token().await.map(drop) }
    });
    let wait = testing::until_retry(&tokens).await;
    assert!(wait >= seconds(12) && wait <= seconds(15), "{wait:?}");
    let moment = Duration::from_millis(1);
    clock.advance(wait.saturating_sub(moment));
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert_eq!(sts.exchanges(), 1);
    clock.advance(moment);
    asked.await.unwrap().unwrap();
    assert_eq!(sts.exchanges(), 2);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_fails_at_once_and_is_kept_by_the_next_refresh() {
    let (clock, sts, tokens) = provider(|nth| match nth {
        0 => Answer::status(429).retry_after(seconds(120)),
        nth => token(nth),
    });
    // Without the clock moving at all.
    let first = tokens.token().await.unwrap_err();
    assert_eq!(first.retry_after(), Some(seconds(120)));
    let again = tokens.token().await.unwrap_err();
    assert_eq!(again.to_string(), first.to_string());
    assert_eq!(sts.exchanges(), 1);
    let wait = tokens.status().retry_in.unwrap();
    assert!(wait >= seconds(120));
    // From where the deadline reaches it, callers wait for it.
    clock.advance(wait.saturating_sub(seconds(1)));
    let before = clock.now();
    assert_eq!(ask(&clock, &tokens).await.unwrap(), "token-1");
    assert!(clock.now().since(&before) >= seconds(1));
}

#[tokio::test]
async fn no_wait_is_for_good() {
    let (clock, _, tokens) = provider(|nth| match nth {
        0 => Answer::status(503).retry_after(seconds(2_000_000_000)),
        nth => token(nth),
    });
    tokens.token().await.unwrap_err();
    clock.advance(seconds(376));
    tokens.token().await.unwrap();
}

#[tokio::test]
async fn a_permanent_failure_is_remembered_for_seconds() {
    let (clock, sts, tokens) = provider(|nth| match nth {
        0 => Answer::status(403),
        nth => token(nth),
    });
    let first = tokens.token().await.unwrap_err();
    assert!(!first.is_transient());
    clock.advance(Duration::from_millis(1999));
    let again = tokens.token().await.unwrap_err();
    assert_eq!(again.to_string(), first.to_string());
    assert_eq!(sts.exchanges(), 1);
    clock.advance(Duration::from_millis(2001));
    tokens.token().await.unwrap();
    assert_eq!(sts.exchanges(), 2);
}

/// Lets time pass until the next attempt may be made, and returns how much that was.
fn pass_the_wait(clock: &ManualClock, tokens: &TokenProvider) -> f64 {
    let wait = tokens.status().retry_in.unwrap();
    clock.advance(wait);
    wait.as_secs_f64()
}

/// Whether `wait` is that after a permanent failure with so many in a row before it.
fn is_permanent_wait(wait: f64, before: i32) -> bool {
    let bound = (4.0 * 2_f64.powi(before)).min(80.0);
    wait >= bound / 2.0 - 1e-6 && wait <= bound + 1e-6
}

#[tokio::test]
async fn permanent_failures_in_a_row_wait_longer() {
    for status in [400, 401, 403, 404] {
        let (clock, sts, tokens) = provider(move |nth| match nth {
            10 => token(nth),
            _ => Answer::status(status),
        });
        for before in 0..10 {
            let error = tokens.token().await.unwrap_err();
            let got = error.exchange().and_then(ExchangeError::status);
            assert_eq!(got.unwrap(), status);
            assert_eq!(sts.exchanges(), 1 + u64::try_from(before).unwrap());
            let wait = pass_the_wait(&clock, &tokens);
            assert!(is_permanent_wait(wait, before), "{wait} after {before}");
        }
        // A success starts the count anew.
        tokens.token().await.unwrap();
        tokens.refresh().await.unwrap_err();
        assert!(is_permanent_wait(pass_the_wait(&clock, &tokens), 0));
    }
}

#[tokio::test]
async fn a_refused_subject_token_that_gives_way_to_another_starts_the_count_anew() {
    let subject = Arc::new(Mutex::new("first"));
    let source = {
        let subject = Arc::clone(&subject);
        move || {
            let subject = *subject.lock().unwrap();
            async move { Ok::<_, SubjectTokenError>(subject) }
        }
    };
    let clock = ManualClock::default();
    let sts = FakeSts::new(|_| Answer::status(401));
    let builder = sts.provider().clock(clock.clone()).subject_token(source);
    let tokens = builder.build().unwrap();
    for before in 0..4 {
        tokens.token().await.unwrap_err();
        assert!(is_permanent_wait(pass_the_wait(&clock, &tokens), before));
    }
    // Rotated, and refused all the same.
    *subject.lock().unwrap() = "second";
    for before in 0..2 {
        tokens.token().await.unwrap_err();
        assert!(is_permanent_wait(pass_the_wait(&clock, &tokens), before));
    }
    // And back, which is another token as well.
    *subject.lock().unwrap() = "first";
    tokens.token().await.unwrap_err();
    assert!(is_permanent_wait(pass_the_wait(&clock, &tokens), 0));
}

#[tokio::test]
async fn a_source_that_mints_a_token_at_each_read_does_not_start_the_count_anew() {
    let minted = AtomicUsize::new(0);
    let source = move || {
        let nth = minted.fetch_add(1, Ordering::SeqCst);
        async move { Ok::<_, SubjectTokenError>(format!("subject-{nth}")) }
    };
    let clock = ManualClock::default();
    let sts = FakeSts::new(|_| Answer::status(400));
    let builder = sts.provider().clock(clock.clone()).subject_token(source);
    let tokens = builder.build().unwrap();
    for before in 0..8 {
        tokens.token().await.unwrap_err();
        // The second exchange comes only after the first failure in a row.
        assert_eq!(sts.exchanges(), 2 + u64::try_from(before).unwrap());
        assert!(is_permanent_wait(pass_the_wait(&clock, &tokens), before));
    }
}

#[tokio::test]
async fn a_held_token_makes_waits_longer_until_it_is_missed() {
    let mut longest = Duration::ZERO;
    for age in [540, 600, 700, 800, 840, 890] {
        for _ in 0..50 {
            let clock = ManualClock::default();
            let sts = FakeSts::new(|nth| match nth {
                0 => token(0),
                _ => Answer::status(503),
            });
            let tokens = sts.provider().clock(clock.clone()).max_retries(0);
            let tokens = tokens.build().unwrap();
            tokens.token().await.unwrap();
            clock.advance(seconds(age));
            tokens.token().await.unwrap();
            settled(&tokens).await;
            assert_eq!(sts.exchanges(), 2);
            let wait = tokens.status().retry_in.unwrap_or_default();
            // Half of what is left until callers would wait, and no more than two minutes.
            let most = seconds(840_u64.saturating_sub(age) / 2).clamp(seconds(1), seconds(120));
            assert!(wait <= most, "{wait:?} at {age}");
            longest = longest.max(wait);
        }
    }
    assert!(longest > seconds(60), "{longest:?}");
}

#[tokio::test]
async fn no_wait_is_begun_that_leaves_no_time_for_an_attempt() {
    // 25 s and most of what comes on top are within the deadline of 30 s, but what is left is no time for an exchange.
    for _ in 0..20 {
        let (clock, sts, tokens) = provider(|nth| match nth {
            0 => Answer::status(429).retry_after(seconds(25)),
            nth => token(nth),
        });
        for _ in 0..2 {
            let asked = tokio::spawn({
                let tokens = tokens.clone();
                async move { tokens.token().await.map(drop) }
            });
            for _ in 0..50 {
                tokio::task::yield_now().await;
            }
            // Without the clock moving at all.
            assert!(asked.is_finished(), "it waits");
            asked.await.unwrap().unwrap_err();
        }
        assert_eq!(sts.exchanges(), 1);
        let wait = tokens.status().retry_in.unwrap();
        clock.advance(wait.saturating_sub(seconds(25)));
        assert_eq!(ask(&clock, &tokens).await.unwrap(), "token-1");
    }
}

#[tokio::test]
async fn waits_that_the_server_asks_for_are_cut_and_spread() {
    for (asked, least, most) in [
        (8, 8, 10),
        (200, 200, 250),
        (300, 300, 375),
        (86_400, 300, 375),
    ] {
        let (mut shortest, mut longest) = (Duration::MAX, Duration::ZERO);
        for _ in 0..100 {
            let sts = FakeSts::new(move |_| Answer::status(503).retry_after(seconds(asked)));
            let builder = sts.provider().clock(ManualClock::default());
            let tokens = builder.max_retries(0).build().unwrap();
            tokens.token().await.unwrap_err();
            let wait = tokens.status().retry_in.unwrap();
            assert!(wait >= seconds(least) && wait <= seconds(most), "{wait:?}");
            shortest = shortest.min(wait);
            longest = longest.max(wait);
        }
        // Of a hundred, that none is in the first or in the last third does not happen.
        let third = seconds(most - least) / 3;
        assert!(
            shortest < seconds(least) + third,
            "{shortest:?} after {asked} s"
        );
        assert!(
            longest + third > seconds(most),
            "{longest:?} after {asked} s"
        );
    }
}

#[tokio::test]
async fn a_refused_subject_token_is_fetched_anew_once() {
    for status in [400, 401] {
        let clock = ManualClock::default();
        let sts = FakeSts::new(move |nth| match nth {
            0 => Answer::status(status),
            nth => token(nth),
        });
        let fetched = Arc::new(AtomicUsize::new(0));
        let source = {
            let fetched = Arc::clone(&fetched);
            move || {
                let nth = fetched.fetch_add(1, Ordering::SeqCst);
                async move { Ok::<_, SubjectTokenError>(format!("subject-{nth}")) }
            }
        };
        let builder = sts.provider().clock(clock.clone()).subject_token(source);
        let tokens = builder.build().unwrap();
        // Without the clock moving at all.
        tokens.token().await.unwrap();
        assert_eq!(fetched.load(Ordering::SeqCst), 2);
        assert_eq!(sts.exchanges(), 2);
    }
}

#[tokio::test]
async fn a_refused_subject_token_that_has_no_successor_is_a_permanent_failure() {
    let (_, sts, tokens) = provider(|_| Answer::status(401));
    let error = tokens.token().await.unwrap_err();
    assert!(!error.is_transient());
    assert_eq!(sts.exchanges(), 1, "not a second time with the same one");
}

#[tokio::test]
async fn forbidden_is_not_tried_again() {
    let (_, sts, tokens) = provider(|_| Answer::status(403));
    let error = tokens.token().await.unwrap_err();
    let status = error.exchange().and_then(ExchangeError::status);
    assert_eq!(status.unwrap(), 403);
    assert!(!error.is_transient());
    assert_eq!(sts.exchanges(), 1);
}

#[tokio::test]
async fn an_outage_is_survived_and_then_forgotten() {
    // Down from the 1st to the 40th exchange, whatever the time.
    let (clock, sts, tokens) = provider(|nth| match nth {
        1..=40 => Answer::status(503),
        nth => token(nth),
    });
    assert_eq!(ask(&clock, &tokens).await.unwrap(), "token-0");
    clock.advance(LIFE);
    let mut failures = 0;
    let served = loop {
        if let Ok(token) = ask(&clock, &tokens).await {
            break token;
        }
        failures += 1;
        // The wait may be too long for a refresh to begin.
        clock.advance(seconds(5));
    };
    assert!(failures > 0);
    assert_eq!(served, "token-41");
    assert_eq!(sts.exchanges(), 42);
    assert!(tokens.status().last_error.is_none());
}

#[tokio::test]
async fn failures_in_a_row_wait_longer_across_refreshes() {
    let clock = ManualClock::default();
    let sts = FakeSts::new(|_| Answer::status(503));
    let builder = sts.provider().clock(clock.clone());
    let tokens = builder.max_retries(0).build().unwrap();
    let mut longest = Duration::ZERO;
    for failure in 0..60_u32 {
        tokens.token().await.unwrap_err();
        let wait = tokens.status().retry_in.unwrap_or_default();
        let bound = seconds(1 << failure.min(10)).min(seconds(30));
        assert!(wait <= bound, "{wait:?} after failure {failure}");
        longest = longest.max(wait);
        clock.advance(wait);
    }
    assert!(longest > seconds(10), "{longest:?}");
}

#[tokio::test]
async fn a_reply_that_has_expired_on_arrival_is_not_served() {
    let clock = ManualClock::default();
    let sts = {
        let clock = clock.clone();
        FakeSts::new(move |nth| {
            if nth == 0 {
                // The reply is on its way for longer than its token lives.
                clock.advance(seconds(2));
                return Answer::token("expired", seconds(1));
            }
            token(nth)
        })
    };
    let tokens = sts.provider().clock(clock.clone());
    let tokens = tokens.max_retries(0).build().unwrap();
    let error = tokens.token().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no access token for a test: the reply took longer than the 1 s that its token lives"
    );
    assert!(error.is_transient());
    assert_eq!(ask(&clock, &tokens).await.unwrap(), "token-1");
}

#[tokio::test]
async fn a_lifetime_of_zero_is_an_error() {
    let (_, _, tokens) = provider(|_| Answer::token("expired", Duration::ZERO));
    let error = tokens.token().await.unwrap_err();
    assert!(!error.is_transient());
    assert!(
        error
            .to_string()
            .ends_with("its expires_in is not positive"),
        "{error}"
    );
}

#[tokio::test]
async fn what_stands_in_for_tests_fails_as_told() {
    let tokens = testing::failing(Answer::status(503).retry_after(seconds(7)));
    let error = tokens.token().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(seconds(7)));
    let tokens = testing::fixed("not a token");
    let error = tokens.token().await.unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("its access_token has characters that no token has"),
        "{error}"
    );
    assert!(!error.to_string().contains("not a token"));
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let tokens = testing::fixed("a-token");
    let mut asked = std::pin::pin!(tokens.token());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = asked.as_mut().poll(&mut context) else {
        panic!("an error at once");
    };
    assert_eq!(
        error.to_string(),
        "no access token for a test: this is not within a tokio runtime; call it from one"
    );
}

#[tokio::test]
async fn a_caller_waits_for_a_second_more_than_a_refresh_may_take() {
    let (clock, _, tokens) = provider(|_| Answer::hang());
    let asked = tokio::spawn(async move { tokens.token().await.map(drop) });
    clock.until_waiting(2).await;
    assert_eq!(clock.waits(), [seconds(30), seconds(31)]);
    asked.abort();
}
