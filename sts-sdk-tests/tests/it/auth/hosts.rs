//! Which hosts get a token.

use std::net::SocketAddr;

use sts_sdk::auth::Authenticator;
use sts_sdk::reqwest::{self, Url};
use sts_sdk_tests::{fragment, provider, token};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::faces::{FACES, Face, get};
use super::{answering, on_loopback, presented, status};
use crate::wire::tls::acceptor;

fn by_default() -> Authenticator {
    let (_, _, tokens) = provider(token);
    Authenticator::new(tokens)
}

#[test]
fn the_servers_of_the_fragment_and_confluents_domains_do_and_nobody_who_looks_like_them() {
    let authenticator = by_default();
    let allows = |url: &str| authenticator.allows(&Url::parse(url).unwrap());
    let fragment = fragment();
    let servers = fragment["servers"].as_array().unwrap();
    assert_eq!(servers.len(), 3);
    for server in servers {
        let url = server["url"].as_str().unwrap();
        assert!(allows(url), "{url}");
        // All of the list is from there, but for the two domains.
        let host = Url::parse(url).unwrap().host_str().unwrap().to_owned();
        assert!(
            format!("{authenticator:?}").contains(&format!("\"{host}\"")),
            "{host}"
        );
    }
    for url in [
        "https://confluent.cloud",
        "https://api.confluent.cloud/org/v2/environments?page_size=1",
        "https://flink.us-east-1.aws.confluent.cloud",
        "https://API.Confluent.CLOUD:8443/",
        "https://confluentgov.com/api",
        "https://www.confluentgov.com",
        // What a browser, and `reqwest`, would go to as well.
        "https://confluent。cloud",
        "https://ｃonfluent.cloud",
        "https://api%2Econfluent.cloud",
        "https:\\\\api.confluent.cloud\\a",
    ] {
        assert!(allows(url), "{url}");
    }
    for url in [
        "https://evilconfluent.cloud",
        "https://confluent.cloud.evil.test",
        "https://evil.test/confluent.cloud",
        "https://evil.test?confluent.cloud",
        "https://evil.test#.confluent.cloud",
        "https://confluent.cloud@evil.test",
        "https://confluent.cloud:443@evil.test",
        "https://evil.test\\@confluent.cloud",
        "https://evil.test:443\\.confluent.cloud",
        "https://key:secret@api.confluent.cloud",
        "https://key@api.confluent.cloud",
        "https://:secret@api.confluent.cloud",
        "https://confluent.cloud.",
        "https://confluent-cloud.test",
        "https://confluentcloud",
        "https://cloud",
        "https://confluent.cloudy.test",
        "https://c\u{43e}nfluent.cloud",
        "https://confluent.cl\u{43e}ud",
        "https://confluentgov.com.test",
        "https://evilconfluentgov.com",
        "https://stag.cpdev.cloud",
        "http://api.confluent.cloud",
        "http://api.confluent.cloud:443",
        "ws://api.confluent.cloud",
        "wss://api.confluent.cloud",
        "ftp://api.confluent.cloud",
        "file:///api.confluent.cloud",
        "data:confluent.cloud",
        "http://127.0.0.1",
        "http://localhost",
        "https://localhost",
        "https://127.0.0.1",
        "https://[::1]",
    ] {
        assert!(!allows(url), "{url}");
    }
}

#[test]
fn hosts_are_added_and_the_default_left_out() {
    let (_, _, tokens) = provider(token);
    let builder = || Authenticator::builder(tokens.clone());
    let allows =
        |authenticator: &Authenticator, url| authenticator.allows(&Url::parse(url).unwrap());
    let added = builder()
        .host("example.com")
        .host("localhost")
        .build()
        .unwrap();
    for url in [
        "https://api.confluent.cloud",
        "https://a.example.com",
        "http://localhost:1",
        "https://localhost",
    ] {
        assert!(allows(&added, url), "{url}");
    }
    for url in [
        "http://example.com",
        "http://a.localhost",
        "http://127.0.0.1",
    ] {
        assert!(!allows(&added, url), "{url}");
    }
    let alone = builder()
        .only_given_hosts()
        .host("example.com")
        .build()
        .unwrap();
    assert!(allows(&alone, "https://example.com"));
    assert!(!allows(&alone, "https://api.confluent.cloud"));

    let error = builder().only_given_hosts().build().unwrap_err();
    assert_eq!(error.missing_option(), Some("host"));
    let error = builder().host("https://example.com").build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"https://example.com\" is not the name or address of a host; write it like confluent.cloud, without scheme, \
         port, path or wildcard (names below it are included)"
    );
}

#[tokio::test]
async fn a_host_that_is_not_on_the_list_gets_nothing_and_costs_nothing() {
    // The hooks send no operation there.
    for face in FACES.into_iter().filter(|face| *face != Face::Hooks) {
        let server = answering(vec![status("401 Unauthorized")]).await;
        let (_, sts, tokens) = provider(token);
        let outcome = face
            .send(&Authenticator::new(tokens.clone()), get(&server.url()))
            .await;
        assert_eq!(outcome.status(), 401, "{face:?}");
        assert_eq!(presented(&server.take_requests()), [None], "{face:?}");
        assert_eq!(sts.exchanges(), 0, "{face:?}");

        let named = server.url().replace("127.0.0.1", "localhost");
        face.send(&on_loopback(&tokens), get(&named)).await.status();
        assert_eq!(
            presented(&server.take_requests()),
            [None],
            "{face:?}: another name"
        );
    }
}

/// A server for `names` that notes the lines of each request, and the certificate to trust it by.
async fn tls(names: &[&str]) -> (SocketAddr, Vec<u8>, mpsc::UnboundedReceiver<Vec<String>>) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let issued = rcgen::generate_simple_self_signed(names).unwrap();
    let certificate = issued.cert.pem().into_bytes();
    let acceptor = acceptor(&(issued.cert, issued.signing_key), None);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (heads, received) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut stream = BufReader::new(stream);
            let mut lines = Vec::new();
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).await.unwrap();
                if line.trim().is_empty() {
                    break;
                }
                lines.push(line.trim().to_owned());
            }
            heads.send(lines).unwrap();
            let response = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            stream.write_all(response).await.unwrap();
            stream.shutdown().await.ok();
        }
    });
    (address, certificate, received)
}

#[tokio::test]
async fn over_tls_confluent_cloud_gets_the_token_and_its_lookalike_nothing() {
    let names = ["api.confluent.cloud", "evilconfluent.cloud"];
    let (address, certificate, mut heads) = tls(&names).await;
    let (_, _, tokens) = provider(token);
    let authenticator = Authenticator::new(tokens);
    let certificate = reqwest::Certificate::from_pem(&certificate).unwrap();
    let client = reqwest::Client::builder()
        .tls_certs_only([certificate])
        .resolve(names[0], address)
        .resolve(names[1], address)
        .no_proxy()
        .build()
        .unwrap();
    for (name, expected) in [(names[0], true), (names[1], false)] {
        let url = format!("https://{name}:{}/", address.port());
        let response = authenticator.send(client.get(url)).await.unwrap();
        assert_eq!(response.status(), 200);
        let lines = heads.recv().await.unwrap();
        let header = "authorization: Bearer token-0".to_owned();
        assert_eq!(lines.contains(&header), expected, "{name}");
        assert_eq!(
            lines.iter().any(|line| line.starts_with("authorization")),
            expected
        );
    }
}
