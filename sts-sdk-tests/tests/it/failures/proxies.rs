//! Proxies that refuse a tunnel, and those that are not supported.

use std::time::Duration;

use sts_sdk::TokenExchangeRequest;
use sts_sdk::subject_token::StaticToken;
use sts_sdk::{Client, ClientBuilder, TokenError, TokenProvider};
use sts_sdk_tests::{JWT, Server, reply, says};

/// What a provider gets through a proxy that answers with `status`, and how often it asked.
async fn refused(status: &'static str, retries: u32) -> (TokenError, String, usize) {
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
        .subject_token(StaticToken::new(JWT))
        .max_retries(retries)
        .build()
        .unwrap();
    let error = tokens.token().await.unwrap_err();
    assert!(error.exchange().unwrap().is_connect());
    assert!(!format!("{error} {error:?}").contains("hunter2"));
    (error, proxy.url(), proxy.take_requests().len())
}

#[tokio::test]
async fn one_that_wants_credentials_is_not_asked_again() {
    let (error, proxy, requests) = refused("407 Proxy Authentication Required", 5).await;
    assert!(!error.is_transient(), "{error}");
    assert_eq!(requests, 1);
    let expected = format!(
        "no access token for identity pool pool: no connection to sts.example.com:443 through the proxy {proxy}: *; put \
         user name and password into the proxy's URL"
    );
    assert!(says(&error.to_string(), &expected), "{error}");
}

#[tokio::test]
async fn one_that_has_no_connection_may_have_one_later() {
    let (error, _, _) = refused("502 Bad Gateway", 0).await;
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
    let expected =
        "no connection to sts.example.com:443 through the proxy socks5://127.0.0.1:1: *socks5";
    assert!(says(&error.to_string(), expected), "{error}");
}

/// A URL where nobody listens.
fn dead() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

async fn failed(builder: ClientBuilder) -> String {
    let request = TokenExchangeRequest::builder();
    let request = request.identity_pool_id("pool").subject_token("eyJ");
    let client = builder.build().unwrap();
    let error = client.exchange(request).await.unwrap_err();
    assert!(!format!("{error} {error:?} {client:?}").contains("hunter2"));
    error.to_string()
}

#[tokio::test]
async fn one_that_is_dead_is_named_without_its_credentials() {
    let dead = dead();
    let with_password = dead.replace("http://", "http://workload:hunter2@");
    let proxy = || reqwest::Proxy::all(&with_password).unwrap();
    let https = || Client::builder().base_url("https://sts.example.com:8443");
    let through = format!("no connection to sts.example.com:8443 through the proxy {dead}: ");
    let text = failed(https().proxy(proxy())).await;
    assert!(text.starts_with(&through), "{text}");
    // Whatever else was set, it is ignored.
    let builder = https().http_client(|builder| builder).no_proxy();
    let text = failed(builder.proxy(proxy())).await;
    assert!(text.starts_with(&through), "{text}");
    // Those of `reqwest`'s own builder come first, and nothing tells of them.
    let set = proxy();
    let builder = https().http_client(move |builder| builder.proxy(set.clone()));
    let text = failed(builder).await;
    assert!(
        text.starts_with("no connection to sts.example.com:8443: "),
        "{text}"
    );
}

#[tokio::test]
async fn one_that_is_not_used_is_not_named() {
    let dead = dead();
    let port = dead.rsplit_once(':').unwrap().1.to_owned();
    let other = reqwest::Proxy::https("http://127.0.0.1:1").unwrap();
    let text = failed(Client::builder().base_url(&dead).proxy(other)).await;
    let expected = format!("no connection to 127.0.0.1:{port}: ");
    assert!(text.starts_with(&expected), "{text}");
    let but_for = reqwest::NoProxy::from_string("127.0.0.1");
    let excepted = reqwest::Proxy::all("http://127.0.0.1:1")
        .unwrap()
        .no_proxy(but_for);
    let text = failed(Client::builder().base_url(&dead).proxy(excepted)).await;
    assert!(text.starts_with(&expected), "{text}");
}
