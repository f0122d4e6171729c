//! Whatever a server does, no token is logged, traced, printed or put into an error.
//!
//! In a process of its own: it sets the global subscriber of `tracing` and reads whatever the process logs.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::error::Error as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use sts_sdk::auth::hooks::{self, Takes};
use sts_sdk::auth::kafka::{Extensions, OidcSettings, SaslToken};
use sts_sdk::auth::{Authenticator, AuthenticatorLayer};
use sts_sdk::subject_token::{StaticToken, SubjectToken, SubjectTokenError};
use sts_sdk::testing;
use sts_sdk::types::{StsV1TokenExchangeRequest, builder};
use sts_sdk::{AccessToken, Client, ExchangeError, ExternalTokenProvider, TokenProvider};
use sts_sdk_tests::{Captured, Outcome, Server, reply, server_behaviours};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tower::{Layer, Service};
use tracing_subscriber::fmt::format::FmtSpan;

/// A subject token and an access token.
struct Tokens {
    subject: &'static str,
    access: &'static str,
    /// What must not be shown: the tokens, their parts, and what the parts say.
    parts: &'static [&'static str],
}

const TOKENS: [Tokens; 2] = [
    // Their parts say `{"alg":"RS256"}`, `{"sub":"workload-7f3a91"}` and so on.
    Tokens {
        subject: "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ3b3JrbG9hZC03ZjNhOTEifQ.c3ViamVjdC1zaWduYXR1cmUtNTVhYQ",
        access: "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJwb29sLTkxYzBkZSJ9.YWNjZXNzLXNpZ25hdHVyZS1hYTU1",
        parts: &[
            "eyJhbGciOiJSUzI1NiJ9",
            "eyJzdWIiOiJ3b3JrbG9hZC03ZjNhOTEifQ",
            "c3ViamVjdC1zaWduYXR1cmUtNTVhYQ",
            "eyJhbGciOiJFUzI1NiJ9",
            "eyJzdWIiOiJwb29sLTkxYzBkZSJ9",
            "YWNjZXNzLXNpZ25hdHVyZS1hYTU1",
            "workload-7f3a91",
            "subject-signature-55aa",
            "pool-91c0de",
            "access-signature-aa55",
        ],
    },
    // Opaque, with characters that a form encodes.
    Tokens {
        subject: "Opaq/ue+Subject=Token~0123456789",
        access: "opaque.access-token_9876543210",
        parts: &[
            "Opaq/ue+Subj",
            "Subject=Token",
            "Token~01234567",
            "Opaq%2Fue%2B",
            "opaque.access",
            "token_98765432",
        ],
    },
];

/// Fails if a part of a token occurs in `text`, even one that was cut off at either end, without repeating it.
fn assert_clean(tokens: &Tokens, text: &str, what: &str) {
    for part in tokens.parts {
        let needle = &part[1..part.len() - 1];
        assert!(!text.contains(needle), "{what} holds a part of a token");
    }
}

/// Every value of the headers, as a program reads them.
fn read(headers: Option<&HeaderMap>) -> String {
    let values = headers.into_iter().flat_map(HeaderMap::values);
    // What is not for printing is marked.
    let plain = values.filter(|value| !value.is_sensitive());
    plain
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect()
}

fn shown(error: &ExchangeError) -> String {
    let mut texts = vec![
        format!("{error} {error:#} {error:?} {error:#?}"),
        format!("{:?} {:?}", error.headers(), error.failure()),
        format!("{} {:?}", read(error.headers()), error.request_id()),
        format!("{:?} {:?}", error.suggestion(), error.doc_url()),
        format!("{:?} {:#?}", error.transport(), error.transport()),
    ];
    let mut source = error.source();
    while let Some(inner) = source {
        texts.push(format!("{inner} {inner:?} {inner:#?}"));
        source = inner.source();
    }
    texts.join(" ")
}

/// What an exchange shows.
async fn of_exchange(client: &Client, request: builder::StsV1TokenExchangeRequest) -> String {
    shown_of_exchange(&client.exchange(request).await)
}

fn shown_of_exchange(outcome: &Result<AccessToken, ExchangeError>) -> String {
    match outcome {
        Ok(token) => format!("{token:?} {token:#?} {}", read(Some(token.headers()))),
        Err(error) => shown(error),
    }
}

/// What the generated operation shows, and whether the time was up.
async fn of_operation(
    client: &Client,
    request: builder::StsV1TokenExchangeRequest,
) -> (String, bool) {
    let operation = client
        .generated()
        .exchange_sts_v1_oauth_token()
        .body_map(|_| request);
    let mut texts = vec![format!("{operation:?}")];
    let mut is_late = false;
    match operation.send().await {
        Ok(value) => texts.push(format!("{value:?} {:?}", value.headers())),
        Err(error) => {
            texts.push(format!("{error} {error:#} {error:?} {error:#?}"));
            let error = ExchangeError::from(error);
            is_late = error.is_timeout();
            texts.push(shown(&error));
        }
    }
    (texts.join(" "), is_late)
}

/// What a provider shows of an exchange, and whether the time was up.
async fn of_provider(client: Client, subject: &'static str) -> (String, bool) {
    // Of this type, one that is no JWT is sent as well.
    let token_type = "urn:ietf:params:oauth:token-type:access_token";
    let builder = TokenProvider::builder()
        .identity_pool_id("pool")
        .subject_token(StaticToken::new(subject))
        .customize_request(move |request| request.subject_token_type(token_type))
        .client(client)
        .max_retries(0);
    let mut texts = vec![format!("{builder:?} {builder:#?}")];
    let tokens = builder.build().unwrap();
    let mut is_late = false;
    match tokens.token().await {
        Ok(token) => {
            texts.push(format!("{token:?} {token:#?}"));
            texts.push(format!("{:?}", tokens.authorization().await));
        }
        Err(error) => {
            is_late = error.is_timeout() || error.exchange().is_some_and(ExchangeError::is_timeout);
            texts.push(format!("{error} {error:#} {error:?} {error:#?}"));
            texts.push(error.exchange().map(shown).unwrap_or_default());
            let mut source = std::error::Error::source(&error);
            while let Some(inner) = source {
                texts.push(format!("{inner} {inner:?} {inner:#?}"));
                source = inner.source();
            }
        }
    }
    texts.push(format!("{tokens:?} {tokens:#?}"));
    texts.push(format!("{:?} {:#?}", tokens.status(), tokens.status()));
    (texts.join(" "), is_late)
}

#[tokio::test]
async fn nothing_captured_formatted_or_returned_contains_a_token() {
    let captured = Captured::default();
    let writer = captured.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_writer(move || writer.clone())
        .init();
    // One after the other, since they share what is captured.
    server_behaviours_leak_nothing(&captured).await;
    swapped_arguments_leak_nothing(&captured).await;
    refused_connections_leak_nothing(&captured).await;
    authenticated_requests_leak_nothing(&captured).await;
    external_tokens_leak_nothing(&captured).await;
    #[cfg(all(unix, feature = "spiffe"))]
    spiffe_leaks_nothing(&captured).await;
}

async fn server_behaviours_leak_nothing(captured: &Captured) {
    for (tokens, behaviour) in TOKENS.iter().flat_map(|tokens| {
        let behaviours = server_behaviours(tokens.subject, tokens.access);
        behaviours
            .into_iter()
            .map(move |behaviour| (tokens, behaviour))
    }) {
        let acts = behaviour.acts.clone();
        let server = Server::acting(move |_| acts.clone()).await.unwrap();
        let builder = Client::builder().base_url(server.url());
        let client = builder.timeout(behaviour.timeout()).build().unwrap();
        let request = StsV1TokenExchangeRequest::builder();
        let request = request
            .subject_token(tokens.subject)
            .identity_pool_id("pool");
        let mut texts = vec![format!("{client:?} {client:#?} {request:?} {request:#?}")];

        // All three wait for servers that do not answer, so they wait together.
        let (exchanged, operated, provided) = tokio::join!(
            client.exchange(request.clone()),
            of_operation(&client, request),
            of_provider(client.clone(), tokens.subject),
        );
        // What is cut off by its time-out shows nothing of what would have come.
        match (&behaviour.outcome, &exchanged) {
            (Outcome::Token, Ok(_)) => {}
            (Outcome::Error { status, .. }, Err(error)) => {
                let got = error.status().map(|status| status.as_u16());
                let got = (got, error.is_timeout());
                assert_eq!(got, (*status, behaviour.is_late), "{}", behaviour.name);
            }
            (_, other) => panic!("{}: {other:?}", behaviour.name),
        }
        let (operated, operation_is_late) = operated;
        let (provided, provider_is_late) = provided;
        // What the operation makes of a body that does not end in time does not tell why.
        assert!(
            behaviour.is_late || !operation_is_late,
            "{}",
            behaviour.name
        );
        assert_eq!(provider_is_late, behaviour.is_late, "{}", behaviour.name);
        texts.extend([shown_of_exchange(&exchanged), operated, provided]);
        assert_clean(
            tokens,
            &texts.concat(),
            &format!("what is returned for {:?}", behaviour.name),
        );
        let logged = captured.take();
        for span in ["exchange{", "refresh{"] {
            assert!(logged.contains(span), "{} left a trace", behaviour.name);
        }
        assert_clean(
            tokens,
            &logged,
            &format!("what is logged for {:?}", behaviour.name),
        );
    }
}

/// A JWT where an identity pool id or a name belongs. Nothing tells a token that is no JWT from either.
async fn swapped_arguments_leak_nothing(captured: &Captured) {
    let [tokens, _] = &TOKENS;
    let server = Server::start(|_| reply("403 Forbidden", &[], "")).await;
    let client = Client::for_base_url(&server.unwrap().url()).unwrap();
    let builder = || {
        TokenProvider::builder()
            .client(client.clone())
            .subject_token(StaticToken::new("pool"))
    };
    let swapped = builder().identity_pool_id(tokens.subject);
    let mut texts = vec![format!("{swapped:?} {swapped:#?}")];
    let error = swapped.build().unwrap_err();
    texts.push(format!("{error} {error:#} {error:?} {error:#?}"));

    let request = StsV1TokenExchangeRequest::builder().subject_token("pool");
    let request = request.identity_pool_id(tokens.subject);
    texts.push(shown(&client.exchange(request).await.unwrap_err()));

    let named = builder()
        .identity_pool_id("pool")
        .name(format!("a\n{}", tokens.subject));
    texts.push(format!("{named:?}"));
    let named = named.build().unwrap();
    let error = named.token().await.unwrap_err();
    texts.push(format!("{error} {error:?} {named:?} {:?}", named.status()));
    assert_clean(tokens, &texts.concat(), "what swapped arguments show");
    let logged = captured.take();
    assert!(logged.contains("refresh{"), "the provider left a trace");
    assert_clean(tokens, &logged, "what is logged of swapped arguments");
}

/// An untrusted certificate, and a proxy that refuses its credentials and sends them back.
async fn refused_connections_leak_nothing(captured: &Captured) {
    let credentials = Tokens {
        subject: "",
        access: "",
        // `workload:hunter2-hunter2`
        parts: &["hunter2-hunter2", "d29ya2xvYWQ6aHVudGVyMi1odW50ZXIy"],
    };
    let proxy = Server::start(|request| {
        let sent = request.header("proxy-authorization").unwrap().to_owned();
        assert!(sent.contains("d29ya2xvYWQ6aHVudGVyMi1odW50ZXIy"));
        let echo = format!("proxy-authenticate: {sent}");
        reply("407 Proxy Authentication Required", &[&echo], sent)
    });
    let proxy = proxy.await.unwrap();
    let untrusted = untrusted().await;
    for tokens in &TOKENS {
        let through = proxy
            .url()
            .replace("http://", "http://workload:hunter2-hunter2@");
        let through = reqwest::Proxy::all(through).unwrap();
        let through = Client::builder()
            .base_url("https://sts.example.com")
            .proxy(through);
        let direct = Client::builder().base_url(format!("https://{untrusted}"));
        for builder in [through, direct] {
            let mut texts = vec![format!("{builder:?}")];
            let client = builder.build().unwrap();
            let request = StsV1TokenExchangeRequest::builder();
            let request = request
                .subject_token(tokens.subject)
                .identity_pool_id("pool");
            texts.push(of_exchange(&client, request.clone()).await);
            texts.push(of_operation(&client, request).await.0);
            texts.push(of_provider(client, tokens.subject).await.0);
            let texts = texts.concat();
            let refused = ["through the proxy", "trust the root certificate"];
            assert!(refused.iter().any(|text| texts.contains(text)), "{texts}");
            let logged = captured.take();
            assert!(logged.contains("refresh{"), "the provider left a trace");
            for secret in [tokens, &credentials] {
                assert_clean(secret, &texts, "what a refused connection shows");
                assert_clean(secret, &logged, "what is logged of a refused connection");
            }
        }
    }
}

/// An API that refuses tokens and sends them back, and one that is not there, through every face of the authenticator. What
/// the API says is the caller's, so that its responses are not shown.
async fn authenticated_requests_leak_nothing(captured: &Captured) {
    let api = Server::start(|request| {
        let sent = request.header("authorization").unwrap_or("Bearer none");
        let echo = format!("www-authenticate: {sent}");
        match &*request.target {
            "/limited" => reply("429 Too Many Requests", &["retry-after: 60", &echo], sent),
            _ => reply("401 Unauthorized", &[&echo], sent),
        }
    });
    let api = api.await.unwrap();
    for tokens in &TOKENS {
        let mut texts = Vec::new();
        for url in [
            api.url(),
            format!("{}/limited", api.url()),
            "http://127.0.0.1:1/".to_owned(),
            "http://localhost:1/".to_owned(),
        ] {
            texts.push(of_authenticator(tokens.access, &url).await);
        }
        assert_clean(tokens, &texts.concat(), "what an authenticator shows");
        let logged = captured.take();
        for said in ["not on the list of hosts", "refresh{"] {
            assert!(logged.contains(said), "{said}: there is a trace");
        }
        // The HTTP client's own trace has the header, marked as sensitive.
        assert_clean(tokens, &logged, "what is logged of authenticated requests");
    }
}

/// What the faces of an authenticator show of a request to `url`, each with a provider of its own.
async fn of_authenticator(access: &'static str, url: &str) -> String {
    let builder = || {
        let builder = Authenticator::builder(testing::fixed(access)).host("127.0.0.1");
        builder.wait_for_rate_limit(Duration::from_secs(1))
    };
    let made = || builder().build().unwrap();
    let mut texts = vec![format!("{:?} {:#?} {:?}", builder(), builder(), made())];
    let client = reqwest::Client::new();
    let request = || client.get(url);
    if let Err(error) = made().send(request()).await {
        texts.push(format!(
            "{error} {error:#} {error:?} {error:#?} {:?}",
            error.request()
        ));
    }
    let through = reqwest_middleware::ClientBuilder::new(client.clone()).with(made());
    if let Err(error) = through.build().execute(request().build().unwrap()).await {
        texts.push(format!("{error} {error:#} {error:?} {error:#?}"));
    }
    let layer = AuthenticatorLayer::new(made());
    let mut service = layer.layer(client.clone());
    texts.push(format!("{layer:?} {service:?}"));
    if let Err(error) = service.call(request().build().unwrap()).await {
        texts.push(format!("{error} {error:#} {error:?} {error:#?}"));
    }
    let request = request().build().unwrap();
    let outcome = hooks::exec(&made(), &client, request, "read", Takes::AccessToken).await;
    if let Some(why) = hooks::not_sent(&outcome) {
        texts.push(format!("{why} {why:?}"));
    }
    texts.concat()
}

/// External tokens, to an API that refuses them and sends them back, and to Kafka clients. The opaque one is no
/// external token, which is an error.
async fn external_tokens_leak_nothing(captured: &Captured) {
    let api = Server::start(|request| {
        let sent = request.header("authorization").unwrap_or("Bearer none");
        reply("401 Unauthorized", &[&format!("x-sent: {sent}")], sent)
    });
    let api = api.await.unwrap();
    for tokens in &TOKENS {
        let subject = tokens.subject;
        let hour = Duration::from_secs(3600);
        let source = move || async move {
            Ok::<_, SubjectTokenError>(
                SubjectToken::from(subject).valid_until(SystemTime::now() + hour),
            )
        };
        let builder = ExternalTokenProvider::builder()
            .subject_token(source)
            .max_retries(0);
        let mut texts = vec![format!("{builder:?} {builder:#?}")];
        let external = builder.build().unwrap();
        match external.token().await {
            Ok(token) => {
                texts.push(format!("{token:?} {token:#?} {:?}", token.authorization()));
                let token = SaslToken::new(&token, &Extensions::default()).unwrap();
                let responses = (token.initial_response(), token.initial_response_as("me"));
                texts.push(format!("{token:?} {token:#?} {responses:?}"));
            }
            Err(error) => {
                assert!(!subject.starts_with("eyJ"), "{error}");
                texts.push(format!("{error} {error:#} {error:?} {error:#?}"));
            }
        }
        let builder = Authenticator::external(external.clone()).host("127.0.0.1");
        texts.push(format!("{builder:?} {builder:#?}"));
        let authenticator = builder.build().unwrap();
        let request = reqwest::Client::new().get(api.url());
        if let Err(error) = authenticator.send(request).await {
            texts.push(format!("{error} {error:#} {error:?} {error:#?}"));
        }
        texts.push(format!("{authenticator:?} {authenticator:#?}"));
        texts.push(format!(
            "{external:?} {external:#?} {:?}",
            external.status()
        ));
        let settings = OidcSettings::new(api.url(), "me", subject, Extensions::default());
        texts.push(format!("{settings:?} {settings:#?}"));
        for settings in [settings.librdkafka(), settings.java()] {
            let forms = (
                settings.to_lines(),
                settings.to_properties(),
                settings.to_json(),
            );
            texts.push(format!("{settings:?} {settings:#?} {forms:?}"));
        }
        assert_clean(tokens, &texts.concat(), "what shows an external token");
        let logged = captured.take();
        assert!(logged.contains("refresh{"), "the provider left a trace");
        assert_clean(tokens, &logged, "what is logged of an external token");
    }
}

/// The address of a TLS server whose certificate nobody trusts.
async fn untrusted() -> SocketAddr {
    let issued = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(issued.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
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
            let _ = acceptor.accept(stream).await;
        }
    });
    address
}

/// An agent of SPIFFE that gives a token, and one that repeats it in a refusal.
#[cfg(all(unix, feature = "spiffe"))]
async fn spiffe_leaks_nothing(captured: &Captured) {
    use sts_sdk::subject_token::{Spiffe, SubjectTokenSource};
    use sts_sdk_tests::{SvidAnswer, WorkloadApi};

    let tokens = &TOKENS[0];
    let folder = tempfile::tempdir().unwrap();
    let agent = WorkloadApi::at(&folder.path().join("agent.sock"), |nth| match nth {
        0 => SvidAnswer::Tokens(vec![tokens.subject.to_owned()]),
        1 => SvidAnswer::Status(7, tokens.subject),
        _ => SvidAnswer::Status(3, tokens.subject),
    });
    let agent = agent.unwrap();
    let source = Spiffe::new("confluent").endpoint(agent.endpoint());
    let mut texts = vec![format!("{source:?} {source:#?}")];
    let token = source.subject_token().await.unwrap();
    assert!(token.secret().expose_secret() == tokens.subject);
    texts.push(format!("{token:?} {token:#?}"));
    for _ in 0..2 {
        let error = source.subject_token().await.unwrap_err();
        texts.push(format!("{error} {error:#} {error:?} {error:#?}"));
        assert!(error.source().is_none());
    }
    assert_clean(
        tokens,
        &texts.concat(),
        "what is returned for an agent of SPIFFE",
    );
    let logged = captured.take();
    assert!(logged.contains("h2::"), "the connection left a trace");
    assert_clean(tokens, &logged, "what is logged for an agent of SPIFFE");
}
