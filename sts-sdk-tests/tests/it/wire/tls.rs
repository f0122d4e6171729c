//! TLS: who is trusted, and what is said of who is not. Certificates are made here.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use sts_sdk::TokenExchangeRequest;
use sts_sdk::{AccessToken, Client, ClientBuilder, ExchangeError};
use sts_sdk_tests::token_reply;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

pub(crate) struct Authority {
    pub(crate) certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        let issuer = Issuer::new(params, key);
        Self {
            certificate,
            issuer,
        }
    }

    pub(crate) fn issue(
        &self,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> (Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        change(&mut params);
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }
}

/// An STS with `certificate`; with `clients`, it wants a certificate that they issued.
pub(super) async fn serve(
    issued: (Certificate, KeyPair),
    clients: Option<&Authority>,
) -> SocketAddr {
    serve_answering(issued, clients, &["token-type%3Ajwt"], token_reply("a")).await
}

/// What makes TLS of connections, with a certificate, and with those of `clients` if they are to have some.
pub(crate) fn acceptor(
    (certificate, key): &(Certificate, KeyPair),
    clients: Option<&Authority>,
) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(authority.certificate.der().clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = builder
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// The same that sends `answer` when a request has come to one of `ends`.
pub(crate) async fn serve_answering(
    issued: (Certificate, KeyPair),
    clients: Option<&Authority>,
    ends: &'static [&'static str],
    answer: Vec<u8>,
) -> SocketAddr {
    let acceptor = acceptor(&issued, clients);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, answer) = (acceptor.clone(), answer.clone());
            tokio::spawn(async move {
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    read_until(&mut stream, ends).await;
                    stream.write_all(&answer).await.unwrap();
                    stream.shutdown().await.unwrap();
                }
            });
        }
    });
    address
}

pub(crate) async fn read_until(stream: &mut (impl AsyncRead + Unpin), ends: &[&str]) -> String {
    let mut received = Vec::new();
    let has_ended = |received: &[u8]| {
        let received = String::from_utf8_lossy(received);
        ends.iter().any(|end| received.ends_with(end))
    };
    while !has_ended(&received) {
        assert_ne!(
            stream.read_buf(&mut received).await.unwrap(),
            0,
            "the client went away"
        );
    }
    String::from_utf8(received).unwrap()
}

fn at(address: SocketAddr) -> ClientBuilder {
    Client::builder().base_url(format!("https://localhost:{}", address.port()))
}

async fn exchange(builder: ClientBuilder) -> Result<AccessToken, ExchangeError> {
    let client = builder.build().unwrap();
    let request = TokenExchangeRequest::builder();
    client
        .exchange(request.subject_token("t").identity_pool_id("p"))
        .await
}

async fn refused(builder: ClientBuilder) -> ExchangeError {
    let error = exchange(builder).await.unwrap_err();
    assert!(error.is_connect() && error.status().is_none());
    error
}

/// What is said of a certificate that is not trusted, without the port of the server.
async fn untrusted(address: SocketAddr, builder: ClientBuilder) -> String {
    let error = refused(builder).await;
    assert!(!error.is_transient(), "{error}");
    let text = error.to_string();
    let expected = format!("no connection to localhost:{}: ", address.port());
    assert!(text.starts_with(&expected), "{text}");
    text[expected.len()..].to_owned()
}

/// What is said to do about a certificate that is not trusted. macOS and Windows have no file of root certificates.
pub(super) fn todo() -> &'static str {
    let all = "; trust the root certificate that it comes from with root_certificates of the client's builder, or with the \
               file that SSL_CERT_FILE names";
    let only = all.split(", or").next().unwrap();
    if cfg!(any(windows, target_vendor = "apple")) {
        only
    } else {
        all
    }
}

#[tokio::test]
async fn a_further_root_certificate_is_trusted() {
    let authority = Authority::new("ours");
    let address = serve(authority.issue("localhost", |_| ()), None).await;
    let pem = authority.certificate.pem();
    exchange(at(address).root_certificates(pem)).await.unwrap();
}

#[tokio::test]
async fn several_root_certificates_are_trusted_together_and_one_after_the_other() {
    let authorities = ["one", "two"].map(Authority::new);
    let roots = authorities.each_ref();
    let [one, two] = roots.map(|authority| authority.certificate.pem());
    for authority in &authorities {
        let address = serve(authority.issue("localhost", |_| ()), None).await;
        let together = [one.as_str(), &two].concat();
        exchange(at(address).root_certificates(together))
            .await
            .unwrap();
        let apart = at(address).root_certificates(one.clone());
        exchange(apart.root_certificates(two.clone()))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn root_certificates_come_beside_those_of_the_http_client() {
    let authorities = ["of the builder", "of the client", "of neither"].map(Authority::new);
    let [of_builder, of_client, _] = authorities
        .each_ref()
        .map(|authority| authority.certificate.pem());
    let own = reqwest::Certificate::from_pem(of_client.as_bytes()).unwrap();
    for (authority, trusted) in authorities.iter().zip([true, true, false]) {
        let address = serve(authority.issue("localhost", |_| ()), None).await;
        let own = own.clone();
        let builder = at(address)
            .root_certificates(of_builder.clone())
            .http_client(move |builder| builder.tls_certs_merge([own.clone()]));
        assert_eq!(exchange(builder).await.is_ok(), trusted);
    }
}

#[tokio::test]
async fn an_unknown_certificate_is_refused() {
    let address = serve(Authority::new("unknown").issue("localhost", |_| ()), None).await;
    let text = untrusted(address, at(address)).await;
    assert!(text.ends_with(todo()), "{text}");
    let other = at(address).root_certificates(Authority::new("other").certificate.pem());
    let text = untrusted(address, other).await;
    assert!(text.ends_with(todo()), "{text}");
}

#[tokio::test]
async fn a_certificate_that_no_server_can_have_is_refused_and_not_retried() {
    // As `openssl req -x509` makes them.
    let root = Authority::new("localhost");
    let pem = root.certificate.pem();
    let key = root.issuer.key().serialize_pem();
    let key = KeyPair::from_pem(&key).unwrap();
    let address = serve((root.certificate, key), None).await;
    let text = untrusted(address, at(address).root_certificates(pem)).await;
    assert!(text.ends_with(todo()), "{text}");
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let authority = Authority::new("ours");
    let expired = authority.issue("localhost", |params| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2020, 1, 2);
    });
    let address = serve(expired, None).await;
    let trusting = at(address).root_certificates(authority.certificate.pem());
    let text = untrusted(address, trusting).await;
    // To trust it would not help.
    assert!(!text.is_empty() && !text.contains("trust"), "{text}");
}

#[tokio::test]
async fn a_certificate_of_another_host_is_refused() {
    let authority = Authority::new("ours");
    let address = serve(authority.issue("sts.example.com", |_| ()), None).await;
    let trusting = at(address).root_certificates(authority.certificate.pem());
    let text = untrusted(address, trusting).await;
    assert!(!text.is_empty() && !text.contains("trust"), "{text}");
}

#[tokio::test]
async fn a_client_certificate_is_presented() {
    let authority = Authority::new("ours");
    let address = serve(authority.issue("localhost", |_| ()), Some(&authority)).await;
    let trusting = || at(address).root_certificates(authority.certificate.pem());
    let error = exchange(trusting()).await.unwrap_err();
    assert!(!error.is_transient(), "{error}");
    let (certificate, key) = authority.issue("client", |_| ());
    let builder = trusting().client_certificate(certificate.pem(), key.serialize_pem());
    assert!(
        !format!("{builder:?}").contains("PRIVATE"),
        "the private key is printed"
    );
    exchange(builder).await.unwrap();
}

#[tokio::test]
async fn https_goes_through_a_proxy_in_a_tunnel() {
    let authority = Authority::new("ours");
    let address = serve(authority.issue("localhost", |_| ()), None).await;
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", proxy.local_addr().unwrap());
    let tunnel = tokio::spawn(async move {
        let (mut stream, _) = proxy.accept().await.unwrap();
        let head = read_until(&mut stream, &["\r\n\r\n"]).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let mut target = TcpStream::connect(address).await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut stream, &mut target).await;
        head
    });
    let builder = at(address).root_certificates(authority.certificate.pem());
    exchange(builder.proxy(reqwest::Proxy::all(url).unwrap()))
        .await
        .unwrap();
    let head = tunnel.await.unwrap();
    let expected = format!("CONNECT localhost:{} HTTP/1.1\r\n", address.port());
    assert!(head.starts_with(&expected), "{head}");
}

#[tokio::test]
async fn plain_http_on_the_other_side_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        }
    });
    let error = refused(at(address)).await;
    assert!(error.is_transient());
    let text = error.to_string();
    assert!(text.starts_with("no connection to localhost:"), "{text}");
}

#[test]
fn what_is_no_certificate_is_refused_without_being_printed() {
    let pem = "-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\n";
    for builder in [
        Client::builder().root_certificates(""),
        Client::builder().root_certificates("hunter2"),
        Client::builder().client_certificate("hunter2", "hunter2"),
        Client::builder().client_certificate(Authority::new("ours").certificate.pem(), pem),
        Client::builder().client_certificate(
            Authority::new("ours").certificate.pem(),
            KeyPair::generate().unwrap().serialize_pem(),
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert!(error.is_certificate(), "{error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
