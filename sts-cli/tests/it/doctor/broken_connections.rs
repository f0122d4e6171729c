//! Servers that are not reached, or are not the right ones.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::PrivateKeyDer;
use serde_json::json;
use sts_emulator::{Fault, FaultBody, StsEmulator};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::setup::{Setup, steps};

async fn working() -> Setup {
    Setup::new(StsEmulator::start().await.unwrap(), &json!({}))
}

async fn with_fault(fault: Fault) -> Setup {
    let setup = working().await;
    setup.emulator.inject(fault).unwrap();
    setup
}

/// An address where nothing listens.
async fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// A server that answers everything with `answer`.
async fn answering(answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            if stream.read(&mut request).await.is_ok() {
                stream.write_all(answer.as_bytes()).await.ok();
            }
        }
    });
    address
}

/// A TLS server whose certificate nobody trusts.
async fn untrusted() -> SocketAddr {
    let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(issued.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![issued.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // The client refuses it.
            acceptor.accept(stream).await.ok();
        }
    });
    address
}

#[tokio::test]
async fn nothing_listens() {
    let address = nobody().await;
    let setup = working()
        .await
        .variable("CONFLUENT_STS_URL", &format!("http://{address}"));
    // In the words of the operating system.
    let refused = std::net::TcpStream::connect(address).unwrap_err();
    let expected = format!(
        "server         no connection to {address}: {refused}; nothing listens there; check host and port of the URL"
    );
    assert_eq!(setup.failure().await, (5, expected));
}

#[tokio::test]
async fn the_proxy_is_not_there() {
    let proxy = format!("http://me:hunter2@{}", nobody().await);
    let setup = working()
        .await
        .variable("CONFLUENT_STS_URL", "https://sts.example")
        .variable("HTTPS_PROXY", &proxy);
    let (code, failure) = setup.failure().await;
    let shown = proxy.replace("me:hunter2@", "");
    let begin =
        format!("server         no connection to sts.example:443 through the proxy {shown}: ");
    let end =
        "; check HTTPS_PROXY and the proxy, or add the host to NO_PROXY if it is reached without";
    assert!(
        failure.starts_with(&begin) && failure.ends_with(end),
        "{failure}"
    );
    assert_eq!(code, 5);
}

#[tokio::test]
async fn the_proxy_wants_credentials() {
    let answer = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
    let proxy = format!("http://{}", answering(answer).await);
    let setup = working()
        .await
        .variable("CONFLUENT_STS_URL", "https://sts.example")
        .variable("HTTPS_PROXY", &proxy);
    let (code, failure) = setup.failure().await;
    let begin =
        format!("server         no connection to sts.example:443 through the proxy {proxy}: ");
    let end = "; write user name and password of the proxy into the URL that HTTPS_PROXY has";
    assert!(
        failure.starts_with(&begin) && failure.ends_with(end),
        "{failure}"
    );
    assert_eq!(code, 5);
}

#[tokio::test]
async fn the_certificate_is_not_trusted() {
    let port = untrusted().await.port();
    let setup = working()
        .await
        .variable("CONFLUENT_STS_URL", &format!("https://localhost:{port}"));
    let (code, failure) = setup.failure().await;
    let begin = format!("server         no connection to localhost:{port}: ");
    let end = "; let SSL_CERT_FILE name a file with the root certificate that it comes from, such as that of a proxy \
        which reads what is sent";
    assert!(
        failure.starts_with(&begin) && failure.ends_with(end),
        "{failure}"
    );
    assert_eq!(code, 5);
}

#[tokio::test]
async fn the_answer_does_not_come_in_time() {
    let setup = with_fault(Fault::delay(std::time::Duration::from_secs(60)))
        .await
        .argument("--deadline=1");
    let expected = "exchange       no answer from STS in time; check the network and its firewall; where only a \
        proxy gets out, set HTTPS_PROXY";
    assert_eq!(setup.failure().await, (5, expected.to_owned()));
}

#[tokio::test]
async fn the_connection_ends() {
    let setup = with_fault(Fault::reset().always()).await;
    let (code, failure) = setup.failure().await;
    let end = "; check the URL and the network; where only a proxy gets out, set HTTPS_PROXY";
    assert!(
        failure.starts_with("exchange       no answer from STS: ") && failure.ends_with(end),
        "{failure}"
    );
    assert_eq!(code, 5);
}

#[tokio::test]
async fn there_were_too_many_exchanges() {
    let setup = with_fault(Fault::status(429).header("retry-after", "7")).await;
    let (code, failure) = setup.failure().await;
    let expected = "exchange       this address has made more exchanges than it may; try again in 7 s, and let \
        processes share a provider; it said 429 Too Many Requests: ";
    assert!(failure.starts_with(expected), "{failure}");
    assert_eq!(code, 4);
}

#[tokio::test]
async fn what_is_before_the_server_has_nobody_to_ask() {
    let setup = with_fault(Fault::status(503).body(FaultBody::Html)).await;
    let (code, failure) = setup.failure().await;
    let expected = "exchange       the server, or what is before it, cannot answer now; try again later, and give \
        Confluent the request id if it stays so; it said 503 Service Unavailable: ";
    assert!(failure.starts_with(expected), "{failure}");
    assert_eq!(code, 4);
}

#[tokio::test]
async fn the_url_is_that_of_something_else() {
    let setup = working().await;
    let url = format!("{}/nowhere", setup.emulator.url());
    let (code, failure) = setup.variable("CONFLUENT_STS_URL", &url).failure().await;
    let expected = "exchange       what answers there is no STS of Confluent; check the URL, to which \
        /sts/v1/oauth2/token is appended, and what is between; it said 404 Not Found";
    assert!(failure.starts_with(expected), "{failure}");
    assert_eq!(code, 4);
}

#[tokio::test]
async fn the_exit_code_is_that_of_the_first_failure() {
    let url = format!("http://{}", nobody().await);
    let setup = working()
        .await
        .variable("CONFLUENT_STS_URL", &url)
        .argument("--token-file=/nowhere/token");
    let ran = setup.doctor().await;
    assert_eq!(
        steps(&ran.out),
        [
            "ok       configuration",
            "failed   source",
            "failed   server",
            "skipped  clock",
            "skipped  subject token",
            "skipped  exchange",
        ]
    );
    assert_eq!(ran.code.unwrap(), 3);
}
