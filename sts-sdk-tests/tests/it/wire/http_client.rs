//! Options of the HTTP client, and proxies.

use std::time::Duration;

use sts_sdk::Client;
use sts_sdk_tests::{Act, Server, reply};

use super::connections::{exchange, ok};

#[tokio::test]
async fn no_option_of_the_http_client_undoes_a_rule() {
    let other = Server::start(|_| ok()).await.unwrap();
    let location = format!("location: {}/sts/v1/oauth2/token", other.url());
    let server = Server::acting(move |request| match request.target.as_str() {
        "/slow/sts/v1/oauth2/token" => vec![Act::Hang],
        "/moved/sts/v1/oauth2/token" => {
            vec![Act::Send(reply("307 Temporary Redirect", &[&location], ""))]
        }
        _ => vec![Act::Send(reply("200 OK", &[], "x".repeat(2000)))],
    });
    let server = server.await.unwrap();
    let proxy = Server::start(|_| ok()).await.unwrap();
    let proxy_url = proxy.url();
    let at = |path: &str| {
        let proxy_url = proxy_url.clone();
        Client::builder()
            .base_url(format!("{}{path}", server.url()))
            .timeout(Duration::from_millis(500))
            .body_limit(1000)
            .http_client(move |builder| {
                builder
                    .redirect(reqwest::redirect::Policy::limited(3))
                    .timeout(Duration::from_secs(3600))
                    .connect_timeout(Duration::from_secs(3600))
                    .user_agent("own")
                    .gzip(true)
                    .referer(true)
                    .proxy(reqwest::Proxy::all(&proxy_url).unwrap())
            })
            .build()
            .unwrap()
    };
    assert_eq!(
        exchange(&at("")).await.unwrap_err().to_string(),
        "200 OK: expected a token exchange reply, got more than 1000 bytes"
    );
    let requests = server.take_requests();
    let agent = requests[0].header("user-agent").unwrap();
    assert!(agent.starts_with("sts-sdk/"), "{agent}");
    for name in ["api-version", "accept-encoding", "referer"] {
        assert_eq!(requests[0].header(name), None, "{name}");
    }
    assert_eq!(
        exchange(&at("/moved")).await.unwrap_err().to_string(),
        "307 Temporary Redirect: redirects are not followed; correct the base URL"
    );
    assert!(exchange(&at("/slow")).await.unwrap_err().is_timeout());
    // What is meant for this machine does not leave it.
    assert!(proxy.take_requests().is_empty() && other.take_requests().is_empty());
}

#[tokio::test]
async fn options_of_the_http_client_have_their_effect() {
    let server = Server::start(|_| ok()).await.unwrap();
    let address = server.url().replace("http://", "").parse().unwrap();
    let client = Client::builder()
        .base_url("http://sts.example.com")
        .allow_http()
        .no_proxy()
        .http_client(move |builder| builder.resolve("sts.example.com", address))
        .build()
        .unwrap();
    exchange(&client).await.unwrap();
    assert_eq!(server.take_requests().len(), 1);
}

#[tokio::test]
async fn proxies_of_the_builder_come_beside_those_of_the_http_client_and_none_means_none() {
    let mut servers = Vec::new();
    for _ in 0..3 {
        servers.push(Server::start(|_| ok()).await.unwrap());
    }
    let (of_client, of_builder) = (servers[0].url(), servers[1].url());
    let address = servers[2].url().replace("http://", "").parse().unwrap();
    for (host, none, asked) in [
        ("first.example.com", false, 0),
        ("second.example.com", false, 1),
        ("first.example.com", true, 2),
    ] {
        let of_client = of_client.clone();
        let builder = Client::builder()
            .base_url(format!("http://{host}"))
            .allow_http()
            .http_client(move |builder| {
                let of_client = of_client.clone();
                let for_first = reqwest::Proxy::custom(move |url| {
                    let is_first = url.host_str() == Some("first.example.com");
                    is_first.then(|| of_client.clone())
                });
                builder.resolve(host, address).proxy(for_first)
            });
        let builder = if none {
            builder.no_proxy()
        } else {
            builder.proxy(reqwest::Proxy::all(&of_builder).unwrap())
        };
        exchange(&builder.build().unwrap()).await.unwrap();
        let counts = servers.iter().map(|server| server.take_requests().len());
        let counts: Vec<usize> = counts.collect();
        let mut expected = vec![0; 3];
        expected[asked] = 1;
        assert_eq!(counts, expected, "{host}, none: {none}");
    }
}

#[tokio::test]
async fn a_proxy_gets_the_request() {
    let proxy = Server::start(|_| ok()).await.unwrap();
    let builder = Client::builder()
        .base_url("http://sts.example.com")
        .allow_http();
    let builder = builder.proxy(reqwest::Proxy::all(proxy.url()).unwrap());
    exchange(&builder.build().unwrap()).await.unwrap();
    let requests = proxy.take_requests();
    assert_eq!(
        requests[0].target,
        "http://sts.example.com/sts/v1/oauth2/token"
    );
}

#[test]
fn credentials_of_a_proxy_are_not_printed() {
    let proxy = reqwest::Proxy::all("http://me:hunter2@proxy.example.com").unwrap();
    let builder = Client::builder().proxy(proxy);
    assert!(!format!("{builder:?}").contains("hunter2"));
    assert!(!format!("{:?}", builder.build().unwrap()).contains("hunter2"));
}

#[tokio::test]
async fn of_several_proxies_the_first_whose_rules_match_gets_the_request() {
    let first = Server::start(|_| ok()).await.unwrap();
    let second = Server::start(|_| ok()).await.unwrap();
    for (but_for, asked, other) in [
        ("example.org", &first, &second),
        ("example.com", &second, &first),
    ] {
        let excepting = reqwest::Proxy::all(first.url()).unwrap();
        let excepting = excepting.no_proxy(reqwest::NoProxy::from_string(but_for));
        let builder = Client::builder()
            .base_url("http://sts.example.com")
            .allow_http()
            .proxy(excepting)
            .proxy(reqwest::Proxy::all(second.url()).unwrap());
        exchange(&builder.build().unwrap()).await.unwrap();
        let counts = (asked.take_requests().len(), other.take_requests().len());
        assert_eq!(counts, (1, 0), "{but_for}");
    }
}

#[tokio::test]
async fn a_proxy_that_the_builder_was_given_is_used_for_loopback_hosts_as_well() {
    let proxy = Server::start(|_| ok()).await.unwrap();
    let builder = Client::builder().base_url("http://127.0.0.1:1");
    let builder = builder.proxy(reqwest::Proxy::all(proxy.url()).unwrap());
    exchange(&builder.build().unwrap()).await.unwrap();
    let requests = proxy.take_requests();
    let expected = "http://127.0.0.1:1/sts/v1/oauth2/token";
    assert_eq!(requests[0].target, expected);
}

#[tokio::test]
async fn the_last_of_several_configurations_of_the_http_client_counts() {
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    let adding = |name: &'static str| {
        move |builder: reqwest::ClientBuilder| {
            let header = (HeaderName::from_static(name), HeaderValue::from_static("1"));
            builder.default_headers(HeaderMap::from_iter([header]))
        }
    };
    let server = Server::start(|_| ok()).await.unwrap();
    let builder = Client::builder().base_url(server.url());
    let builder = builder.http_client(adding("x-first"));
    let builder = builder.http_client(adding("x-second"));
    exchange(&builder.build().unwrap()).await.unwrap();
    let sent = server.take_requests().remove(0);
    let headers = (sent.header("x-first"), sent.header("x-second"));
    assert_eq!(headers, (None, Some("1")));
}

#[tokio::test]
async fn the_http_client_repeats_nothing_by_itself() {
    let server = Server::start(|_| reply("503 Service Unavailable", &[], ""));
    let server = server.await.unwrap();
    let builder = Client::builder().base_url(server.url());
    let builder = builder.http_client(|builder| {
        let policy = reqwest::retry::for_host("127.0.0.1").no_budget();
        builder.retry(policy.classify_fn(|sent| match sent.status() {
            Some(status) if status.is_server_error() => sent.retryable(),
            _ => sent.success(),
        }))
    });
    exchange(&builder.build().unwrap()).await.unwrap_err();
    assert_eq!(server.take_requests().len(), 1);
}
