//! What becomes of a token when the HTTP client follows redirects, as the documentation of `Authenticator` says.

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use sts_sdk::State;
use sts_sdk::auth::{Authenticator, AuthenticatorLayer, Pools};
use sts_sdk_tests::{Server, always, external_token, provider, reply, token};
use tower::{Layer, ServiceExt};
use tower_http::follow_redirect::FollowRedirectLayer;

use super::faces::{FACES, Face, get};
use super::rate_limit::{pass_the_wait, waiting};
use super::{answering, on_loopback, presented, status};

/// The faces over `reqwest`, which follows redirects.
fn over_reqwest() -> impl Iterator<Item = Face> {
    let faces = FACES.into_iter();
    faces.filter(|face| *face != Face::TowerOverHyper)
}

/// A server that sends everything to `location`.
async fn redirecting(location: String) -> Server {
    let location = format!("location: {location}");
    Server::start(move |_| reply("307 Temporary Redirect", &[&location], ""))
        .await
        .unwrap()
}

#[tokio::test]
async fn reqwest_takes_the_token_along_within_a_server_and_to_no_other() {
    for face in over_reqwest() {
        let other = answering(vec![status("200 OK")]).await;
        let server = Server::start({
            let elsewhere = format!("location: {}/elsewhere", other.url());
            move |request| match &*request.target {
                "/org/v2/environments" => reply("307 Temporary Redirect", &["location: /here"], ""),
                _ => reply("307 Temporary Redirect", &[&elsewhere], ""),
            }
        });
        let server = server.await.unwrap();
        let (_, _, tokens) = provider(token);
        let outcome = face.send(&on_loopback(&tokens), get(&server.url())).await;
        assert_eq!(outcome.status(), 200, "{face:?}");
        let requests = server.take_requests();
        assert_eq!(
            presented(&requests),
            [Some("Bearer token-0"); 2],
            "{face:?}"
        );
        // The port is another one, and with it the server, though its host is on the list.
        assert_eq!(presented(&other.take_requests()), [None], "{face:?}");
    }
}

#[tokio::test]
async fn a_401_of_a_server_that_has_not_seen_the_token_leaves_it() {
    for face in over_reqwest() {
        let other = answering(vec![status("401 Unauthorized")]).await;
        let server = redirecting(format!("{}/elsewhere", other.url())).await;
        let (_, sts, tokens) = provider(token);
        let outcome = face.send(&on_loopback(&tokens), get(&server.url())).await;
        assert_eq!(outcome.status(), 401, "{face:?}");
        assert_eq!(server.take_requests().len(), 1, "{face:?}");
        assert_eq!(
            (sts.exchanges(), tokens.status().state),
            (1, State::Fresh),
            "{face:?}"
        );
    }
}

#[tokio::test]
async fn nor_does_its_401_to_the_last_repetition_count() {
    for face in over_reqwest() {
        for order in [
            ["401 Unauthorized", "429 Too Many Requests"],
            ["429 Too Many Requests", "401 Unauthorized"],
        ] {
            let other = answering(vec![status("401 Unauthorized")]).await;
            let location = format!("location: {}/elsewhere", other.url());
            let redirect = reply("307 Temporary Redirect", &[&location], "");
            let answers = order.into_iter().map(status).chain([redirect]);
            let server = answering(answers.collect()).await;
            let (clock, sts, tokens) = provider(token);
            tokens.warm_up().await.unwrap();
            let authenticator = waiting(&tokens);
            let request = face.send(&authenticator, get(&server.url()));
            let (outcome, _) = tokio::join!(request, pass_the_wait(&clock, 10));
            assert_eq!(outcome.status(), 401, "{face:?}");
            assert_eq!(server.take_requests().len(), 3, "{face:?} {order:?}");
            assert_eq!(presented(&other.take_requests()), [None], "{face:?}");
            assert_eq!(
                (sts.exchanges(), tokens.status().state),
                (2, State::Fresh),
                "{face:?} {order:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_401_after_a_redirect_within_the_server_is_one_of_the_token() {
    for face in over_reqwest() {
        let server = Server::start(|request| match &*request.target {
            "/here" => status("401 Unauthorized"),
            _ => reply("307 Temporary Redirect", &["location: /here"], ""),
        });
        let server = server.await.unwrap();
        let (_, sts, tokens) = provider(token);
        let outcome = face.send(&on_loopback(&tokens), get(&server.url())).await;
        assert_eq!(outcome.status(), 401, "{face:?}");
        assert_eq!(server.take_requests().len(), 4, "{face:?}");
        assert_eq!(sts.exchanges(), 2, "{face:?}");
    }
}

#[tokio::test]
async fn below_what_follows_redirects_the_layer_judges_each_request() {
    let listed = answering(vec![status("200 OK")]).await;
    // The same machine by a name that was not asked for.
    let unlisted = listed.url().replace("127.0.0.1", "localhost");
    for (to, expected) in [(listed.url(), Some("Bearer token-0")), (unlisted, None)] {
        let server = redirecting(format!("{to}/elsewhere")).await;
        let (_, _, tokens) = provider(token);
        let client = legacy::Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
        let layer = AuthenticatorLayer::new(on_loopback(&tokens));
        let service = FollowRedirectLayer::new().layer(layer.layer(client));
        let request = http::Request::post(server.url())
            .body(Full::default())
            .unwrap();
        let response = service.oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(presented(&server.take_requests()), [Some("Bearer token-0")]);
        assert_eq!(presented(&listed.take_requests()), [expected], "{to}");
    }
}

#[tokio::test]
async fn above_what_follows_redirects_the_layer_judges_the_first_alone() {
    let other = answering(vec![status("200 OK")]).await;
    let server = redirecting(format!("{}/elsewhere", other.url())).await;
    let (_, _, tokens) = provider(token);
    let client = legacy::Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let layer = AuthenticatorLayer::new(on_loopback(&tokens));
    let service = layer.layer(FollowRedirectLayer::new().layer(client));
    let request = http::Request::post(server.url())
        .body(Full::default())
        .unwrap();
    let response = service.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(presented(&server.take_requests()), [Some("Bearer token-0")]);
    assert_eq!(presented(&other.take_requests()), [None]);
}

#[tokio::test]
async fn another_host_at_the_same_port_is_another_server() {
    for face in over_reqwest() {
        let server = Server::start(|request| {
            if request.target == "/elsewhere" {
                return status("401 Unauthorized");
            }
            let host = request.header("host").unwrap();
            let host = host.replace("127.0.0.1", "localhost");
            let location = format!("location: http://{host}/elsewhere");
            reply("307 Temporary Redirect", &[&location], "")
        });
        let server = server.await.unwrap();
        let (_, sts, tokens) = provider(token);
        let outcome = face.send(&on_loopback(&tokens), get(&server.url())).await;
        assert_eq!(outcome.status(), 401, "{face:?}");
        let requests = server.take_requests();
        assert_eq!(presented(&requests), [Some("Bearer token-0"), None]);
        let state = tokens.status().state;
        assert_eq!((sts.exchanges(), state), (1, State::Fresh), "{face:?}");
    }
}

#[tokio::test]
async fn each_face_presents_pools_and_cluster_which_are_sent_along_to_another_host() {
    for face in FACES {
        let other = answering(vec![status("200 OK")]).await;
        // The face over hyper follows no redirect.
        let server = if over_reqwest().any(|following| following == face) {
            redirecting(other.url().replace("127.0.0.1", "localhost")).await
        } else {
            answering(vec![status("200 OK")]).await
        };
        let token = external_token("me");
        let authenticator = Authenticator::external(always(&token))
            .pools(Pools::union(["pool-1", "pool-2"]).unwrap())
            .target_sr_cluster("lsrc-abc")
            .host("127.0.0.1")
            .build()
            .unwrap();
        let outcome = face.send(&authenticator, get(&server.url())).await;
        assert_eq!(outcome.status(), 200, "{face:?}");
        let requests = [server.take_requests(), other.take_requests()].concat();
        let bearer = format!("Bearer {token}");
        let expected = [Some(&*bearer), None];
        assert_eq!(presented(&requests), expected[..requests.len()], "{face:?}");
        for request in requests {
            let header = |name| request.header(name);
            assert_eq!(header("confluent-identity-pool-id"), Some("pool-1,pool-2"));
            assert_eq!(header("target-sr-cluster"), Some("lsrc-abc"));
        }
    }
}
