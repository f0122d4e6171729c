//! Whatever is sent is answered or refused, and nothing breaks what comes after it.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::requests::{PATH, Shared};

static SHARED: LazyLock<Shared> = LazyLock::new(Shared::start);

/// Fails unless the emulator is well.
async fn assert_healthy() {
    let url = format!("{}/healthz", SHARED.emulator.url());
    assert_eq!(SHARED.client.get(url).send().await.unwrap().status(), 200);
}

proptest! {
    #[test]
    fn any_request_of_the_identity_provider_is_answered(
        query in vec(("sub|aud|claims|expires_in|alg|iss|\\PC{0,6}", "\\PC{0,20}|-?[0-9]{1,25}|\\{\"[a-z]{0,3}\": ?[0-9]{0,3}\\}|(RS|ES)256"), 0..6),
        basic in proptest::option::of("[!-~]{0,20}"),
        body in prop_oneof![
            "(grant_type=client_credentials&)?(client_id|client_secret|scope|audience|resource)=[a-z%+0-9]{0,8}(&[a-z=%]{0,8})?",
            "\\PC{0,30}",
        ],
    ) {
        SHARED.run(async {
            let provider = SHARED.emulator.identity_provider();
            let token = SHARED.client.get(format!("{provider}/any-token")).query(&query).send().await.unwrap();
            assert!([200, 400].contains(&token.status().as_u16()), "{}", token.status());
            let request = SHARED.client.post(format!("{provider}/token")).body(body);
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            let request = match basic {
                Some(basic) => request.header("authorization", format!("Basic {basic}")),
                None => request,
            };
            let status = request.send().await.unwrap().status().as_u16();
            assert!([200, 400, 401].contains(&status), "{status}");
            assert_healthy().await;
        });
    }

    #[test]
    fn any_bearer_token_is_answered(token in "[!-~]{0,40}|[A-Za-z0-9_-]{1,20}\\.[A-Za-z0-9_-]{1,20}\\.[A-Za-z0-9_-]{0,20}", path in "(/[a-z%0-9]{0,8})?") {
        SHARED.run(async {
            let request = SHARED.client.get(format!("{}/resource{path}", SHARED.emulator.url()));
            let request = request.header("authorization", format!("Bearer {token}"));
            let status = request.send().await.unwrap().status().as_u16();
            assert!([400, 401, 404].contains(&status), "{status}");
        });
    }

    #[test]
    fn any_form_of_the_page_is_answered(
        path in "exchange|subject-token|[a-z-]{0,8}",
        body in "([a-z_]{1,16}=[a-zA-Z0-9%+._-]{0,12}&?){0,6}|\\PC{0,30}",
    ) {
        SHARED.run(async {
            let request = SHARED.client.post(format!("{}/page/{path}", SHARED.emulator.url())).body(body);
            let request = request.header("sec-fetch-site", "same-origin");
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            let status = request.send().await.unwrap().status();
            assert!(!status.is_server_error(), "{status}");
            assert_healthy().await;
        });
    }

    /// What is no HTTP, or ends too early.
    #[test]
    fn any_bytes_are_borne(bytes in prop_oneof![
        vec(any::<u8>(), 0..80),
        "(GET|POST|\\PC{1,5}) [ -~]{0,20} HTTP/1\\.[01]\r\n([a-z-]{1,16}: [ -~]{0,12}\r\n){0,4}(\r\n)?[ -~]{0,20}".prop_map(String::into_bytes),
        (0..2000_u32, vec(any::<u8>(), 0..40)).prop_map(|(length, body)| {
            let head = format!("POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n");
            [head.as_bytes(), &body].concat()
        }),
    ]) {
        SHARED.run(async {
            let address = SHARED.emulator.url().replace("http://", "");
            let mut stream = TcpStream::connect(address).await.unwrap();
            // It may have hung up before.
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer).await;
            assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."), "no answer of HTTP");
            assert!(!answer.starts_with(b"HTTP/1.1 5"), "an error of the emulator's own");
            assert_healthy().await;
        });
    }
}
