//! What a provider does when an API refuses its tokens: the documentation of `TokenProvider::invalidate`.

use std::time::Duration;

use sts_sdk::testing::{Answer, FakeSts, ManualClock};
use sts_sdk::{State, TokenProvider};
use sts_sdk_tests::{provider, seconds, settled, text, token};

/// Gets a token and has it refused.
async fn refused(tokens: &TokenProvider) {
    let token = tokens.token().await.unwrap();
    assert!(tokens.invalidate(&token));
}

#[tokio::test]
async fn a_token_or_its_tag_is_invalidated() {
    let (_, sts, tokens) = provider(token);
    let first = tokens.token().await.unwrap();
    assert!(tokens.invalidate(first.tag()));
    assert!(!tokens.invalidate(&first), "once is enough");
    let second = tokens.token().await.unwrap();
    assert!(!tokens.invalidate(first.tag()));
    assert!(tokens.invalidate(second));
    assert_eq!(
        (sts.exchanges(), tokens.status().state),
        (2, State::Invalidated)
    );
}

#[tokio::test]
async fn the_first_is_replaced_at_once_and_the_next_ones_later_and_later() {
    let (clock, sts, tokens) = provider(token);
    refused(&tokens).await;
    refused(&tokens).await;
    for nth in 0..8_i32 {
        let error = tokens.token().await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "no access token for a test: {} tokens in a row were invalidated within 60s of being obtained, so the \
                 next exchange waits; find out why the API refuses them",
                nth + 2
            )
        );
        assert!(!error.is_transient() && error.exchange().is_none());
        let asked_for = tokens.refresh().await.unwrap_err();
        assert_eq!(asked_for.to_string(), error.to_string());
        assert_eq!(sts.exchanges(), u64::try_from(nth).unwrap() + 2);
        let wait = tokens.status().retry_in.unwrap();
        let bound = (4.0 * 2_f64.powi(nth)).min(80.0);
        let moment = Duration::from_millis(1);
        assert!(
            wait + moment >= Duration::from_secs_f64(bound / 2.0),
            "{wait:?}"
        );
        assert!(wait <= Duration::from_secs_f64(bound) + moment, "{wait:?}");
        clock.advance(wait);
        refused(&tokens).await;
    }
}

#[tokio::test]
async fn a_token_that_was_held_for_a_while_starts_the_count_anew() {
    let (clock, sts, tokens) = provider(token);
    for _ in 0..2 {
        refused(&tokens).await;
    }
    clock.advance(seconds(4));
    // This one is good for a minute.
    let held = tokens.token().await.unwrap();
    clock.advance(seconds(60));
    tokens.invalidate(&held);
    assert_eq!(sts.exchanges(), 3);
    refused(&tokens).await;
    refused(&tokens).await;
    tokens.token().await.unwrap_err();
    clock.advance(seconds(4));
    // And this one until it is refreshed.
    text(&tokens).await;
    clock.advance(seconds(540));
    text(&tokens).await;
    settled(&tokens).await;
    refused(&tokens).await;
    text(&tokens).await;
    assert_eq!(sts.exchanges(), 8);
}

#[tokio::test]
async fn short_lived_tokens_are_held_for_less() {
    let (clock, sts, tokens) = provider(|nth| Answer::token(format!("token-{nth}"), seconds(60)));
    for _ in 0..20 {
        clock.advance(seconds(10));
        let token = tokens.token().await.unwrap();
        clock.advance(seconds(10));
        tokens.invalidate(&token);
    }
    assert!(sts.exchanges() >= 20);
}

#[tokio::test]
async fn a_wait_that_the_server_asked_for_is_not_shortened() {
    let clock = ManualClock::default();
    let sts = FakeSts::new(|nth| match nth {
        2 => Answer::status(503).retry_after(seconds(200)),
        nth => token(nth),
    });
    let tokens = sts.provider().clock(clock.clone()).max_retries(0);
    let tokens = tokens.build().unwrap();
    refused(&tokens).await;
    let second = tokens.token().await.unwrap();
    tokens.refresh().await.unwrap_err();
    tokens.invalidate(&second);
    assert!(tokens.status().retry_in.unwrap() >= seconds(200));
    let error = tokens.token().await.unwrap_err();
    assert_eq!(error.exchange().unwrap().status().unwrap(), 503);
}

#[tokio::test]
async fn an_api_that_refuses_everything_costs_an_exchange_in_half_a_minute() {
    let (clock, sts, tokens) = provider(token);
    let mut after_a_minute = 0;
    for second in 0..660 {
        if second == 60 {
            after_a_minute = sts.exchanges();
        }
        // A program that repeats a request once after a 401, and goes on with the next one.
        for _ in 0..2 {
            if let Ok(token) = tokens.token().await {
                tokens.invalidate(&token);
            }
        }
        clock.advance(seconds(1));
    }
    let exchanges = sts.exchanges() - after_a_minute;
    assert!((5..=20).contains(&exchanges), "{exchanges} in ten minutes");
}

#[tokio::test]
async fn a_tag_is_that_of_no_other_providers_token() {
    let ((_, _, one), (_, _, other)) = (provider(token), provider(token));
    let of_one = one.token().await.unwrap();
    assert_ne!(of_one.tag(), other.token().await.unwrap().tag());
    assert!(!other.invalidate(&of_one));
    assert_eq!(other.status().state, State::Fresh);
}
