//! A 429 is waited for only if asked to, once, and within the limit.

use std::time::Duration;

use sts_sdk::auth::Authenticator;
use sts_sdk::testing::{Answer, ManualClock};
use sts_sdk::{State, TokenProvider};
use sts_sdk_tests::{provider, reply, seconds, token};

use super::faces::{Body, FACES, Face, Sent, get};
use super::{answering, on_loopback, presented, status};

const LIMIT: Duration = Duration::from_secs(60);

pub(super) fn waiting(tokens: &TokenProvider) -> Authenticator {
    let builder = Authenticator::builder(tokens.clone()).host("127.0.0.1");
    builder.wait_for_rate_limit(LIMIT).build().unwrap()
}

fn limited(headers: &[&str]) -> Vec<u8> {
    reply("429 Too Many Requests", headers, "what the API says")
}

/// Lets the wait of at most `most` seconds pass, once it is begun, and returns how long it is. Those of a refresh are longer.
pub(super) async fn pass_the_wait(clock: &ManualClock, most: u64) -> f64 {
    loop {
        clock.until_waiting(1).await;
        let shortest = clock.waits().first().copied();
        if let Some(wait) = shortest.filter(|wait| *wait <= seconds(most)) {
            clock.advance(wait);
            return wait.as_secs_f64();
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn nobody_waits_unasked() {
    for face in FACES {
        let server = answering(vec![limited(&["retry-after: 1"])]).await;
        let (_, _, tokens) = provider(token);
        let outcome = face.send(&on_loopback(&tokens), get(&server.url())).await;
        assert_eq!(outcome.status(), 429, "{face:?}");
        assert_eq!(server.take_requests().len(), 1, "{face:?}");
    }
}

#[tokio::test]
async fn the_wait_is_what_the_response_asks_for_and_is_spread() {
    for face in FACES {
        for (headers, least, most) in [
            (&["retry-after: 8"][..], 8.0, 10.0),
            (&["x-ratelimit-reset: 40"], 40.0, 50.0),
            // Those of Kafka REST.
            (&[], 0.0, 10.0),
        ] {
            let server = answering(vec![limited(headers), status("200 OK")]).await;
            let (clock, sts, tokens) = provider(token);
            tokens.warm_up().await.unwrap();
            let authenticator = waiting(&tokens);
            let request = face.send(&authenticator, get(&server.url()));
            let (outcome, wait) = tokio::join!(request, pass_the_wait(&clock, 50));
            assert_eq!(outcome.status(), 200, "{face:?}");
            assert!(wait >= least && wait <= most, "{face:?}: {wait}");
            let requests = server.take_requests();
            assert_eq!(
                presented(&requests),
                [Some("Bearer token-0"); 2],
                "{face:?}"
            );
            assert_eq!((sts.exchanges(), tokens.status().state), (1, State::Fresh));
        }
    }
}

#[tokio::test]
async fn a_second_429_and_one_beyond_the_limit_are_the_callers() {
    for face in FACES {
        let server = answering(vec![limited(&["retry-after: 1"])]).await;
        let (clock, _, tokens) = provider(token);
        tokens.warm_up().await.unwrap();
        let authenticator = waiting(&tokens);
        let request = face.send(&authenticator, get(&server.url()));
        let (outcome, _) = tokio::join!(request, pass_the_wait(&clock, 10));
        assert_eq!(outcome.status(), 429, "{face:?}");
        assert_eq!(server.take_requests().len(), 2, "{face:?}");

        // With what it may be spread by, this would be a minute and more.
        let server = answering(vec![limited(&["retry-after: 49"])]).await;
        let outcome = face.send(&authenticator, get(&server.url())).await;
        assert_eq!(outcome.status(), 429, "{face:?}");
        assert_eq!(server.take_requests().len(), 1, "{face:?}");
    }
}

#[tokio::test]
async fn a_401_and_a_429_each_cost_one_repetition() {
    for face in FACES {
        for order in [
            ["401 Unauthorized", "429 Too Many Requests"],
            ["429 Too Many Requests", "401 Unauthorized"],
        ] {
            let answers = order.into_iter().chain(["401 Unauthorized", "200 OK"]);
            let server = answering(answers.map(status).collect()).await;
            let (clock, _, tokens) = provider(token);
            tokens.warm_up().await.unwrap();
            let authenticator = waiting(&tokens);
            let request = face.send(&authenticator, get(&server.url()));
            let (outcome, _) = tokio::join!(request, pass_the_wait(&clock, 10));
            assert_eq!(outcome.status(), 401, "{face:?}");
            assert_eq!(server.take_requests().len(), 3, "{face:?} {order:?}");
        }
    }
}

#[tokio::test]
async fn the_token_that_is_valid_after_the_wait_is_presented() {
    for face in FACES {
        let server = answering(vec![limited(&["retry-after: 8"]), status("200 OK")]).await;
        let (clock, _, tokens) = provider(token);
        tokens.warm_up().await.unwrap();
        let authenticator = waiting(&tokens);
        let request = face.send(&authenticator, get(&server.url()));
        let meanwhile = async {
            clock.until_waiting(1).await;
            tokens.invalidate(tokens.token().await.unwrap());
            tokens.warm_up().await.unwrap();
            clock.advance(seconds(10));
        };
        let (outcome, ()) = tokio::join!(request, meanwhile);
        assert_eq!(outcome.status(), 200, "{face:?}");
        let requests = server.take_requests();
        let expected = [Some("Bearer token-0"), Some("Bearer token-1")];
        assert_eq!(presented(&requests), expected, "{face:?}");
    }
}

#[tokio::test]
async fn neither_a_stream_nor_a_request_without_a_token_waits() {
    for face in FACES {
        let server = answering(vec![limited(&["retry-after: 1"])]).await;
        let (_, _, tokens) = provider(token);
        let stream = Sent {
            body: Body::Stream("a stream"),
            ..get(&server.url())
        };
        let own = Sent {
            headers: vec![("authorization", "Basic a2V5OnNlY3JldA==")],
            ..get(&server.url())
        };
        let elsewhere = get(&server.url().replace("127.0.0.1", "localhost"));
        // The hooks send no operation there.
        let elsewhere = (face != Face::Hooks).then_some(elsewhere);
        for sent in [stream, own].into_iter().chain(elsewhere) {
            let outcome = face.send(&waiting(&tokens), sent).await;
            assert_eq!(outcome.status(), 429, "{face:?}");
            assert_eq!(server.take_requests().len(), 1, "{face:?}");
        }
    }
}

#[test]
fn the_limit_of_waits_has_a_limit() {
    let (_, _, tokens) = provider(token);
    let build = |limit| {
        Authenticator::builder(tokens.clone())
            .wait_for_rate_limit(limit)
            .build()
    };
    build(seconds(3600)).unwrap();
    let error = build(seconds(3601)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the limit of waits for a rate limit must be at most an hour"
    );
}

#[tokio::test]
async fn without_a_token_after_the_wait_the_caller_gets_the_429() {
    for face in FACES {
        let answers = vec![limited(&["retry-after: 8"]), status("200 OK")];
        let server = answering(answers).await;
        let (clock, _, tokens) = provider(|nth| match nth {
            0 => token(nth),
            _ => Answer::status(403),
        });
        tokens.warm_up().await.unwrap();
        let authenticator = waiting(&tokens);
        let request = face.send(&authenticator, get(&server.url()));
        let meanwhile = async {
            clock.until_waiting(1).await;
            tokens.invalidate(tokens.token().await.unwrap());
            clock.advance(seconds(10));
        };
        let (outcome, ()) = tokio::join!(request, meanwhile);
        assert_eq!(outcome.status(), 429, "{face:?}");
        assert_eq!(server.take_requests().len(), 1, "{face:?}");
    }
}
