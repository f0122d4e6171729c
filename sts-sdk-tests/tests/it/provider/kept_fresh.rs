//! Refreshing without being asked, and telling of new tokens.

use std::task::{Context, Poll, Waker};

use sts_sdk::testing::{Answer, ManualClock};
use sts_sdk::{Changes, State, Tag, TokenProvider};
use sts_sdk_tests::{provider, seconds, settled, token};

/// Lets other tasks run until nothing is left to do, or to wait for.
async fn idle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

/// Lets time pass, in steps.
async fn pass(clock: &ManualClock, time: u64) {
    for _ in 0..time {
        clock.advance(seconds(1));
        idle().await;
    }
}

/// What there is at once.
fn now(changes: &mut Changes) -> Poll<Option<Tag>> {
    let next = std::pin::pin!(changes.next());
    next.poll(&mut Context::from_waker(Waker::noop()))
}

fn state(tokens: &TokenProvider) -> State {
    tokens.status().state
}

#[tokio::test]
async fn a_token_is_kept_fresh_without_anybody_asking() {
    let (clock, sts, tokens) = provider(token);
    let keep_fresh = tokens.keep_fresh().unwrap();
    idle().await;
    assert_eq!((state(&tokens), sts.exchanges()), (State::Fresh, 1));
    for _ in 0..3600 {
        pass(&clock, 1).await;
        assert_eq!(state(&tokens), State::Fresh);
    }
    let exchanges = sts.exchanges();
    assert!((7..=10).contains(&exchanges), "{exchanges} in an hour");
    drop(keep_fresh);
    pass(&clock, 901).await;
    assert_eq!(
        (state(&tokens), sts.exchanges()),
        (State::Expired, exchanges)
    );
}

#[tokio::test]
async fn after_a_suspension_there_is_a_token_within_half_a_minute() {
    let (clock, _, tokens) = provider(token);
    let _keep_fresh = tokens.keep_fresh().unwrap();
    idle().await;
    clock.suspend(seconds(3600));
    assert_eq!(state(&tokens), State::Expired);
    pass(&clock, 30).await;
    assert_eq!(state(&tokens), State::Fresh);
}

#[tokio::test]
async fn an_invalidated_token_is_replaced_without_anybody_asking() {
    let (clock, sts, tokens) = provider(token);
    let _keep_fresh = tokens.keep_fresh().unwrap();
    idle().await;
    let first = tokens.token().await.unwrap();
    tokens.invalidate(&first);
    idle().await;
    assert_eq!((state(&tokens), sts.exchanges()), (State::Fresh, 2));
    // The second in a row waits.
    let second = tokens.token().await.unwrap();
    tokens.invalidate(&second);
    idle().await;
    assert_eq!((state(&tokens), sts.exchanges()), (State::Invalidated, 2));
    pass(&clock, 4).await;
    assert_eq!((state(&tokens), sts.exchanges()), (State::Fresh, 3));
}

#[tokio::test]
async fn failures_wait_as_they_do_for_callers() {
    let (clock, sts, tokens) = provider(|nth| match nth {
        0..10 => Answer::status(403),
        nth => token(nth),
    });
    let _keep_fresh = tokens.keep_fresh().unwrap();
    idle().await;
    assert_eq!(sts.exchanges(), 1);
    let mut waited = 0;
    while state(&tokens) != State::Fresh {
        pass(&clock, 1).await;
        waited += 1;
        assert!(waited < 1000, "{} exchanges", sts.exchanges());
    }
    assert_eq!(sts.exchanges(), 11);
    // Each wait is between a half and the whole of these, and seen to be over within a second.
    let longest = 4 + 8 + 16 + 32 + 64 + 80 * 5;
    assert!((longest / 2..=longest + 10).contains(&waited), "{waited} s");
}

#[tokio::test]
async fn changes_tell_of_each_new_token_and_end_with_the_provider() {
    let (clock, _, tokens) = provider(token);
    let mut changes = tokens.changes();
    assert_eq!(now(&mut changes), Poll::Pending);
    let first = tokens.token().await.unwrap().tag();
    assert_eq!(now(&mut changes), Poll::Ready(Some(first)));
    assert_eq!(now(&mut changes), Poll::Pending);
    // One who comes later hears of it as well.
    assert_eq!(now(&mut tokens.changes()), Poll::Ready(Some(first)));
    clock.advance(seconds(540));
    tokens.token().await.unwrap();
    settled(&tokens).await;
    let second = tokens.token().await.unwrap();
    assert_eq!(changes.next().await, Some(second.tag()));
    // That there is none is no token.
    tokens.invalidate(&second);
    assert_eq!(now(&mut changes), Poll::Pending);
    let waiting = tokio::spawn(async move { (changes.next().await, changes.next().await) });
    let third = tokens.token().await.unwrap().tag();
    idle().await;
    drop(tokens);
    assert_eq!(waiting.await.unwrap(), (Some(third), None));
}

#[test]
fn without_a_runtime_nothing_is_kept_fresh() {
    let (_, _, tokens) = provider(token);
    assert_eq!(
        tokens.keep_fresh().unwrap_err().to_string(),
        "no access token for a test: this is not within a tokio runtime; call it from one"
    );
}

#[tokio::test]
async fn changes_leave_out_what_was_replaced_and_cause_no_refresh() {
    let (_, sts, tokens) = provider(token);
    let mut changes = tokens.changes();
    assert_eq!(now(&mut changes), Poll::Pending);
    idle().await;
    assert_eq!(sts.exchanges(), 0);
    tokens.refresh().await.unwrap();
    let last = tokens.refresh().await.unwrap().tag();
    assert_eq!(now(&mut changes), Poll::Ready(Some(last)));
    assert_eq!(now(&mut changes), Poll::Pending);
}
