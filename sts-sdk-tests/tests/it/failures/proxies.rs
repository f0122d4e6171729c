//! Proxies that refuse a tunnel, and those that are not supported.

use std::time::Duration;

use sts_sdk::TokenExchangeRequest;
use sts_sdk::subject_token::StaticToken;
use sts_sdk::{Client, TokenError, TokenProvider};
use sts_sdk_tests::{Server, reply};

/// What a provider gets through a proxy that answers with `status`, and how often it asked.
async fn refused(status: &'static str, retries: u32) -> (TokenError, usize) {
    let proxy = Server::start(move |request| {
        assert_eq!(request.method, "CONNECT");
        reply(status, &["proxy-authenticate: Basic"], "who are you?")
    });
    let proxy = proxy.await.unwrap();
    let url = proxy.url().replace("http://", "http://workload:hunter2@");
    let client = Client::builder()
        .base_url("https://sts.example.com")
        .proxy(reqwest::Proxy::all(url).unwrap())
        .timeout(Duration::from_secs(5));
    let tokens = TokenProvider::builder()
        .client(client.build().unwrap())
        .identity_pool_id("pool")
        .subject_token(StaticToken::new("eyJ"))
        .max_retries(retries)
        .build()
        .unwrap();
    let error = tokens.token().await.unwrap_err();
    assert!(error.exchange().unwrap().is_connect());
    assert!(!format!("{error} {error:?}").contains("hunter2"));
    (error, proxy.take_requests().len())
}

#[tokio::test]
async fn one_that_wants_credentials_is_not_asked_again() {
    let (error, requests) = refused("407 Proxy Authentication Required", 5).await;
    assert!(!error.is_transient(), "{error}");
    assert_eq!(requests, 1);
    assert_eq!(
        error.to_string(),
        "no access token for identity pool pool: no connection to sts.example.com: tunnel error: proxy authorization required; put user name and password into the proxy's URL"
    );
}

#[tokio::test]
async fn one_that_has_no_connection_may_have_one_later() {
    let (error, _) = refused("502 Bad Gateway", 0).await;
    assert!(error.is_transient(), "{error}");
}

#[tokio::test]
async fn a_socks_proxy_is_refused_by_name() {
    let client = Client::builder()
        .base_url("https://sts.example.com")
        .proxy(reqwest::Proxy::all("socks5://127.0.0.1:1").unwrap())
        .build()
        .unwrap();
    let request = TokenExchangeRequest::builder();
    let request = request.identity_pool_id("pool").subject_token("eyJ");
    let error = client.exchange(request).await.unwrap_err();
    assert!(!error.is_transient(), "{error}");
    assert_eq!(
        error.to_string(),
        "no connection to sts.example.com: unsupported scheme socks5"
    );
}
