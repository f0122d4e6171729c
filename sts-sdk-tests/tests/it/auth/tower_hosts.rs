//! Which URIs get a token by the layer: those of `http` are not normalised as URLs are.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http::header::AUTHORIZATION;
use sts_sdk::auth::{Authenticator, AuthenticatorLayer};
use sts_sdk_tests::{provider, token};
use tower::{Layer, ServiceExt, service_fn};

/// What is presented with a request to `uri`.
async fn presented(uri: &str) -> Option<String> {
    let (_, _, tokens) = provider(token);
    let authenticator = Authenticator::builder(tokens).host("::1").build().unwrap();
    let seen = Arc::new(Mutex::new(None));
    let service = service_fn({
        let seen = Arc::clone(&seen);
        move |request: http::Request<String>| {
            let header = request.headers().get(AUTHORIZATION);
            *seen.lock().unwrap() = header.map(|header| header.to_str().unwrap().to_owned());
            async { Ok::<_, Infallible>(http::Response::new(String::new())) }
        }
    });
    let request = http::Request::get(uri).body(String::new()).unwrap();
    let service = AuthenticatorLayer::new(authenticator).layer(service);
    service.oneshot(request).await.unwrap();
    seen.lock().unwrap().take()
}

#[tokio::test]
async fn uris_are_taken_as_they_stand() {
    for uri in [
        "https://api.confluent.cloud/",
        "https://API.CONFLUENT.cloud:8443/a",
        "HTTPS://confluent.cloud",
        "http://[::1]:80/",
    ] {
        assert_eq!(
            presented(uri).await.as_deref(),
            Some("Bearer token-0"),
            "{uri}"
        );
    }
    for uri in [
        "https://evilconfluent.cloud/",
        "https://confluent.cloud./",
        "https://confluent.cloud:443@evil.test/",
        "https://confluent.cloud@evil.test/",
        "https://key:secret@confluent.cloud/",
        "https://xn--cnfluent-b7g.cloud/",
        "http://confluent.cloud/",
        "ftp://confluent.cloud/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://127.0.0.1/",
        // Neither says where it goes.
        "/org/v2/environments",
        "confluent.cloud:443",
    ] {
        assert_eq!(presented(uri).await, None, "{uri}");
    }
    // What a URL would be made of has no meaning in a URI.
    for uri in [
        "https://confluent\u{3002}cloud/",
        "https://evil.test\\.confluent.cloud/",
        "https://api%2Econfluent.cloud/",
    ] {
        assert!(uri.parse::<http::Uri>().is_err(), "{uri}");
    }
}
