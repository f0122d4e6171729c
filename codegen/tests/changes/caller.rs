//! A program that uses what is generated from `base.yaml`, as its author would: requests are built with
//! setters, which are given numbers and text; replies are read by field; nothing is matched that can grow.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

mod generated;

use crate::Transport;
use generated::{Client, Error, types};
use progenitor_client::ClientHooks;
use sts_sdk::Secret;

impl ClientHooks<Transport> for Client {}

#[tokio::main(flavor = "current_thread")]
pub async fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.unwrap());
        }
    });
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let client = Client::new_with_client(&url, http, Transport);
    exchange(&client, "pool-1").await;
    refused(&client).await;
    uses(&client).await;
}

async fn exchange(client: &Client, pool: &str) {
    let metadata = types::Metadata::builder().owner("me");
    let metadata = types::Metadata::try_from(metadata).unwrap();
    let label: types::RequestLabel = "12345678".parse().unwrap();
    let reply = client
        .exchange_token()
        .body_map(|body| {
            body.subject_token("jwt")
                .pool(pool)
                .expires_in(900)
                .count(Some(10.try_into().unwrap()))
                .label(Some(label))
                .audience(types::RequestAudience::Kafka)
                .metadata(Some(metadata.into()))
        })
        .send()
        .await
        .unwrap()
        .into_inner();
    let token: Secret = reply.access_token;
    assert_eq!(token.expose_secret(), "token");
    let lifetime: i32 = reply.expires_in;
    assert_eq!(lifetime, 900);
    let state: String = reply.state;
    assert_eq!(state, "fresh");
    let scope: Option<String> = reply.scope;
    assert_eq!(scope.as_deref(), Some("all"));
    let issued_at: Option<String> = reply.issued_at;
    assert_eq!(issued_at.as_deref(), Some("2026-01-01T00:00:00Z"));
    match reply.origin.unwrap() {
        types::ReplyOrigin::Pool(pool) => assert_eq!(pool.pool, "pool-1"),
        // Outside of the crate that is generated for, the compiler demands it.
        _ => unreachable!(),
    }
}

async fn refused(client: &Client) {
    let sent = client
        .exchange_token()
        .body_map(|body| body.subject_token("jwt").pool("none"))
        .send()
        .await;
    let failure: types::Failure = match sent.unwrap_err() {
        Error::ErrorResponse(response) => response.into_inner(),
        other => panic!("{other:?}"),
    };
    assert_eq!(failure.errors[0].code.as_deref(), Some("no_such_pool"));
}

async fn uses(client: &Client) {
    let uses = client
        .get_token()
        .token_id("t-1")
        .view("full")
        .limit(3)
        .send()
        .await
        .unwrap()
        .into_inner();
    let next: Option<String> = uses.next;
    assert_eq!(next, None);
    let first: &types::Use = &uses.items[0];
    let count: Option<i64> = first.count;
    assert_eq!((first.at.as_str(), count), ("now", Some(2)));
}

/// Answers one request as the server of `base.yaml` would. Replies have a property that is not described.
fn answer(stream: TcpStream) {
    let mut reader = BufReader::new(&stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap() == 0 {
            return;
        }
    }
    let head = head.to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    let (status, reply) = match head.split(' ').nth(1).unwrap().split('?').next().unwrap() {
        "/exchange" if body.contains("pool=none") => (
            "404 Not Found",
            r#"{"errors": [{"code": "no_such_pool", "added": "a"}]}"#,
        ),
        "/exchange" => {
            assert!(
                body.contains("pool=pool-1") && body.contains("grant_type="),
                "{body}"
            );
            (
                "200 OK",
                r#"{"access_token": "token", "expires_in": 900, "state": "fresh", "scope": "all",
                    "issued_at": "2026-01-01T00:00:00Z", "origin": {"pool": "pool-1"}, "added": "a"}"#,
            )
        }
        "/tokens/t-1" => (
            "200 OK",
            r#"{"items": [{"at": "now", "count": 2}], "next": null}"#,
        ),
        _ => ("404 Not Found", r#"{"errors": [{"code": "no_such_path"}]}"#),
    };
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n");
    let response = format!("{head}content-length: {}\r\n\r\n{reply}", reply.len());
    (&stream).write_all(response.as_bytes()).unwrap();
}
