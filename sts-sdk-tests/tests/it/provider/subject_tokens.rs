//! When a provider asks its source, and what it sends of what it gets.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use sts_sdk::TokenProvider;
use sts_sdk::subject_token::SubjectTokenError;
use sts_sdk::testing::{Answer, FakeSts, ManualClock};
use sts_sdk_tests::{JWT, Server, seconds, settled, token, token_reply};

/// An STS that answers as told, a provider whose source gives `subject-0`, `subject-1` and so on, and what was sent.
fn numbered(
    answer: impl Fn(u64) -> Answer + Send + Sync + 'static,
) -> (ManualClock, TokenProvider, Arc<Mutex<Vec<String>>>) {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let clock = ManualClock::default();
    let asked = AtomicUsize::new(0);
    let source = move || {
        let nth = asked.fetch_add(1, Ordering::SeqCst);
        async move { Ok::<_, SubjectTokenError>(format!("subject-{nth}")) }
    };
    let sts = Arc::new(std::sync::OnceLock::<FakeSts>::new());
    let fake = FakeSts::new({
        let (sent, sts) = (Arc::clone(&sent), Arc::clone(&sts));
        move |nth| {
            let request = sts.get().unwrap().last_request().unwrap();
            let subject = request.subject_token.expose_secret().to_owned();
            sent.lock().unwrap().push(subject);
            answer(nth)
        }
    });
    sts.set(fake.clone()).unwrap();
    let builder = fake.provider().clock(clock.clone()).subject_token(source);
    (clock, builder.build().unwrap(), sent)
}

#[tokio::test]
async fn the_source_is_asked_anew_before_each_exchange_and_each_retry() {
    let (clock, tokens, sent) = numbered(|nth| match nth {
        0 | 1 => Answer::status(503),
        nth => token(nth),
    });
    let asked = tokio::spawn({
        let tokens = tokens.clone();
        async move { tokens.token().await.map(drop) }
    });
    while !asked.is_finished() {
        if let Some(wait) = clock.waits().first() {
            clock.advance(*wait);
        }
        tokio::task::yield_now().await;
    }
    asked.await.unwrap().unwrap();
    assert_eq!(
        *sent.lock().unwrap(),
        ["subject-0", "subject-1", "subject-2"]
    );
    tokens.refresh().await.unwrap();
    clock.advance(seconds(700));
    tokens.token().await.unwrap();
    settled(&tokens).await;
    let sent = sent.lock().unwrap();
    assert_eq!(sent[3..], ["subject-3", "subject-4"]);
}

#[tokio::test]
async fn white_space_around_a_subject_token_is_not_sent() {
    let server = Server::start(|_| token_reply("a-token")).await.unwrap();
    for around in ["", " ", "\n", "\r\n", " \t\r\n"] {
        let source =
            move || async move { Ok::<_, SubjectTokenError>(format!("{around}{JWT}{around}")) };
        let tokens = TokenProvider::builder()
            .base_url(server.url())
            .identity_pool_id("pool")
            .subject_token(source);
        tokens.build().unwrap().token().await.unwrap();
        let request = server.take_requests().remove(0);
        let form: Vec<(String, String)> =
            form_urlencoded::parse(&request.body).into_owned().collect();
        assert!(
            form.contains(&("subject_token".to_owned(), JWT.to_owned())),
            "{around:?}"
        );
    }
}

#[test]
fn nothing_runs_between_calls() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (clock, tokens, sent) = numbered(token);
    let exchanges = || sent.lock().unwrap().len();
    runtime.block_on(async {
        // Not when a provider is made.
        tokio::task::yield_now().await;
        assert_eq!(exchanges(), 0);
        tokens.token().await.unwrap();
        settled(&tokens).await;
    });
    let idle = || {
        let metrics = runtime.metrics();
        (metrics.num_alive_tasks(), clock.waits().len())
    };
    assert_eq!(idle(), (0, 0), "tasks and timers");
    // Long past the time of a refresh, and past the end of the token.
    for _ in 0..100 {
        clock.advance(seconds(20));
        runtime.block_on(async {
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
        });
        // Nor when somebody looks at what it is doing.
        let _ = (tokens.status(), format!("{tokens:?}"), tokens.clone());
        assert_eq!((exchanges(), idle()), (1, (0, 0)));
    }
    runtime.block_on(tokens.token()).unwrap();
    assert_eq!((exchanges(), idle().1), (2, 0));
}
