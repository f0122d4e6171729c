//! A 401 invalidates the token that was presented, and the request is repeated once.

use sts_sdk::State;
use sts_sdk::testing::{self, Answer};
use sts_sdk_tests::{Server, provider, token};
use tokio::task::JoinSet;

use super::faces::{Body, FACES, Face, Outcome, Sent, get};
use super::{answering, on_loopback, presented, status};

#[tokio::test]
async fn a_request_is_repeated_once_with_another_token() {
    for face in FACES {
        let server = answering(vec![status("401 Unauthorized"), status("200 OK")]).await;
        let (_, sts, tokens) = provider(token);
        let sent = Sent {
            headers: vec![("accept", "application/json")],
            body: Body::Text("the same"),
            ..get(&server.url())
        };
        let outcome = face.send(&on_loopback(&tokens), sent).await;
        assert_eq!(outcome.status(), 200, "{face:?}");
        let requests = server.take_requests();
        let expected = [Some("Bearer token-0"), Some("Bearer token-1")];
        assert_eq!(presented(&requests), expected, "{face:?}");
        for request in &requests {
            assert_eq!(
                (&*request.method, &*request.body),
                ("POST", &b"the same"[..])
            );
            assert_eq!(request.header("accept"), Some("application/json"));
        }
        assert_eq!(sts.exchanges(), 2);
    }
}

#[tokio::test]
async fn a_second_401_is_the_callers_and_its_token_is_invalidated_too() {
    for face in FACES {
        let server = answering(vec![status("401 Unauthorized")]).await;
        let (_, sts, tokens) = provider(token);
        let outcome = face.send(&on_loopback(&tokens), get(&server.url())).await;
        assert_eq!(outcome.status(), 401, "{face:?}");
        assert_eq!(server.take_requests().len(), 2, "{face:?}");
        assert_eq!(
            (sts.exchanges(), tokens.status().state),
            (2, State::Invalidated)
        );
    }
}

#[tokio::test]
async fn without_another_token_the_caller_gets_the_401_and_not_the_providers_error() {
    for face in FACES {
        let server = answering(vec![status("401 Unauthorized"), status("200 OK")]).await;
        let (_, _, tokens) = provider(|nth| match nth {
            0 => token(nth),
            _ => Answer::status(403),
        });
        let outcome = face.send(&on_loopback(&tokens), get(&server.url())).await;
        assert_eq!(outcome.status(), 401, "{face:?}");
        assert_eq!(server.take_requests().len(), 1, "{face:?}");
    }
}

#[tokio::test]
async fn a_403_and_other_failures_are_the_callers_and_leave_the_token() {
    for face in FACES {
        for answer in [
            "403 Forbidden",
            "404 Not Found",
            "500 Internal Server Error",
        ] {
            let server = answering(vec![status(answer)]).await;
            let (_, sts, tokens) = provider(token);
            let outcome = face.send(&on_loopback(&tokens), get(&server.url())).await;
            assert!(
                answer.starts_with(&outcome.status().to_string()),
                "{face:?}"
            );
            assert_eq!(server.take_requests().len(), 1, "{face:?}");
            assert_eq!((sts.exchanges(), tokens.status().state), (1, State::Fresh));
        }
    }
}

#[tokio::test]
async fn what_the_caller_presents_stays_and_is_the_callers_matter() {
    for face in FACES {
        let server = answering(vec![status("401 Unauthorized")]).await;
        let (_, sts, tokens) = provider(token);
        tokens.warm_up().await.unwrap();
        let sent = Sent {
            headers: vec![("Authorization", "Basic a2V5OnNlY3JldA==")],
            ..get(&server.url())
        };
        let outcome = face.send(&on_loopback(&tokens), sent).await;
        assert_eq!(outcome.status(), 401, "{face:?}");
        let requests = server.take_requests();
        assert_eq!(
            presented(&requests),
            [Some("Basic a2V5OnNlY3JldA==")],
            "{face:?}"
        );
        assert_eq!((sts.exchanges(), tokens.status().state), (1, State::Fresh));
    }
}

#[tokio::test]
async fn a_stream_is_sent_once_and_its_token_invalidated() {
    for face in FACES {
        let server = answering(vec![status("401 Unauthorized")]).await;
        let (_, _, tokens) = provider(token);
        let sent = Sent {
            body: Body::Stream("a stream"),
            ..get(&server.url())
        };
        let outcome = face.send(&on_loopback(&tokens), sent).await;
        assert_eq!(outcome.status(), 401, "{face:?}");
        let requests = server.take_requests();
        assert_eq!(presented(&requests), [Some("Bearer token-0")], "{face:?}");
        assert_eq!(requests[0].body, b"a stream");
        assert_eq!(tokens.status().state, State::Invalidated, "{face:?}");
    }
}

#[tokio::test]
async fn errors_say_whether_the_token_or_the_request_failed() {
    for face in FACES {
        let server = answering(vec![status("200 OK")]).await;
        let failing = on_loopback(&testing::failing(Answer::status(403)));
        match face.send(&failing, get(&server.url())).await {
            Outcome::Token(error) => {
                assert_eq!(error.exchange().unwrap().status().unwrap(), 403);
            }
            other => panic!("{face:?}: {other:?}"),
        }
        assert!(
            server.take_requests().is_empty(),
            "{face:?}: nothing is sent"
        );

        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", nobody.local_addr().unwrap());
        drop(nobody);
        let (_, _, tokens) = provider(token);
        match face.send(&on_loopback(&tokens), get(&url)).await {
            Outcome::Request(text) if face == Face::Send => {
                let host = url.trim_start_matches("http://");
                let start = format!("the request failed: no connection to {host}: ");
                assert!(text.starts_with(&start), "{text}");
            }
            Outcome::Request(_) => {}
            other => panic!("{face:?}: {other:?}"),
        }
        assert_eq!(tokens.status().state, State::Fresh);
    }
}

/// Answers 401 to the first token, and 200 to any other.
async fn taking_back_the_first() -> Server {
    Server::start(|request| match request.header("authorization") {
        Some("Bearer token-0") => status("401 Unauthorized"),
        _ => status("200 OK"),
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn many_requests_with_the_same_refused_token_cost_one_exchange() {
    let server = taking_back_the_first().await;
    let (_, sts, tokens) = provider(token);
    let authenticator = on_loopback(&tokens);
    let mut requests = JoinSet::new();
    for nth in 0..40 {
        let (authenticator, url) = (authenticator.clone(), server.url());
        let face = FACES[nth % FACES.len()];
        requests.spawn(async move { face.send(&authenticator, get(&url)).await.status() });
    }
    assert!(
        requests
            .join_all()
            .await
            .into_iter()
            .all(|status| status == 200)
    );
    assert_eq!(sts.exchanges(), 2);
}

#[tokio::test]
async fn an_api_that_refuses_everything_costs_no_more_exchanges_than_the_provider_permits() {
    let server = answering(vec![status("401 Unauthorized")]).await;
    let (clock, sts, tokens) = provider(token);
    let authenticator = on_loopback(&tokens);
    for round in 0..5 {
        let mut requests = JoinSet::new();
        for nth in 0..40 {
            let (authenticator, url) = (authenticator.clone(), server.url());
            let face = FACES[nth % FACES.len()];
            requests.spawn(async move { face.send(&authenticator, get(&url)).await });
        }
        for outcome in requests.join_all().await {
            match outcome {
                Outcome::Response(status, _) => assert_eq!(status, 401),
                // Those who come while the provider waits have no token to begin with.
                Outcome::Token(error) => {
                    assert!(error.to_string().contains("were invalidated within"));
                }
                Outcome::Request(text) => panic!("{text}"),
            }
        }
        // Two at once, and one after each wait.
        assert_eq!(sts.exchanges(), 2 + round);
        clock.advance(tokens.status().retry_in.unwrap());
    }
}
