//! Properties of the request for which a provider has no method of its own.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use sts_sdk::subject_token::StaticToken;
use sts_sdk::{ObjectMeta, TokenProvider, TokenProviderBuilder};
use sts_sdk_tests::{JWT, Server, lifetimes, reply, says, seconds, token_reply};

fn builder(server: &Server) -> TokenProviderBuilder {
    TokenProvider::builder()
        .base_url(server.url())
        .identity_pool_id("pool-abc")
        .lifetime(seconds(600))
        .subject_token(StaticToken::new(JWT))
}

fn forms(server: &Server) -> Vec<HashMap<String, String>> {
    let requests = server.take_requests();
    let forms = requests.iter().map(|request| {
        let pairs = form_urlencoded::parse(&request.body);
        pairs.into_owned().collect()
    });
    forms.collect()
}

#[tokio::test]
async fn every_property_of_the_specification_can_be_sent() {
    let server = Server::start(|_| token_reply("a-token")).await.unwrap();
    let tokens = builder(&server).customize_request(|request| {
        let link = "https://api.confluent.cloud/sts/v1/requests/1";
        request
            .api_version(Some("sts/v1".parse().unwrap()))
            .kind(Some("TokenExchangeRequest".parse().unwrap()))
            .id(Some("dlz-f3a90de".parse().unwrap()))
            .metadata(ObjectMeta::builder().self_(link))
            .subject_token_type("urn:ietf:params:oauth:token-type:id_token")
    });
    tokens.build().unwrap().token().await.unwrap();
    let sent = forms(&server).remove(0);
    for (name, value) in [
        ("api_version", "sts/v1"),
        ("kind", "TokenExchangeRequest"),
        ("id", "dlz-f3a90de"),
        (
            "subject_token_type",
            "urn:ietf:params:oauth:token-type:id_token",
        ),
        // What the builder was given is sent as without it.
        ("identity_pool_id", "pool-abc"),
        ("expires_in", "600"),
        ("subject_token", JWT),
    ] {
        assert_eq!(sent[name], value);
    }
    assert!(sent["metadata"].contains("/sts/v1/requests/1"));
}

#[tokio::test]
async fn each_request_is_customized() {
    let server = Server::start(|_| token_reply("a-token")).await.unwrap();
    let count = AtomicU64::new(0);
    let tokens = builder(&server).customize_request(move |request| {
        let count = count.fetch_add(1, Ordering::SeqCst);
        request.id(Some(format!("call-{count}").parse().unwrap()))
    });
    let tokens = tokens.build().unwrap();
    tokens.refresh().await.unwrap();
    tokens.refresh().await.unwrap();
    let ids: Vec<String> = forms(&server)
        .iter()
        .map(|sent| sent["id"].clone())
        .collect();
    // The first is that of `build()`, which sends nothing.
    assert_eq!(ids, ["call-1", "call-2"]);
}

#[tokio::test]
async fn the_subject_token_cannot_be_replaced_or_seen() {
    let server = Server::start(|_| token_reply("a-token")).await.unwrap();
    let tokens = builder(&server).customize_request(|request| {
        assert!(!format!("{request:?}").contains("eyJ"));
        request.subject_token("another")
    });
    tokens.build().unwrap().token().await.unwrap();
    assert_eq!(forms(&server)[0]["subject_token"], JWT);
}

#[tokio::test]
async fn what_comes_back_of_the_subject_token_is_redacted_all_the_same() {
    let server = Server::start(|_| {
        let body = "you sent opaque-subject-token-0123456789";
        reply("400 Bad Request", &[], body)
    });
    let server = server.await.unwrap();
    let tokens = builder(&server)
        .subject_token(StaticToken::new("opaque-subject-token-0123456789"))
        .customize_request(|request| request.subject_token_type("opaque"));
    let error = tokens.build().unwrap().token().await.unwrap_err();
    let text = format!(
        "{error} {error:?} {:?}",
        error.exchange().unwrap().failure()
    );
    assert!(
        text.contains("you sent ") && text.contains("[redacted]"),
        "{text}"
    );
    assert!(!text.contains("opaque-subject"), "{text}");
}

/// The lifetimes that the specification allows, as errors show them.
fn limits() -> String {
    let (least, most) = lifetimes().0.into_inner();
    format!("{least}..={most}")
}

#[tokio::test]
async fn what_is_refused_whatever_the_subject_token_is_an_error_of_build() {
    let server = Server::start(|_| token_reply("a-token")).await.unwrap();
    let refused = |builder: TokenProviderBuilder| builder.build().unwrap_err().to_string();
    let beyond = lifetimes().0.end() + 1;
    let text =
        refused(builder(&server).customize_request(move |request| request.expires_in(beyond)));
    let expected = format!(
        "the specification does not allow this request: *expires_in: {beyond} is not within "
    );
    assert!(says(&text, &[&expected, &*limits()].concat()), "{text}");
    let swapped = refused(builder(&server).customize_request(|r| r.identity_pool_id(JWT)));
    assert!(
        swapped.starts_with("identity_pool_id looks like a JWT; ") && !swapped.contains("eyJ"),
        "{swapped}"
    );
    let empty = refused(builder(&server).customize_request(|r| r.identity_pool_id(" ")));
    assert!(
        empty.starts_with("identity_pool_id is missing; "),
        "{empty}"
    );
    assert!(server.take_requests().is_empty());
}

#[tokio::test]
async fn what_is_refused_later_is_an_error_of_token_and_is_not_sent() {
    let server = Server::start(|_| token_reply("a-token")).await.unwrap();
    let later = |pool: &'static str, lifetime: i32| {
        let built = AtomicU64::new(0);
        let tokens = builder(&server).customize_request(move |request| {
            if built.fetch_add(1, Ordering::SeqCst) == 0 {
                return request;
            }
            request.identity_pool_id(pool).expires_in(lifetime)
        });
        tokens.build().unwrap()
    };
    let not_sent = "no access token for identity pool pool-abc: the request was not sent: ";
    let below = format!("{not_sent}*expires_in: 0 is not within {}", limits());
    for (tokens, said) in [
        (later("pool-abc", 0), below),
        (
            later(JWT, 1),
            format!("{not_sent}identity_pool_id looks like a JWT; is it the subject token?"),
        ),
    ] {
        let error = tokens.token().await.unwrap_err();
        assert!(!error.is_transient());
        assert!(error.exchange().unwrap().is_invalid_request());
        assert!(says(&error.to_string(), &said), "{error}");
        assert_eq!(tokens.status().exchanges, 0);
    }
    assert!(server.take_requests().is_empty());
}

#[tokio::test]
async fn the_last_of_several_customizations_counts() {
    let server = Server::start(|_| token_reply("a-token")).await.unwrap();
    let id_token = "urn:ietf:params:oauth:token-type:id_token";
    let tokens = builder(&server)
        .customize_request(|request| request.id(Some("first".parse().unwrap())))
        .customize_request(move |request| request.subject_token_type(id_token));
    tokens.build().unwrap().token().await.unwrap();
    let sent = forms(&server).remove(0);
    assert_eq!(sent["subject_token_type"], id_token);
    assert_eq!(sent.get("id"), None);
}
