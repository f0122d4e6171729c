//! Many callers, callers that go away, and runtimes that come and go.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use sts_sdk::subject_token::SubjectTokenError;
use sts_sdk::testing::{Answer, FakeSts, ManualClock};
use sts_sdk::{Clock, ExchangeError, State, TokenError, TokenProvider, TokenProviderBuilder};
use sts_sdk_tests::{provider, seconds, settled, token};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;

/// A provider whose exchanges wait at a gate, before they are sent.
fn gated() -> (Arc<Semaphore>, FakeSts, ManualClock, TokenProvider) {
    let clock = ManualClock::default();
    let (gate, sts, builder) = gated_builder();
    let tokens = builder.clock(clock.clone()).build();
    (gate, sts, clock, tokens.unwrap())
}

fn gated_builder() -> (Arc<Semaphore>, FakeSts, TokenProviderBuilder) {
    let gate = Arc::new(Semaphore::new(0));
    let source = {
        let gate = Arc::clone(&gate);
        move || {
            let gate = Arc::clone(&gate);
            async move {
                gate.acquire().await.unwrap().forget();
                Ok::<_, SubjectTokenError>("subject")
            }
        }
    };
    let sts = FakeSts::new(token);
    let builder = sts.provider().subject_token(source);
    (gate, sts, builder)
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

async fn herd(tasks: usize) {
    let (gate, sts, _, tokens) = gated();
    let asked: Vec<_> = (0..tasks)
        .map(|_| {
            let tokens = tokens.clone();
            tokio::spawn(async move { tokens.token().await.unwrap().tag() })
        })
        .collect();
    while !tokens.status().refreshing {
        tokio::task::yield_now().await;
    }
    gate.add_permits(1);
    let mut tags = Vec::new();
    for tag in asked {
        tags.push(tag.await.unwrap());
    }
    tags.dedup();
    assert_eq!((tags.len(), sts.exchanges()), (1, 1));
}

#[tokio::test]
async fn ten_thousand_tasks_cause_one_exchange() {
    herd(10_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_tasks_on_several_threads_cause_one_exchange() {
    herd(10_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_comes_just_as_a_refresh_ends_does_not_start_another() {
    for _ in 0..3000 {
        let sts = FakeSts::new(token);
        let tokens = sts.provider().build().unwrap();
        let asked: Vec<_> = (0..50)
            .map(|_| {
                let tokens = tokens.clone();
                tokio::spawn(async move { tokens.token().await.map(drop) })
            })
            .collect();
        for outcome in asked {
            outcome.await.unwrap().unwrap();
        }
        assert_eq!(sts.exchanges(), 1);
    }
}

#[tokio::test]
async fn all_who_waited_get_the_same_error() {
    let sts = FakeSts::new(|_| Answer::status(403));
    let tokens = sts.provider().build().unwrap();
    let asked: Vec<_> = (0..1000)
        .map(|_| {
            let tokens = tokens.clone();
            tokio::spawn(async move { tokens.token().await.unwrap_err().to_string() })
        })
        .collect();
    let mut errors = Vec::new();
    for error in asked {
        errors.push(error.await.unwrap());
    }
    errors.dedup();
    assert_eq!((errors.len(), sts.exchanges()), (1, 1));
}

#[tokio::test]
async fn a_cancelled_first_caller_harms_nobody() {
    let (gate, sts, _, tokens) = gated();
    let first = tokio::spawn({
        let tokens = tokens.clone();
        async move { tokens.token().await.map(drop) }
    });
    while !tokens.status().refreshing {
        tokio::task::yield_now().await;
    }
    let second = tokio::spawn({
        let tokens = tokens.clone();
        async move { tokens.token().await.map(drop) }
    });
    tokio::task::yield_now().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    gate.add_permits(1);
    second.await.unwrap().unwrap();
    assert_eq!(sts.exchanges(), 1);
}

#[tokio::test]
async fn a_caller_may_be_cancelled_at_any_await_point() {
    // At each of them in turn: polled that often, then dropped.
    for polls in 0..20 {
        let (gate, sts, _, tokens) = gated();
        let mut asked = Box::pin(tokens.token());
        let mut context = Context::from_waker(Waker::noop());
        for poll in 0..polls {
            if poll == 2 {
                gate.add_permits(1);
            }
            if let Poll::Ready(token) = asked.as_mut().poll(&mut context) {
                token.unwrap();
                asked = Box::pin(tokens.token());
            }
            tokio::task::yield_now().await;
        }
        drop(asked);
        gate.add_permits(1);
        tokens.token().await.unwrap();
        assert_eq!(sts.exchanges(), 1, "after {polls} polls");
    }
}

#[tokio::test]
async fn a_late_401_with_an_old_token_does_not_invalidate_its_successor() {
    let (clock, sts, tokens) = provider(token);
    let old = tokens.token().await.unwrap();
    clock.advance(seconds(700));
    tokens.token().await.unwrap();
    settled(&tokens).await;
    assert!(!tokens.invalidate(&old));
    let tag = tokens.token().await.unwrap().tag();
    assert_ne!(tag, old.tag());
    assert_eq!(sts.exchanges(), 2);
}

#[tokio::test]
async fn an_invalidated_token_is_not_served_again_even_if_there_is_no_other() {
    let sts = FakeSts::new(|nth| match nth {
        0 => token(nth),
        _ => Answer::status(403),
    });
    let tokens = sts.provider().build().unwrap();
    let old = tokens.token().await.unwrap();
    assert!(tokens.invalidate(&old));
    assert!(!tokens.invalidate(&old), "once is enough");
    assert_eq!(tokens.status().state, State::Invalidated);
    assert!(tokens.status().tag.is_none());
    let error = tokens.token().await.unwrap_err();
    let status = error.exchange().and_then(ExchangeError::status);
    assert_eq!(status.unwrap(), 403);
    // The one that was lent out stays what it was.
    assert_eq!(old.secret().expose_secret(), "token-0");
}

#[tokio::test]
async fn a_thousand_401s_for_one_token_cause_one_exchange() {
    let sts = FakeSts::new(token);
    let tokens = sts.provider().build().unwrap();
    let old = tokens.token().await.unwrap();
    let asked: Vec<_> = (0..1000)
        .map(|_| {
            let (tokens, old) = (tokens.clone(), old.clone());
            tokio::spawn(async move {
                tokens.invalidate(&old);
                tokens.token().await.unwrap().tag()
            })
        })
        .collect();
    for tag in asked {
        assert_ne!(tag.await.unwrap(), old.tag());
    }
    assert_eq!(sts.exchanges(), 2);
}

#[tokio::test]
async fn an_invalidation_during_a_refresh_waits_for_it() {
    let (gate, sts, clock, tokens) = gated();
    gate.add_permits(1);
    let old = tokens.token().await.unwrap();
    clock.advance(seconds(700));
    tokens.token().await.unwrap();
    assert!(tokens.status().refreshing);
    tokens.invalidate(&old);
    let asked = tokio::spawn({
        let tokens = tokens.clone();
        async move { tokens.token().await.unwrap().tag() }
    });
    tokio::task::yield_now().await;
    gate.add_permits(1);
    assert_ne!(asked.await.unwrap(), old.tag());
    assert_eq!(sts.exchanges(), 2);
}

#[test]
fn a_provider_outlives_the_runtimes_that_use_it() {
    let (clock, _, tokens) = provider(token);
    for nth in 0..5 {
        let runtime = if nth % 2 == 0 {
            current_thread()
        } else {
            Builder::new_multi_thread().enable_all().build().unwrap()
        };
        let token = runtime.block_on(tokens.token()).unwrap();
        assert_eq!(token.secret().expose_secret(), format!("token-{nth}"));
        clock.advance(seconds(900));
    }
}

/// Asks for a token on `runtime`, and leaves both as soon as there is something to wait for.
fn ask_and_leave(runtime: &Runtime, tokens: &TokenProvider) {
    runtime.block_on(async {
        let mut asked = Box::pin(tokens.token());
        let mut context = Context::from_waker(Waker::noop());
        assert!(asked.as_mut().poll(&mut context).is_pending());
        // The refresh begins.
        tokio::task::yield_now().await;
    });
    assert!(tokens.status().refreshing);
}

#[test]
fn a_runtime_that_is_dropped_in_a_refresh_takes_nothing_with_it() {
    let (gate, sts, _, tokens) = gated();
    let doomed = current_thread();
    ask_and_leave(&doomed, &tokens);
    // Somebody on another runtime waits for it.
    let (waits, waiting) = std::sync::mpsc::channel();
    let other = std::thread::spawn({
        let tokens = tokens.clone();
        move || {
            current_thread().block_on(async {
                let mut asked = Box::pin(tokens.token());
                let mut context = Context::from_waker(Waker::noop());
                assert!(asked.as_mut().poll(&mut context).is_pending());
                waits.send(()).unwrap();
                asked.await.map(drop)
            })
        }
    });
    waiting.recv().unwrap();
    drop(doomed);
    gate.add_permits(1);
    other.join().unwrap().unwrap();
    assert_eq!(sts.exchanges(), 1);
}

#[test]
fn a_runtime_that_stands_still_in_a_refresh_is_not_waited_for() {
    let (gate, sts, clock, tokens) = gated();
    let still = current_thread();
    ask_and_leave(&still, &tokens);
    // Nobody drives it from here on, and it is not dropped. It gets the first permit all the same.
    gate.add_permits(2);
    current_thread().block_on(async {
        let asked = tokio::spawn({
            let tokens = tokens.clone();
            async move { tokens.token().await.map(drop) }
        });
        // The deadlines of the refresh and of the wait for it, and what tells whether the other runtime is driven.
        clock.until_waiting(3).await;
        clock.advance(seconds(1));
        asked.await.unwrap().unwrap();
    });
    assert_eq!(sts.exchanges(), 1);
    drop(still);
    assert_eq!(tokens.status().state, State::Fresh);
}

#[test]
fn a_refresh_that_stands_still_beyond_its_deadline_is_not_joined() {
    let (gate, sts, clock, tokens) = gated();
    let still = current_thread();
    gate.add_permits(1);
    still.block_on(tokens.token()).unwrap();
    clock.advance(seconds(700));
    // Starts a refresh in the background of a runtime that nobody drives any more.
    still.block_on(tokens.token()).unwrap();
    assert!(tokens.status().refreshing);
    clock.advance(seconds(100));
    assert!(!tokens.status().refreshing);
    let other = current_thread();
    other.block_on(async {
        tokens.token().await.unwrap();
        gate.add_permits(1);
        settled(&tokens).await;
    });
    assert_eq!((tokens.status().tokens, sts.exchanges()), (2, 2));
    assert_eq!(tokens.status().state, State::Fresh);
}

#[test]
fn a_runtime_that_is_shutting_down_gives_an_error() {
    let (_gate, _, _, tokens) = gated();
    let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
    let handle = runtime.handle().clone();
    let (started, starting) = std::sync::mpsc::channel();
    let (stopped, stopping) = std::sync::mpsc::channel();
    let caller = std::thread::spawn({
        let tokens = tokens.clone();
        move || {
            let _within = handle.enter();
            let mut asked = Box::pin(tokens.token());
            let mut context = Context::from_waker(Waker::noop());
            assert!(asked.as_mut().poll(&mut context).is_pending());
            started.send(()).unwrap();
            stopping.recv().unwrap();
            match asked.as_mut().poll(&mut context) {
                Poll::Ready(outcome) => outcome.map(drop).unwrap_err().to_string(),
                Poll::Pending => panic!("there is nothing to wait for"),
            }
        }
    });
    starting.recv().unwrap();
    runtime.shutdown_timeout(seconds(5));
    stopped.send(()).unwrap();
    let error = caller.join().unwrap();
    assert_eq!(
        error,
        "no access token for a test: the tokio runtime is shutting down"
    );
}

/// Whether others let more time pass than a refresh may take or its token lives, or invalidated two tokens in a row.
fn is_expected(error: &TokenError) -> bool {
    let text = error.to_string();
    let told = ["invalidated", "the reply took longer than the "];
    error.is_timeout() || told.iter().any(|told| text.contains(told))
}

#[test]
fn readers_never_see_a_token_past_its_time_while_it_is_replaced() {
    // Threads read while others refresh, invalidate and let time pass.
    let (clock, sts, tokens) = provider(token);
    let served = Arc::new(AtomicUsize::new(0));
    let runtime = Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let readers: Vec<_> = (0..8)
            .map(|reader| {
                let (tokens, clock) = (tokens.clone(), clock.clone());
                let served = Arc::clone(&served);
                tokio::spawn(async move {
                    for round in 0..500_u64 {
                        let asked_at = clock.now().wall;
                        let token = match tokens.token().await {
                            Ok(token) => token,
                            Err(error) => {
                                assert!(is_expected(&error), "{error}");
                                clock.advance(seconds(30));
                                continue;
                            }
                        };
                        served.fetch_add(1, Ordering::Relaxed);
                        let serve_until = token.expires_at() - seconds(5);
                        assert!(asked_at < serve_until, "reader {reader}, round {round}");
                        match (reader + round) % 7 {
                            0 => clock.advance(seconds(97)),
                            1 => _ = tokens.invalidate(&token),
                            2 => {
                                if let Err(error) = tokens.refresh().await {
                                    assert!(is_expected(&error), "{error}");
                                }
                            }
                            _ => tokio::task::yield_now().await,
                        }
                    }
                })
            })
            .collect();
        for reader in readers {
            reader.await.unwrap();
        }
    });
    assert!(sts.exchanges() > 100 && served.load(Ordering::Relaxed) > 1000);
}

#[test]
fn providers_and_tokens_cross_threads() {
    fn crosses<T: Send + Sync + 'static>(_: &T) {}
    let tokens = sts_sdk::testing::fixed("a-token");
    crosses(&tokens);
    let token = current_thread().block_on(tokens.token()).unwrap();
    crosses(&token);
    let there = std::thread::spawn(move || token.secret().expose_secret().to_owned());
    assert_eq!(there.join().unwrap(), "a-token");
    crosses(&tokens.status());
}

#[test]
fn a_runtime_that_is_driven_call_by_call_does_not_save_up_refreshes() {
    let (clock, sts, tokens) = provider(token);
    let runtime = current_thread();
    runtime.block_on(tokens.token()).unwrap();
    clock.advance(seconds(661));
    // Each finds the one before overdue, and none is run as the token is there at once.
    for _ in 0..5 {
        runtime.block_on(tokens.token()).unwrap();
        clock.advance(seconds(32));
    }
    clock.advance(seconds(60));
    runtime.block_on(tokens.token()).unwrap();
    runtime.block_on(settled(&tokens));
    assert_eq!(sts.exchanges(), 2);
}

#[test]
fn a_wait_that_the_server_asks_for_outlives_the_runtime_that_heard_it() {
    let (_, sts, tokens) = provider(|_| Answer::status(429).retry_after(seconds(20)));
    for _ in 0..10 {
        current_thread().block_on(async {
            let mut asked = Box::pin(tokens.token());
            let mut context = Context::from_waker(Waker::noop());
            for _ in 0..5 {
                assert!(asked.as_mut().poll(&mut context).is_pending());
                tokio::task::yield_now().await;
            }
        });
    }
    assert_eq!(sts.exchanges(), 1);
    assert!(tokens.status().retry_in.unwrap() >= seconds(20));
}

#[test]
fn a_runtime_for_each_call_does_not_start_an_exchange_for_each() {
    // Also where an earlier refresh has failed, and its wait is over.
    for failures in [0, 1] {
        let clock = ManualClock::default();
        let sts = FakeSts::new(move |nth| match nth {
            0 => token(0),
            nth if nth <= failures => Answer::status(503),
            _ => Answer::hang(),
        });
        let builder = sts.provider().clock(clock.clone());
        let tokens = builder.max_retries(0).build().unwrap();
        current_thread().block_on(tokens.token()).unwrap();
        clock.advance(seconds(700));
        for _ in 0..failures {
            current_thread().block_on(async {
                tokens.token().await.unwrap();
                settled(&tokens).await;
            });
            clock.advance(seconds(71));
        }
        for _ in 0..50 {
            current_thread().block_on(async {
                tokens.token().await.unwrap();
                tokio::task::yield_now().await;
            });
        }
        assert_eq!(sts.exchanges(), 2 + failures, "after {failures} failures");
    }
}

#[tokio::test]
async fn what_has_expired_after_a_wait_is_not_served() {
    let (clock, _, tokens) = provider(|nth| if nth == 1 { Answer::hang() } else { token(nth) });
    let old = tokens.token().await.unwrap().tag();
    clock.advance(seconds(850));
    let asked = tokio::spawn({
        let tokens = tokens.clone();
        async move { tokens.token().await.map(|token| token.tag()) }
    });
    clock.until_waiting(2).await;
    // The machine is suspended while somebody waits with the old token in the hand.
    clock.suspend(seconds(3600));
    while !asked.is_finished() {
        clock.advance(seconds(1));
        tokio::task::yield_now().await;
    }
    // The refresh that hung was left at its deadline, and the caller that waited for it with it.
    match asked.await.unwrap() {
        Ok(tag) => assert_ne!(tag, old),
        Err(error) => assert!(error.is_timeout(), "{error}"),
    }
}

#[tokio::test]
async fn what_is_invalidated_during_a_wait_is_not_served() {
    let (clock, _, tokens) = provider(|nth| if nth == 1 { Answer::hang() } else { token(nth) });
    let old = tokens.token().await.unwrap();
    clock.advance(seconds(850));
    let asked = tokio::spawn({
        let tokens = tokens.clone();
        async move { tokens.token().await.map(|token| token.tag()) }
    });
    clock.until_waiting(2).await;
    assert!(tokens.invalidate(&old));
    while !asked.is_finished() {
        clock.advance(seconds(1));
        tokio::task::yield_now().await;
    }
    match asked.await.unwrap() {
        Ok(tag) => assert_ne!(tag, old.tag()),
        Err(error) => assert!(error.is_timeout(), "{error}"),
    }
}

#[test]
fn a_caller_without_timers_waits_for_a_refresh_on_another_runtime() {
    // On the system's clock, whose timer is tokio's.
    let (gate, sts, builder) = gated_builder();
    let tokens = builder.build().unwrap();
    let driven = Builder::new_multi_thread().enable_all().build().unwrap();
    let first = driven.spawn({
        let tokens = tokens.clone();
        async move { tokens.token().await.map(drop) }
    });
    while !tokens.status().refreshing {
        std::thread::yield_now();
    }
    let without_timers = Builder::new_current_thread().build().unwrap();
    without_timers.block_on(async {
        let mut asked = Box::pin(tokens.token());
        let mut context = Context::from_waker(Waker::noop());
        assert!(asked.as_mut().poll(&mut context).is_pending());
        gate.add_permits(1);
        asked.await.unwrap();
    });
    driven.block_on(first).unwrap().unwrap();
    assert_eq!(sts.exchanges(), 1);
}

#[test]
fn a_refresh_that_is_asked_for_never_gives_the_token_that_it_was_to_replace() {
    // One that is under way would keep the cached token, since each new one lives for less.
    let runtime = Builder::new_multi_thread()
        .worker_threads(3)
        .enable_all()
        .build()
        .unwrap();
    for _ in 0..2000 {
        let (clock, _, tokens) = provider(|nth| match nth {
            0 => token(nth),
            _ => Answer::token(format!("token-{nth}"), seconds(300)),
        });
        runtime.block_on(async {
            let old = tokens.token().await.unwrap().tag();
            clock.advance(seconds(540));
            let background = tokio::spawn({
                let tokens = tokens.clone();
                async move { tokens.token().await.map(drop) }
            });
            let new = tokio::spawn({
                let tokens = tokens.clone();
                async move { tokens.refresh().await.unwrap().tag() }
            });
            background.await.unwrap().unwrap();
            assert_ne!(new.await.unwrap(), old);
        });
    }
}

#[tokio::test]
async fn a_refresh_that_is_asked_for_is_joined_and_the_cached_token_served_meanwhile() {
    let (gate, sts, _, tokens) = gated();
    gate.add_permits(1);
    let old = tokens.token().await.unwrap().tag();
    let asked: Vec<_> = (0..3)
        .map(|_| {
            let tokens = tokens.clone();
            tokio::spawn(async move { tokens.refresh().await.unwrap().tag() })
        })
        .collect();
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert!(tokens.status().refreshing);
    let mut served = Box::pin(tokens.token());
    let mut context = Context::from_waker(Waker::noop());
    match served.as_mut().poll(&mut context) {
        Poll::Ready(token) => assert_eq!(token.unwrap().tag(), old),
        Poll::Pending => panic!("it waits"),
    }
    gate.add_permits(3);
    let mut tags = Vec::new();
    for tag in asked {
        tags.push(tag.await.unwrap());
    }
    tags.dedup();
    assert_eq!((tags.len(), sts.exchanges()), (1, 2));
    assert_ne!(tags[0], old);
}
