//! Which connections are used: none twice when dead, none that a redirect names, none in clear text.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sts_sdk::TokenExchangeRequest;
use sts_sdk::generated::{self, ClientInfo};
use sts_sdk::{AccessToken, Client, ExchangeError};
use sts_sdk_tests::{Act, Server, reply, says, token_reply};

fn ok() -> Vec<u8> {
    token_reply("a")
}

async fn exchange(client: &Client) -> Result<AccessToken, ExchangeError> {
    let request = TokenExchangeRequest::builder();
    client
        .exchange(request.subject_token("t").identity_pool_id("p"))
        .await
}

/// Exchanges `count` times with `tasks` tasks at once; fails with the first error.
async fn exchange_all(client: &Client, count: usize, tasks: usize) {
    let tasks: Vec<_> = (0..tasks)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                for _ in 0..count / tasks {
                    exchange(&client).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn a_connection_that_dies_as_it_is_used_again_is_no_error() {
    let server = Server::acting(|request| match request.earlier {
        0 => vec![Act::Send(ok())],
        _ => vec![Act::Close],
    });
    let server = server.await.unwrap();
    let client = Client::for_base_url(&server.url()).unwrap();
    exchange_all(&client, 2000, 1).await;
    let requests = server.take_requests();
    assert!(
        requests.iter().any(|request| request.earlier == 1),
        "connections are used again"
    );
    assert_eq!(
        requests
            .iter()
            .filter(|request| request.earlier == 0)
            .count(),
        2000
    );
}

#[tokio::test]
async fn many_dead_connections_at_once_are_no_error() {
    let server = Server::acting(|request| match request.earlier {
        0 => vec![Act::Pause(Duration::from_millis(2)), Act::Send(ok())],
        _ => vec![Act::Reset],
    });
    let server = server.await.unwrap();
    let client = Client::for_base_url(&server.url()).unwrap();
    exchange_all(&client, 640, 64).await;
}

#[tokio::test]
async fn a_server_that_closes_shortly_after_each_reply_is_no_error() {
    let server = Server::acting(|_| {
        vec![
            Act::Send(ok()),
            Act::Pause(Duration::from_millis(5)),
            Act::Close,
        ]
    });
    let server = server.await.unwrap();
    let client = Client::for_base_url(&server.url()).unwrap();
    let tasks: Vec<_> = (0..8_u64)
        .map(|task| {
            let client = client.clone();
            tokio::spawn(async move {
                for exchange_number in 0..250 {
                    exchange(&client).await.unwrap();
                    // Around the moment at which the server closes.
                    let pause = 4_000 + (task * 250 + exchange_number) % 1_600;
                    tokio::time::sleep(Duration::from_micros(pause)).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let other = Server::start(|_| ok()).await.unwrap();
        let location = format!("location: {}/sts/v1/oauth2/token", other.url());
        let server = Server::start(move |_| reply(status, &[&location], ""))
            .await
            .unwrap();
        let error = exchange(&Client::for_base_url(&server.url()).unwrap())
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{status}: redirects are not followed; correct the base URL")
        );
        assert!(
            other.take_requests().is_empty(),
            "{status}: the other port got nothing"
        );
    }
}

/// A generated client that is put together by other means, with an HTTP client that this crate has not set up.
fn around(sound: &Client, url: &str, own: reqwest::ClientBuilder) -> generated::Client {
    let inner = sound.generated().inner().clone();
    generated::Client::new_with_client(url, own.build().unwrap(), inner)
}

async fn generated_exchange(client: &generated::Client) -> Result<(), ExchangeError> {
    let operation = client.exchange_sts_v1_oauth_token();
    let operation = operation.body_map(|body| body.subject_token("t").identity_pool_id("p"));
    operation.send().await?;
    Ok(())
}

#[tokio::test]
async fn a_redirect_that_another_client_followed_is_refused() {
    let other = Server::start(|_| ok()).await.unwrap();
    let location = format!("location: {}/elsewhere", other.url());
    let server = Server::start(move |_| reply("307 Temporary Redirect", &[&location], ""));
    let server = server.await.unwrap();
    let following = reqwest::Client::builder().redirect(reqwest::redirect::Policy::limited(3));
    let sound = Client::for_base_url(&server.url()).unwrap();
    let error = generated_exchange(&around(&sound, &server.url(), following)).await;
    let error = error.unwrap_err();
    assert_eq!(
        error.to_string(),
        "200 OK: the HTTP client followed a redirect; build it with redirect::Policy::none"
    );
}

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

/// A response of `length` bytes that takes a thousandth of them on the wire.
fn compressed(length: usize) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![b' '; length]).unwrap();
    let body = encoder.finish().unwrap();
    let headers = ["content-type: application/json", "content-encoding: gzip"];
    reply("200 OK", &headers, body)
}

#[tokio::test]
async fn the_limit_of_bodies_is_that_of_what_they_decompress_to() {
    let bomb = compressed(100 << 20);
    assert!(bomb.len() < 1 << 20);
    let server = Server::start(move |_| bomb.clone()).await.unwrap();
    let sound = Client::for_base_url(&server.url()).unwrap();
    let decompressing = reqwest::Client::builder().gzip(true);
    let client = around(&sound, &server.url(), decompressing);
    assert_eq!(
        generated_exchange(&client).await.unwrap_err().to_string(),
        "200 OK: expected a token exchange reply, got more than 1048576 bytes"
    );
    let requests = server.take_requests();
    assert_eq!(requests[0].header("accept-encoding"), Some("gzip"));

    // Our own client neither asks for compression nor undoes it.
    let client = Client::for_base_url(&server.url()).unwrap();
    let text = exchange(&client).await.unwrap_err().to_string();
    let expected = "200 OK: expected a token exchange reply, it is not JSON at line 1 column *";
    assert!(says(&text, expected), "{text}");
    assert_eq!(server.take_requests()[0].header("accept-encoding"), None);
}

#[tokio::test]
async fn the_time_out_covers_the_repetition() {
    // The first request of the second connection is the repetition.
    let connections = AtomicUsize::new(0);
    let server = Server::acting(move |request| {
        let connection = match request.earlier {
            0 => connections.fetch_add(1, Ordering::Relaxed),
            _ => return vec![Act::Pause(Duration::from_millis(300)), Act::Close],
        };
        match connection {
            0 => vec![Act::Send(ok())],
            _ => vec![Act::Pause(Duration::from_millis(300)), Act::Send(ok())],
        }
    });
    let server = server.await.unwrap();
    let builder = Client::builder()
        .base_url(server.url())
        .timeout(Duration::from_millis(500));
    let client = builder.build().unwrap();
    exchange(&client).await.unwrap();
    // Either attempt alone would be in time.
    let error = exchange(&client).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert_eq!(server.take_requests().len(), 3);
}

#[test]
fn a_runtime_that_stands_still_does_not_hold_up_another() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap()
    };
    let (serving, first, second) = (runtime(), runtime(), runtime());
    let server = serving.block_on(Server::start(|_| ok())).unwrap();
    std::thread::scope(|scope| {
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        scope.spawn(move || serving.block_on(stopped));
        let client = Client::for_base_url(&server.url()).unwrap();
        first.block_on(exchange(&client)).unwrap();
        // The kept connection belongs to the first runtime, which nobody drives now.
        second.block_on(exchange(&client)).unwrap();
        drop(first);
        second.block_on(exchange(&client)).unwrap();
        drop(stop);
    });
}

#[tokio::test]
async fn an_exchange_that_is_given_up_harms_no_other() {
    let server = Server::acting(|_| vec![Act::Pause(Duration::from_millis(20)), Act::Send(ok())]);
    let server = server.await.unwrap();
    let client = Client::for_base_url(&server.url()).unwrap();
    for _ in 0..20 {
        let given_up = tokio::time::timeout(Duration::from_millis(5), exchange(&client)).await;
        assert!(given_up.is_err());
    }
    exchange_all(&client, 20, 4).await;
}

#[tokio::test]
async fn no_limit_of_bodies_does_not_trust_the_announced_length() {
    let server = Server::start(|_| {
        b"HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551613\r\n\r\n{}".to_vec()
    });
    let server = server.await.unwrap();
    let builder = Client::builder()
        .base_url(server.url())
        .body_limit(usize::MAX);
    let client = builder.timeout(Duration::from_millis(200)).build().unwrap();
    assert!(exchange(&client).await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn a_client_put_together_by_other_means_sends_nothing_in_clear_text() {
    let sound = Client::production().unwrap();
    let around = around(&sound, "http://sts.example.com", reqwest::Client::builder());
    let error = generated_exchange(&around).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the request was not sent: the base URL would send tokens in clear text; use https, or allow_http() of the builder"
    );
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

#[tokio::test]
async fn the_callers_product_token_comes_first() {
    let server = Server::start(|_| ok()).await.unwrap();
    let builder = Client::builder()
        .base_url(server.url())
        .user_agent(" my-tool/1.2 ");
    exchange(&builder.build().unwrap()).await.unwrap();
    let requests = server.take_requests();
    let agent = requests[0].header("user-agent").unwrap();
    assert!(agent.starts_with("my-tool/1.2 sts-sdk/0."), "{agent}");
    for product in ["", " ", "a\r\nx-injected: 1", "é"] {
        let error = Client::builder().user_agent(product).build().unwrap_err();
        assert_eq!(
            error.to_string(),
            "the product token of the user agent is not visible ASCII"
        );
    }
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

#[tokio::test]
async fn a_body_that_is_as_long_as_the_limit_is_read() {
    let whole = ok();
    let head = whole.windows(4).position(|end| end == b"\r\n\r\n");
    let length = whole.len() - head.unwrap() - 4;
    let server = Server::start(|_| ok()).await.unwrap();
    let at = |limit| {
        let builder = Client::builder().base_url(server.url());
        builder.body_limit(limit).build().unwrap()
    };
    exchange(&at(length)).await.unwrap();
    let limit = length - 1;
    let error = exchange(&at(limit)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("200 OK: expected a token exchange reply, got more than {limit} bytes")
    );
}
