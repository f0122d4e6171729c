//! What holds where nothing is set, and how far it can be set.

use std::net::SocketAddr;
use std::time::Duration;

use sts_sdk::subject_token::StaticToken;
use sts_sdk::testing::{Answer, FakeSts, ManualClock};
use sts_sdk::{Client, TokenExchangeRequest, TokenProvider};
use sts_sdk_tests::{JWT, seconds};
use tokio::time::Instant;

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn production_is_the_default_server() {
    let client = Client::builder().build().unwrap();
    assert_eq!(client.base_url(), Client::production().unwrap().base_url());
    assert_eq!(client.base_url(), "https://api.confluent.cloud");
}

/// Connections to it are made and never answered, by TLS or otherwise.
async fn silent() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    address
}

/// What a client says of a server that is silent, and after how long on tokio's clock.
async fn given_up(builder: sts_sdk::ClientBuilder) -> (String, Duration) {
    let client = builder.build().unwrap();
    tokio::time::pause();
    let started = Instant::now();
    let request = TokenExchangeRequest::builder();
    let request = request.identity_pool_id("pool").subject_token(JWT);
    let error = client.exchange(request).await.unwrap_err();
    let took = started.elapsed();
    assert!(error.is_timeout() && error.is_transient(), "{error}");
    (error.to_string(), Duration::from_secs(took.as_secs()))
}

#[tokio::test]
async fn a_response_is_waited_for_for_thirty_seconds() {
    let silent = silent().await;
    let builder = Client::builder().base_url(format!("http://{silent}"));
    let (_, took) = given_up(builder.connect_timeout(HOUR)).await;
    assert_eq!(took, seconds(30));
}

#[tokio::test]
async fn a_response_is_waited_for_as_long_as_was_set() {
    let silent = silent().await;
    let builder = Client::builder().base_url(format!("http://{silent}"));
    let (_, took) = given_up(builder.connect_timeout(HOUR).timeout(seconds(7))).await;
    assert_eq!(took, seconds(7));
}

#[tokio::test]
async fn a_connection_is_waited_for_for_ten_seconds_tls_included() {
    let silent = silent().await;
    let builder = Client::builder().base_url(format!("https://{silent}"));
    let (text, took) = given_up(builder.timeout(HOUR)).await;
    assert_eq!(text, format!("no connection to {silent} in time"));
    assert_eq!(took, seconds(10));
}

#[tokio::test]
async fn a_connection_is_waited_for_as_long_as_was_set() {
    let silent = silent().await;
    let builder = Client::builder().base_url(format!("https://{silent}"));
    let (text, took) = given_up(builder.timeout(HOUR).connect_timeout(seconds(3))).await;
    assert_eq!(text, format!("no connection to {silent} in time"));
    assert_eq!(took, seconds(3));
}

#[tokio::test]
async fn no_option_of_the_http_client_makes_the_wait_for_a_connection_longer() {
    let silent = silent().await;
    let builder = Client::builder().base_url(format!("https://{silent}"));
    let builder = builder.http_client(|builder| builder.connect_timeout(HOUR));
    let (text, took) = given_up(builder.timeout(HOUR)).await;
    assert_eq!(text, format!("no connection to {silent} in time"));
    assert_eq!(took, seconds(10));
}

#[tokio::test]
async fn the_wait_for_a_response_begins_before_the_connection() {
    let silent = silent().await;
    let builder = Client::builder().base_url(format!("https://{silent}"));
    let (_, took) = given_up(builder.connect_timeout(HOUR).timeout(seconds(7))).await;
    assert_eq!(took, seconds(7));
}

#[tokio::test]
async fn a_providers_own_client_waits_ten_seconds_for_a_response() {
    let silent = silent().await;
    let tokens = TokenProvider::builder()
        .base_url(format!("http://{silent}"))
        .identity_pool_id("pool")
        .subject_token(StaticToken::new(JWT))
        .max_retries(0)
        .build()
        .unwrap();
    tokio::time::pause();
    let started = Instant::now();
    let error = tokens.token().await.unwrap_err();
    assert!(error.exchange().unwrap().is_timeout(), "{error}");
    assert!(error.is_timeout(), "{error}");
    assert_eq!(started.elapsed().as_secs(), 10);
}

/// Lets a refresh run to its end by letting the clock jump from wait to wait, and says how long they took together.
async fn refreshed(clock: &ManualClock, tokens: &TokenProvider) -> Duration {
    use sts_sdk::Clock;

    let started = clock.now();
    let asked = tokio::spawn({
        let tokens = tokens.clone();
        async move { tokens.refresh().await.map(drop) }
    });
    loop {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        if asked.is_finished() {
            let _ = asked.await.unwrap();
            return clock.now().since(&started);
        }
        if let Some(wait) = clock.waits().first() {
            clock.advance(*wait);
        }
    }
}

#[tokio::test]
async fn a_refresh_makes_five_retries() {
    let clock = ManualClock::default();
    let sts = FakeSts::new(|_| Answer::status(503));
    // Time for all of them.
    let tokens = sts.provider().clock(clock.clone()).deadline(HOUR);
    refreshed(&clock, &tokens.build().unwrap()).await;
    assert_eq!(sts.exchanges(), 6);
}

#[tokio::test]
async fn a_refresh_ends_after_thirty_seconds() {
    let clock = ManualClock::default();
    let sts = FakeSts::new(|_| Answer::hang());
    let tokens = sts.provider().clock(clock.clone()).build().unwrap();
    assert_eq!(refreshed(&clock, &tokens).await, seconds(30));
}

#[tokio::test]
async fn the_longest_deadline_is_an_hour() {
    let sts = FakeSts::new(|_| Answer::hang());
    let clock = ManualClock::default();
    let builder = || sts.provider().clock(clock.clone());
    let beyond = builder().deadline(HOUR + Duration::from_nanos(1));
    let error = beyond.build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the deadline must be longer than zero and at most an hour"
    );
    let tokens = builder().deadline(HOUR).build().unwrap();
    assert_eq!(refreshed(&clock, &tokens).await, HOUR);
}

/// The longest of many waits after each of the first eight failures in a row, in seconds.
async fn longest_waits(max_backoff: Option<Duration>) -> [f64; 8] {
    let mut longest = [0.0; 8];
    for _ in 0..60 {
        let clock = ManualClock::default();
        let sts = FakeSts::new(|_| Answer::status(503));
        let mut builder = sts.provider().clock(clock.clone()).max_retries(0);
        if let Some(max_backoff) = max_backoff {
            builder = builder.max_backoff(max_backoff);
        }
        let tokens = builder.build().unwrap();
        for longest in &mut longest {
            tokens.token().await.unwrap_err();
            let wait = tokens.status().retry_in.unwrap_or_default();
            *longest = wait.as_secs_f64().max(*longest);
            clock.advance(wait);
        }
    }
    longest
}

#[tokio::test]
async fn waits_after_transient_failures_double_up_to_thirty_seconds_or_max_backoff() {
    for (max_backoff, bounds) in [
        (None, [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]),
        (Some(seconds(5)), [1.0, 2.0, 4.0, 5.0, 5.0, 5.0, 5.0, 5.0]),
        (
            Some(seconds(100)),
            [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 100.0],
        ),
        (Some(seconds(1)), [1.0; 8]),
    ] {
        let longest = longest_waits(max_backoff).await;
        for (longest, bound) in longest.iter().zip(bounds) {
            // Of sixty waits up to the bound, that none is in the upper half does not happen.
            assert!(
                *longest <= bound && *longest > bound / 2.0,
                "{max_backoff:?}: {longest} is not close to {bound}"
            );
        }
    }
}
