//! Which connections are used: none twice when dead, none that a redirect names, none in clear text.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sts_sdk::TokenExchangeRequest;
use sts_sdk::generated::{self, ClientInfo};
use sts_sdk::{AccessToken, Client, ExchangeError};
use sts_sdk_tests::{Act, Server, reply, says, token_reply};

pub(super) fn ok() -> Vec<u8> {
    token_reply("a")
}

pub(super) async fn exchange(client: &Client) -> Result<AccessToken, ExchangeError> {
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
