//! What becomes of the parts of a request, and what errors say of it.

use std::convert::Infallible;
use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Version};
use sts_sdk::State;
use sts_sdk::auth::AuthenticatorLayer;
use sts_sdk::reqwest::Client;
use sts_sdk::testing::{self, Answer};
use sts_sdk_tests::{Act, Server, provider, token};
use tower::{Layer, ServiceExt, service_fn};

use super::{answering, on_loopback, presented, status};

#[tokio::test]
async fn a_repeated_http_request_is_whole_and_its_body_copied_as_told() {
    for (body, sent) in [("a", &["a", "copy of a"][..]), ("a stream", &["a stream"])] {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let service = service_fn({
            let seen = Arc::clone(&seen);
            move |request: http::Request<String>| {
                assert_eq!(request.extensions().get(), Some(&7_u8));
                assert_eq!(request.version(), Version::HTTP_2);
                seen.lock().unwrap().push(request.into_body());
                let response = http::Response::builder().status(401);
                let response = response.body(String::new()).unwrap();
                async { Ok::<_, Infallible>(response) }
            }
        });
        let (_, _, tokens) = provider(token);
        let layer = AuthenticatorLayer::new(on_loopback(&tokens));
        let layer = layer.copy_with(|body: &String| {
            let is_text = body != "a stream";
            is_text.then(|| format!("copy of {body}"))
        });
        let request = http::Request::post("http://127.0.0.1/").version(Version::HTTP_2);
        let request = request.extension(7_u8).body(body.to_owned()).unwrap();
        let response = layer.layer(service).oneshot(request).await.unwrap();
        assert_eq!(response.status(), 401);
        assert_eq!(*seen.lock().unwrap(), sent);
        assert_eq!(tokens.status().state, State::Invalidated);
    }
}

#[tokio::test]
async fn the_token_takes_the_place_of_a_default_header_of_the_client() {
    let server = answering(vec![status("200 OK")]).await;
    let own = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("Basic own"))]);
    let client = Client::builder().default_headers(own).build().unwrap();
    let (_, _, tokens) = provider(token);
    let request = client.get(server.url());
    on_loopback(&tokens).send(request).await.unwrap();
    let requests = server.take_requests();
    assert_eq!(presented(&requests), [Some("Bearer token-0")]);
}

#[tokio::test]
async fn the_repetition_has_the_time_out_of_the_request() {
    let server = Server::acting(|request| {
        if request.header("authorization") == Some("Bearer token-0") {
            return vec![Act::Send(status("401 Unauthorized"))];
        }
        // From here on, nothing else is to come.
        tokio::time::pause();
        vec![Act::Hang]
    });
    let server = server.await.unwrap();
    let (_, _, tokens) = provider(token);
    let request = Client::new().get(server.url());
    let request = request.timeout(Duration::from_secs(3600));
    let error = on_loopback(&tokens).send(request).await.unwrap_err();
    assert!(error.request().unwrap().is_timeout(), "{error}");
    assert_eq!(server.take_requests().len(), 2);
}

#[tokio::test]
async fn an_error_is_one_line_without_the_url() {
    let client = Client::new();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/a?key=hunter2", nobody.local_addr().unwrap());
    drop(nobody);
    let (_, _, tokens) = provider(token);
    let working = on_loopback(&tokens);
    let failing = on_loopback(&testing::failing(Answer::status(403)));
    for (authenticator, url, of_token) in [
        (&working, &*url, false),
        (&working, "hunter2", false),
        (&failing, &url, true),
    ] {
        let sent = authenticator.send(client.get(url)).await;
        let error = sent.unwrap_err();
        let is = (error.token().is_some(), error.request().is_none());
        assert_eq!(is, (of_token, of_token), "{error}");
        assert!(error.source().is_none());
        let shown = format!("{error} {error:?} {error:#?}");
        assert!(!shown.contains("hunter2"), "the URL is shown");
        assert!(!shown.contains(char::is_control), "{shown}");
        assert_eq!(format!("{error:?}"), format!("AuthError({error})"));
    }
}
