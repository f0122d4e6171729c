//! Providers without async: from each kind of thread, and never for longer than the deadline.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use sts_sdk::blocking::{ExternalTokenProvider, TokenProvider};
use sts_sdk::subject_token::{StaticToken, SubjectTokenError};
use sts_sdk::testing::{Answer, FakeSts, ManualClock};
use sts_sdk::{Clock, State};
use sts_sdk_tests::{JWT, Server, jwt, seconds, token, token_reply};
use tokio::runtime::Builder;

fn provider() -> (ManualClock, FakeSts, TokenProvider) {
    let (clock, sts, tokens) = sts_sdk_tests::provider(token);
    (clock, sts, TokenProvider::new(tokens).unwrap())
}

fn text(tokens: &TokenProvider) -> String {
    let token = tokens.token().unwrap();
    token.secret().expose_secret().to_owned()
}

/// A provider that exchanges over a socket of `server`.
fn over_a_socket(server: &Server) -> sts_sdk::TokenProvider {
    let tokens = sts_sdk::TokenProvider::builder()
        .base_url(server.url())
        .identity_pool_id("pool-abc")
        .subject_token(StaticToken::new(JWT));
    tokens.build().unwrap()
}

#[test]
fn a_plain_thread_gets_tokens_over_a_socket() {
    let servers = Builder::new_multi_thread().enable_all().build().unwrap();
    let server = servers
        .block_on(Server::start(|_| token_reply("a-token")))
        .unwrap();
    let tokens = TokenProvider::new(over_a_socket(&server)).unwrap();
    let token = tokens.token().unwrap();
    assert_eq!(token.secret().expose_secret(), "a-token");
    let header = tokens.authorization().unwrap();
    assert!(header.is_sensitive());
    assert_eq!(header, "Bearer a-token");
    assert!(tokens.invalidate(&token));
    assert!(!tokens.invalidate(token.tag()));
    assert_eq!(tokens.status().state, State::Invalidated);
    assert_eq!(tokens.token().unwrap().secret().expose_secret(), "a-token");
    assert_eq!(tokens.status().exchanges, 2);
}

#[test]
fn many_threads_cause_one_exchange() {
    let (_, sts, tokens) = provider();
    let barrier = Arc::new(Barrier::new(32));
    let threads: Vec<_> = (0..32)
        .map(|_| {
            let (tokens, barrier) = (tokens.clone(), Arc::clone(&barrier));
            thread::spawn(move || {
                barrier.wait();
                text(&tokens)
            })
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), "token-0");
    }
    assert_eq!(sts.exchanges(), 1);
}

#[test]
fn a_refresh_in_the_background_needs_no_further_call() {
    let (clock, sts, tokens) = provider();
    assert_eq!(text(&tokens), "token-0");
    clock.advance(seconds(540));
    assert_eq!(text(&tokens), "token-0");
    while tokens.status().refreshing {
        thread::yield_now();
    }
    assert_eq!(sts.exchanges(), 2);
    assert_eq!(text(&tokens), "token-1");
}

#[test]
fn a_token_is_kept_fresh_without_calls() {
    let (clock, sts, tokens) = sts_sdk_tests::provider(token);
    let mut changes = tokens.changes();
    let blocking = TokenProvider::new(tokens).unwrap();
    let _keep_fresh = blocking.keep_fresh().unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let first = changes.next().await.unwrap();
        // Its wait for the refresh.
        clock.until_waiting(1).await;
        clock.advance(seconds(540));
        assert_ne!(changes.next().await.unwrap(), first);
    });
    assert_eq!(sts.exchanges(), 2);
}

#[test]
fn it_serves_the_token_of_the_provider_that_it_is_a_face_of() {
    let (_, sts, tokens) = sts_sdk_tests::provider(token);
    let blocking = TokenProvider::new(tokens.clone()).unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let of_async = runtime.block_on(tokens.token()).unwrap();
    assert_eq!(blocking.token().unwrap().tag(), of_async.tag());
    blocking.invalidate(&of_async);
    assert_eq!(tokens.status().state, State::Invalidated);
    assert_eq!(sts.exchanges(), 1);
}

/// A call from within a task of `runtime`, whose token has to be obtained over a socket of another runtime.
fn from_within(runtime: &tokio::runtime::Runtime, spawn: bool) {
    let servers = Builder::new_multi_thread().enable_all().build().unwrap();
    let server = servers
        .block_on(Server::start(|_| token_reply("a-token")))
        .unwrap();
    let tokens = TokenProvider::new(over_a_socket(&server)).unwrap();
    let call = async move {
        // A task that has used up its turn.
        while tokio::task::coop::has_budget_remaining() {
            tokio::task::consume_budget().await;
        }
        text(&tokens)
    };
    let text = runtime.block_on(async {
        if spawn {
            tokio::spawn(call).await.unwrap()
        } else {
            call.await
        }
    });
    assert_eq!(text, "a-token");
}

#[test]
fn from_within_a_task_of_either_kind_of_runtime() {
    for spawn in [false, true] {
        from_within(
            &Builder::new_current_thread().enable_all().build().unwrap(),
            spawn,
        );
        let mut workers = Builder::new_multi_thread();
        from_within(
            &workers.worker_threads(1).enable_all().build().unwrap(),
            spawn,
        );
    }
    // One that has neither timers nor I/O.
    from_within(&Builder::new_current_thread().build().unwrap(), false);
}

#[test]
fn beside_a_refresh_on_the_runtime_that_the_call_blocks() {
    let answered = Arc::new(AtomicUsize::new(0));
    let sts = FakeSts::new({
        let answered = Arc::clone(&answered);
        move |nth| {
            answered.fetch_add(1, Ordering::SeqCst);
            token(nth)
        }
    });
    let tokens = sts.provider().build().unwrap();
    let blocking = TokenProvider::new(tokens.clone()).unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async move {
        // Its refresh is a task of this runtime, which does not run before the next await.
        let mut waiting = Box::pin(tokens.token());
        let first = std::future::poll_fn(|context| {
            std::task::Poll::Ready(waiting.as_mut().poll(context).is_pending())
        });
        assert!(first.await);
        assert!(blocking.token().is_ok());
    });
    assert_eq!(answered.load(Ordering::SeqCst), 1);
}

#[test]
fn a_call_ends_at_the_deadline() {
    let sts = FakeSts::new(|_| Answer::hang());
    let tokens = sts
        .provider()
        .deadline(Duration::from_millis(50))
        .build()
        .unwrap();
    let tokens = TokenProvider::new(tokens).unwrap();
    let error = tokens.token().unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(
        error.to_string(),
        "no access token for a test: the exchange took beyond the deadline of 50ms"
    );
}

#[test]
fn a_call_ends_even_if_the_clock_of_the_provider_stands_still() {
    let sts = FakeSts::new(|_| Answer::hang());
    let builder = sts.provider().clock(ManualClock::default());
    let tokens = builder.deadline(Duration::from_millis(50)).build().unwrap();
    let tokens = TokenProvider::new(tokens).unwrap();
    let started = Instant::now();
    let error = tokens.token().unwrap_err();
    // Far beyond the two seconds, for a busy machine.
    assert!(started.elapsed() < seconds(20));
    assert_eq!(
        error.to_string(),
        "no access token for a test: the refresh took beyond the deadline of 50ms"
    );
}

#[test]
fn a_source_that_would_block_the_thread_it_runs_on_gets_an_error_at_once() {
    let sts = FakeSts::new(|_| Answer::hang());
    let inner = sts.provider().clock(ManualClock::default());
    let inner = TokenProvider::new(inner.build().unwrap()).unwrap();
    let source = move || {
        let inner = inner.clone();
        async move {
            let error = inner.token().unwrap_err();
            Err::<&str, _>(SubjectTokenError::permanent(error.to_string()))
        }
    };
    let outer = sts_sdk::ExternalTokenProvider::builder().subject_token(source);
    let outer = ExternalTokenProvider::new(&outer.name("an outer").build().unwrap()).unwrap();
    assert_eq!(
        outer.token().unwrap_err().to_string(),
        "no external token of an outer: no access token for a test: a blocking provider was called on the thread that all \
         of them wait for; call the async provider there"
    );
}

#[test]
fn external_tokens_as_well() {
    let clock = ManualClock::default();
    let end = clock.now().wall + seconds(900);
    let end = end
        .duration_since(std::time::SystemTime::UNIX_EPOCH)
        .unwrap();
    let token = jwt(&json!({"sub": "me", "exp": end.as_secs()}));
    let source = {
        let token = token.clone();
        move || {
            let token = token.clone();
            async { Ok::<_, SubjectTokenError>(token) }
        }
    };
    let tokens = sts_sdk::ExternalTokenProvider::builder().subject_token(source);
    let tokens = tokens.clock(clock).build().unwrap();
    let blocking = ExternalTokenProvider::new(&tokens).unwrap();
    let got = thread::spawn({
        let blocking = blocking.clone();
        move || blocking.token().unwrap()
    });
    let got = got.join().unwrap();
    assert_eq!(got.secret().expose_secret(), token);
    assert_eq!(blocking.authorization().unwrap(), format!("Bearer {token}"));
    assert!(blocking.invalidate(&got));
    assert_eq!(tokens.status().state, blocking.status().state);
}
