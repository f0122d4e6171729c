//! What a provider refuses when it is built, and what its name may do to a line.

use sts_sdk::TokenExchangeRequest;
use sts_sdk::subject_token::StaticToken;
use sts_sdk::{Client, TokenProvider, TokenProviderBuilder};
use sts_sdk_tests::{JWT, Server, reply};

fn with_pool(id: &str) -> TokenProviderBuilder {
    TokenProvider::builder()
        .base_url("http://127.0.0.1:1")
        .identity_pool_id(id)
        .subject_token(StaticToken::new(JWT))
}

#[test]
fn a_build_error_answers_which_option_is_missing() {
    let missing = |builder: TokenProviderBuilder| builder.build().unwrap_err().missing_option();
    assert_eq!(missing(TokenProvider::builder()), Some("identity_pool_id"));
    assert_eq!(missing(with_pool(" \n")), Some("identity_pool_id"));
    assert_eq!(
        missing(TokenProvider::builder().identity_pool_id("pool-abc")),
        Some("subject_token")
    );
    assert_eq!(missing(with_pool(JWT)), None);
    let error = Client::for_base_url("no url").unwrap_err();
    assert_eq!(error.missing_option(), None);
}

#[tokio::test]
async fn white_space_around_an_identity_pool_id_is_removed() {
    let server = Server::start(|_| reply("403 Forbidden", &[], ""))
        .await
        .unwrap();
    let tokens = with_pool(" \tpool-abc\r\n").base_url(server.url());
    let tokens = tokens.build().unwrap();
    let error = tokens.token().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no access token for identity pool pool-abc: 403 Forbidden, without a reason; check the filter of the identity pool and its role bindings"
    );
    let body = server.take_requests().remove(0).body;
    let form: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    assert!(form.contains(&("identity_pool_id".to_owned(), "pool-abc".to_owned())));
}

#[test]
fn an_identity_pool_id_that_cannot_be_one_is_refused_without_being_shown() {
    for (id, expected) in [
        ("pool\nabc", "identity_pool_id has control characters"),
        (
            "pool-abc\u{7f}-x",
            "identity_pool_id has control characters",
        ),
        (JWT, "identity_pool_id looks like a JWT"),
        (
            "pool-abc,pool-1",
            "identity_pool_id has a comma, and STS takes exactly one identity pool; ",
        ),
        (
            &format!("Bearer {JWT}\n"),
            "identity_pool_id looks like a JWT",
        ),
    ] {
        let builder = with_pool(id);
        let shown = format!("{builder:?} {builder:#?}");
        let error = builder.build().unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
        let shown = format!("{shown} {error} {error:?}");
        assert!(!shown.contains(&JWT[..20]) && !error.to_string().contains("abc\n"));
    }
    // Not everything that begins like a JWT is one.
    with_pool("eyJ-pool").build().unwrap();
}

#[tokio::test]
async fn an_exchange_does_not_send_a_jwt_as_the_identity_pool_id() {
    let server = Server::start(|_| reply("403 Forbidden", &[], ""))
        .await
        .unwrap();
    let client = Client::for_base_url(&server.url()).unwrap();
    let swapped = TokenExchangeRequest::builder();
    let swapped = swapped.identity_pool_id(JWT).subject_token("pool-abc");
    let error = client.exchange(swapped).await.unwrap_err();
    assert!(error.is_invalid_request());
    assert_eq!(
        error.to_string(),
        "the request was not sent: identity_pool_id looks like a JWT; is it the subject token?"
    );
    assert!(server.take_requests().is_empty());
}

#[tokio::test]
async fn an_exchange_does_not_send_several_identity_pools() {
    let server = Server::start(|_| reply("403 Forbidden", &[], ""))
        .await
        .unwrap();
    let client = Client::for_base_url(&server.url()).unwrap();
    let union = TokenExchangeRequest::builder();
    let union = union.identity_pool_id("pool-1,pool-2").subject_token(JWT);
    let error = client.exchange(union).await.unwrap_err();
    assert!(error.is_invalid_request());
    assert_eq!(
        error.to_string(),
        "the request was not sent: identity_pool_id has a comma, and STS takes exactly one identity pool"
    );
    assert!(server.take_requests().is_empty());
}

#[tokio::test]
async fn a_name_is_one_line_without_tokens_wherever_it_is_shown() {
    let server = Server::start(|_| reply("403 Forbidden", &[], ""))
        .await
        .unwrap();
    let name = format!("billing\r\n\u{1b}[31m {JWT} {}", "x".repeat(1000));
    let builder = with_pool("pool-abc").base_url(server.url()).name(name);
    let debug = format!("{builder:?}");
    let tokens = builder.build().unwrap();
    let error = tokens.token().await.unwrap_err();
    let name = tokens.status().name;
    let shown = format!("{debug}\n{error}\n{error:?}\n{tokens:?}\n{name}");
    assert_eq!(shown.lines().count(), 5, "{shown}");
    for line in shown.lines() {
        assert!(line.contains("billing [31m [redacted] xxx"), "{line}");
        assert!(line.len() < 1000 && !line.contains(char::is_control));
    }
}
