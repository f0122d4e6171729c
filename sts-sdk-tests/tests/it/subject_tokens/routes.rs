//! How sources reach their servers: roots of certificates and proxies that are set, proxies of the environment, and
//! metadata services, which no proxy gets to see.

use std::net::SocketAddr;
use std::sync::Arc;

use sts_sdk::reqwest::{Certificate, ClientBuilder, Proxy};
use sts_sdk::subject_token::{ClientCredentials, HttpToken, HttpValue, SubjectTokenSource};
use sts_sdk_tests::{Act, Server, reply};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::error::TryRecvError;
use tokio::time::Instant;

use super::platform::ask;
use super::{error, read};
use crate::wire::tls::{Authority, read_until, serve_answering};

/// How the requests end, that of an OAuth 2.0 client with its form.
const ENDS: &[&str] = &["\r\n\r\n", "grant_type=client_credentials"];
const ANSWER: &str = r#"{"access_token": "eyJ.a.b", "value": "eyJ.a.b"}"#;

/// Identity providers and platforms with a certificate of `authority`, for `localhost`.
async fn private(authority: &Authority) -> SocketAddr {
    let issued = authority.issue("localhost", |_| ());
    serve_answering(issued, None, ENDS, reply("200 OK", &[], ANSWER)).await
}

fn sources<F>(address: SocketAddr, configure: F) -> [Arc<dyn SubjectTokenSource>; 2]
where
    F: Fn(ClientBuilder) -> ClientBuilder + Clone + Send + Sync + 'static,
{
    let url = format!("https://localhost:{}/token", address.port());
    let http = HttpToken::get(&*url).token_at("/value");
    let oauth = ClientCredentials::new(url, "c").client_secret("s");
    [
        Arc::new(http.http_client(configure.clone())),
        Arc::new(oauth.http_client(configure)),
    ]
}

#[tokio::test]
async fn a_root_that_is_set_is_trusted_and_no_other() {
    let authority = Authority::new("ours");
    let address = private(&authority).await;
    let root = authority.certificate.pem();
    for source in sources(address, move |builder| {
        let root = Certificate::from_pem(root.as_bytes());
        builder.tls_certs_merge(root)
    }) {
        assert_eq!(read(&source).await, "eyJ.a.b");
    }
    for source in sources(address, |builder| builder) {
        let error = error(&source).await;
        let text = error.to_string();
        assert!(!error.is_transient(), "{text}");
        assert!(text.contains("http_client of the source"), "{text}");
    }
}

/// `SSL_CERT_FILE` names the platform's root certificates where they are in files.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn roots_that_the_environment_names_are_trusted() {
    let authority = Authority::new("ours");
    let address = private(&authority).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), authority.certificate.pem()).unwrap();
    let roots = [("SSL_CERT_FILE", file.path().to_str().unwrap())];
    let url = format!("https://localhost:{}/token", address.port());
    let arguments = ["client-credentials", &*url, "header", "s"];
    assert_eq!(ask(&arguments, &roots).await, "token eyJ.a.b");
    let other = Authority::new("other").certificate.pem();
    std::fs::write(file.path(), other).unwrap();
    let said = ask(&arguments, &roots).await;
    assert!(
        said.starts_with("permanent ") && said.contains("http_client of the source"),
        "{said}"
    );
}

/// A proxy that makes one tunnel after the other to `target`, and the heads of the requests for them.
async fn proxy(target: SocketAddr) -> (String, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, heads) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let head = read_until(&mut stream, &["\r\n\r\n"]).await;
            sender.send(head).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            let mut target = TcpStream::connect(target).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut target).await;
        }
    });
    (url, heads)
}

#[tokio::test]
async fn a_proxy_that_is_set_is_used_for_other_hosts_and_not_for_this_one() {
    let authority = Authority::new("ours");
    let issued = authority.issue("idp.example.com", |_| ());
    let address = serve_answering(issued, None, ENDS, reply("200 OK", &[], ANSWER)).await;
    let (url, mut heads) = proxy(address).await;
    let root = authority.certificate.pem();
    let configure = move |builder: ClientBuilder| {
        let root = Certificate::from_pem(root.as_bytes());
        builder
            .tls_certs_merge(root)
            .proxy(Proxy::all(&url).unwrap())
    };
    let source = HttpToken::get("https://idp.example.com/token").token_at("/value");
    let source = source.http_client(configure.clone());
    assert_eq!(read(&source).await, "eyJ.a.b");
    let head = heads.recv().await.unwrap();
    assert!(
        head.starts_with("CONNECT idp.example.com:443 HTTP/1.1\r\n"),
        "{head}"
    );
    assert!(!head.contains("token"), "{head}");
    // A loopback host is asked directly, as STS is.
    let direct = Server::start(|_| reply("200 OK", &[], ANSWER))
        .await
        .unwrap();
    let source = HttpToken::get(direct.url())
        .token_at("/value")
        .http_client(configure);
    assert_eq!(read(&source).await, "eyJ.a.b");
    assert_eq!(heads.try_recv().unwrap_err(), TryRecvError::Empty);
}

#[tokio::test]
async fn each_request_of_a_source_has_the_route_of_its_url() {
    let authority = Authority::new("ours");
    let issued = authority.issue("idp.example.com", |_| ());
    let address = serve_answering(issued, None, ENDS, reply("200 OK", &[], ANSWER)).await;
    let (url, mut heads) = proxy(address).await;
    let root = authority.certificate.pem();
    let direct = Server::start(|_| reply("200 OK", &[], ANSWER));
    let direct = direct.await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    let source = HttpToken::get(HttpValue::file(&file)).token_at("/value");
    let source = source.http_client(move |builder| {
        let root = Certificate::from_pem(root.as_bytes());
        let builder = builder.tls_certs_merge(root);
        builder.proxy(Proxy::all(&url).unwrap())
    });
    let here = direct.url();
    for (url, is_proxied) in [
        (&*here, false),
        ("https://idp.example.com/token", true),
        (&*here, false),
    ] {
        std::fs::write(&file, url).unwrap();
        assert_eq!(read(&source).await, "eyJ.a.b");
        assert_eq!(heads.try_recv().is_ok(), is_proxied, "{url}");
    }
    // Nobody answers there, and no proxy is asked instead.
    std::fs::write(&file, "http://metadata.google.internal:1/token").unwrap();
    assert!(error(&source).await.is_transient());
    assert_eq!(heads.try_recv().unwrap_err(), TryRecvError::Empty);
}

/// The proxy of the environment, which answers for whomever it is asked.
async fn of_environment() -> (Server, [(&'static str, String); 2]) {
    let proxy = Server::start(|_| reply("502 Bad Gateway", &[], ""))
        .await
        .unwrap();
    let url = proxy.url();
    (proxy, [("HTTPS_PROXY", url.clone()), ("HTTP_PROXY", url)])
}

#[tokio::test]
async fn proxies_of_the_environment_are_for_identity_providers() {
    let (proxy, variables) = of_environment().await;
    let variables = variables.each_ref().map(|(name, value)| (*name, &**value));
    let github = [
        (
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            "https://token.example.com/github",
        ),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "hunter2"),
    ];
    let azure = [
        ("SYSTEM_OIDCREQUESTURI", "https://token.example.com/azure"),
        ("SYSTEM_ACCESSTOKEN", "hunter2"),
    ];
    let vault = [
        ("VAULT_ADDR", "https://token.example.com"),
        ("VAULT_TOKEN", "hunter2"),
    ];
    for (arguments, settings) in [
        (&["github", "a"][..], &github[..]),
        (&["azure-pipelines", "c"], &azure),
        (&["vault", "r"], &vault),
        (
            &[
                "client-credentials",
                "https://token.example.com/oauth",
                "header",
                "hunter2",
            ],
            &[],
        ),
    ] {
        let said = ask(arguments, &[settings, &variables].concat()).await;
        assert!(said.starts_with("transient "), "{said}");
        let requests = proxy.take_requests();
        assert_eq!(requests.len(), 1, "{arguments:?}: {said}");
        assert_eq!(requests[0].method, "CONNECT");
        assert_eq!(requests[0].target, "token.example.com:443");
        let sent = format!("{requests:?}");
        assert!(!sent.contains("hunter2"), "a proxy gets to see a secret");
    }
}

#[tokio::test]
async fn metadata_services_are_never_asked_through_a_proxy() {
    let (proxy, variables) = of_environment().await;
    let variables = variables.each_ref().map(|(name, value)| (*name, &**value));
    let metadata = Server::start(|_| reply("200 OK", &["metadata-flavor: Google"], ANSWER));
    let metadata = metadata.await.unwrap();
    let url = metadata.url();
    let host = url.replace("http://", "");
    let managed = ["managed-identity", "api://confluent"];
    let key = [("KEY", "hunter2")];
    #[cfg(feature = "aws")]
    let aws = ["aws", "audience", "a", "region", "r"];
    for (arguments, settings) in [
        (&["google", "a"][..], &[("GCE_METADATA_HOST", &*host)][..]),
        (&managed, &[("AZURE_POD_IDENTITY_AUTHORITY_HOST", &url)]),
        (
            &managed,
            &[("IDENTITY_ENDPOINT", &url), ("IDENTITY_HEADER", "h")],
        ),
        (
            &managed,
            &[("IDENTITY_ENDPOINT", &url), ("IMDS_ENDPOINT", &url)],
        ),
        // Where nothing answers, nobody else is asked.
        (
            &[
                "http-token",
                "http://metadata.google.internal:1/token",
                "KEY",
            ],
            &key,
        ),
        (
            &["google", "a"],
            &[("GCE_METADATA_HOST", "metadata.google.internal:1")],
        ),
        (
            &managed,
            &[
                ("IDENTITY_ENDPOINT", "https://token.invalid:1"),
                ("IDENTITY_HEADER", "h"),
            ],
        ),
        #[cfg(feature = "aws")]
        (
            &aws,
            &[
                (
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                    "https://token.invalid:1",
                ),
                ("HOME", "/nonexistent"),
            ],
        ),
        #[cfg(feature = "aws")]
        (
            &aws,
            &[
                (
                    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                    "https://token.invalid:1",
                ),
                ("HOME", "/nonexistent"),
            ],
        ),
    ] {
        let said = ask(arguments, &[settings, &variables].concat()).await;
        let is_token = said.starts_with("token ");
        let nobody = ["token.invalid", "metadata.google.internal:1"];
        let asked_nobody = nobody.iter().any(|nobody| said.contains(nobody));
        assert!(is_token || asked_nobody, "{said}");
        assert!(
            proxy.take_requests().is_empty(),
            "{arguments:?} {settings:?}"
        );
    }
    assert_eq!(metadata.take_requests().len(), 4);
}

#[tokio::test]
async fn an_answer_is_waited_for_for_ten_seconds_its_body_included() {
    let server = Server::acting(|request| {
        // From here on, nothing else is to come.
        tokio::time::pause();
        let begun = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\neyJ".to_vec();
        let mut acts = vec![Act::Send(begun), Act::Hang];
        if request.target == "/silent" {
            acts.remove(0);
        }
        acts
    });
    let server = server.await.unwrap();
    for (path, said) in [
        ("/silent", "no complete response from "),
        ("/slow", "the rest did not come in time"),
    ] {
        let source = HttpToken::get(format!("{}{path}", server.url()));
        let started = Instant::now();
        let error = error(&source).await;
        let took = started.elapsed().as_secs();
        tokio::time::resume();
        assert!((10..15).contains(&took), "{path}: {took} s: {error}");
        assert!(error.is_transient(), "{error}");
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[tokio::test]
async fn no_option_of_the_http_client_of_a_source_undoes_a_rule() {
    let server = Server::start(|request| match &*request.target {
        "/token" => reply("307 Temporary Redirect", &["location: /elsewhere"], ""),
        _ => reply("200 OK", &[], "eyJ.a.b"),
    });
    let server = server.await.unwrap();
    let source = HttpToken::get(format!("{}/token", server.url()));
    let source = source.http_client(|builder| {
        let builder = builder.redirect(sts_sdk::reqwest::redirect::Policy::limited(3));
        builder.user_agent("own").referer(true).gzip(true)
    });
    let error = error(&source).await.to_string();
    assert!(error.contains("redirect"), "{error}");
    let requests = server.take_requests();
    assert_eq!(requests.len(), 1);
    let agent = requests[0].header("user-agent").unwrap();
    assert!(agent.starts_with("sts-sdk/"), "{agent}");
    assert_eq!(requests[0].header("accept-encoding"), None);
}

#[tokio::test]
async fn sources_of_platforms_take_options_of_the_http_client() {
    let proxy = Server::start(|_| reply("502 Bad Gateway", &[], ""));
    let proxy = proxy.await.unwrap();
    let url = proxy.url();
    for (arguments, variables) in [
        (
            &["github", "a", "proxy", &*url][..],
            &[
                (
                    "ACTIONS_ID_TOKEN_REQUEST_URL",
                    "https://token.example.com/github",
                ),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "t"),
            ][..],
        ),
        (
            &["azure-pipelines", "c", "proxy", &url],
            &[
                ("SYSTEM_OIDCREQUESTURI", "https://token.example.com/azure"),
                ("SYSTEM_ACCESSTOKEN", "t"),
            ],
        ),
        #[cfg(feature = "aws")]
        (
            &[
                "aws",
                "audience",
                "a",
                "endpoint",
                "https://token.example.com",
                "proxy",
                &url,
            ],
            &[
                ("AWS_ACCESS_KEY_ID", "A"),
                ("AWS_SECRET_ACCESS_KEY", "s"),
                ("AWS_REGION", "eu-central-1"),
                ("HOME", "/nonexistent"),
            ],
        ),
    ] {
        ask(arguments, variables).await;
        let requests = proxy.take_requests();
        assert_eq!(requests.len(), 1, "{arguments:?}");
        assert_eq!(requests[0].target, "token.example.com:443");
    }
}
