//! What a cached token costs: no allocation. In a process of its own, since an allocator is one for all of it.

use std::alloc::System;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use sts_sdk::TokenProvider;
use sts_sdk::testing::{Answer, until_refresh_ends};
use sts_sdk_tests::{provider, seconds, token};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Fails if a call waits, or if a thousand calls allocate.
fn assert_free(tokens: &TokenProvider, when: &str) {
    let call = || {
        let token = pin!(tokens.token());
        let polled = token.poll(&mut Context::from_waker(Waker::noop()));
        assert!(
            matches!(polled, Poll::Ready(Ok(_))),
            "{when}: it does not wait"
        );
    };
    // The first call of a thread makes what the thread keeps.
    call();
    let region = Region::new(ALLOCATOR);
    for _ in 0..1000 {
        call();
    }
    let change = region.change();
    assert_eq!((change.allocations, change.reallocations), (0, 0), "{when}");
}

#[tokio::test]
async fn a_cached_token_costs_no_allocation() {
    let (clock, _, tokens) = provider(|nth| match nth {
        0 | 1 => token(nth),
        _ => Answer::status(503).retry_after(seconds(100)),
    });
    tokens.warm_up().await.unwrap();
    assert_free(&tokens, "before it is refreshed");

    clock.advance(seconds(600));
    tokens.token().await.unwrap();
    assert!(tokens.status().refreshing);
    assert_free(&tokens, "while a refresh is under way");
    until_refresh_ends(&tokens).await;

    clock.advance(seconds(600));
    tokens.token().await.unwrap();
    until_refresh_ends(&tokens).await;
    assert!(tokens.status().last_error.is_some() && tokens.status().retry_in.is_some());
    assert_free(&tokens, "while it is too early for another refresh");

    // Allocations are counted.
    let region = Region::new(ALLOCATOR);
    drop(provider(token));
    assert!(region.change().allocations > 0);
}
