//! An error and what caused it say everything once, read as `{:#}` of the crate `anyhow` prints them.

use std::error::Error;
use std::io;
use std::time::Duration;

use sts_sdk::TokenExchangeRequest;
use sts_sdk::subject_token::{EnvironmentVariable, StaticToken, SubjectTokenError};
use sts_sdk::{Client, TokenProvider};
use sts_sdk_tests::{Outcome, Server, server_behaviours};

const SUBJECT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzdWJqZWN0LXRva2VuIn0.c2lnbmF0dXJl";
const ACCESS: &str = "eyJhbGciOiJFUzI1NiJ9.YWNjZXNzLXRva2Vu.b3RoZXItc2lnbmF0dXJl";

/// The error and its causes, in one line.
fn chain(error: &dyn Error) -> String {
    let errors = std::iter::successors(Some(error), |&error| error.source());
    let texts: Vec<String> = errors.map(ToString::to_string).collect();
    texts.join(": ")
}

fn assert_said_once(error: &dyn Error, what: &str) {
    let text = chain(error);
    assert!(!text.contains(char::is_control), "{what}: {text}");
    let parts = text.split([':', ';', '(', ')', ',']).map(str::trim);
    for part in parts.filter(|part| part.len() > 3 && *part != "[redacted]") {
        assert_eq!(text.matches(part).count(), 1, "{what}: {part:?} in {text}");
    }
}

fn provider(client: Client) -> TokenProvider {
    let builder = TokenProvider::builder()
        .identity_pool_id("pool")
        .subject_token(StaticToken::new(SUBJECT))
        .client(client)
        .max_retries(0);
    builder.build().unwrap()
}

#[tokio::test]
async fn errors_of_exchanges_and_providers_say_everything_once() {
    for behaviour in server_behaviours(SUBJECT, ACCESS) {
        if matches!(behaviour.outcome, Outcome::Token) {
            continue;
        }
        let acts = behaviour.acts.clone();
        let server = Server::acting(move |_| acts.clone()).await.unwrap();
        let builder = Client::builder().base_url(server.url());
        let client = builder.timeout(behaviour.timeout()).build().unwrap();
        let request = TokenExchangeRequest::builder();
        let request = request.subject_token(SUBJECT).identity_pool_id("pool");
        let tokens = provider(client.clone());
        let (exchanged, provided) = tokio::join!(client.exchange(request), tokens.token());
        let error = exchanged.unwrap_err();
        assert_eq!(error.is_timeout(), behaviour.is_late, "{}", behaviour.name);
        assert_said_once(&error, behaviour.name);
        if let Some(failure) = error.failure() {
            assert_said_once(failure, behaviour.name);
        }
        let error = provided.unwrap_err();
        let of_exchange = error.exchange().unwrap();
        assert_eq!(
            of_exchange.is_timeout(),
            behaviour.is_late,
            "{}",
            behaviour.name
        );
        assert_said_once(&error, behaviour.name);
    }
}

#[tokio::test]
async fn errors_without_a_response_say_everything_once() {
    let unreachable = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for url in [unreachable.as_str(), "https://no-such-host.invalid"] {
        let builder = Client::builder().base_url(url).no_proxy();
        let client = builder.timeout(Duration::from_secs(5)).build().unwrap();
        let error = provider(client).token().await.unwrap_err();
        assert_said_once(&error, url);
        let transport = error.exchange().unwrap().transport().unwrap();
        assert!(transport.source().is_some(), "{url}: it can be looked into");
    }
    let incomplete = TokenExchangeRequest::builder().subject_token(SUBJECT);
    let client = Client::for_base_url(&unreachable).unwrap();
    let error = client.exchange(incomplete).await.unwrap_err();
    assert_said_once(&error, "a request without a pool");
}

#[tokio::test]
async fn errors_of_subject_tokens_say_everything_once() {
    #[derive(Debug)]
    struct Chained(&'static str, Option<Box<Chained>>);
    impl std::fmt::Display for Chained {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.0)
        }
    }
    impl Error for Chained {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&**self.1.as_ref()?)
        }
    }
    let root = Chained("the disk is gone", None);
    let cause = Chained("reading failed", Some(Box::new(root)));
    let error = SubjectTokenError::permanent("no token in the vault").caused_by(cause);
    assert_eq!(
        chain(&error),
        "no token in the vault: reading failed: the disk is gone"
    );
    // As of errors that say in their own text what their source says.
    let root = Chained("the disk is gone", None);
    let cause = Chained("reading failed: the disk is gone", Some(Box::new(root)));
    let error = SubjectTokenError::permanent("no token in the vault").caused_by(cause);
    assert_eq!(
        chain(&error),
        "no token in the vault: reading failed: the disk is gone"
    );
    let cause = io::Error::other("the disk is gone");
    let error = SubjectTokenError::permanent(format!("no token: {cause}")).caused_by(cause);
    assert_eq!(chain(&error), "no token: the disk is gone");

    let tokens = TokenProvider::builder()
        .identity_pool_id("pool")
        .subject_token(EnvironmentVariable::new("NO_SUCH_VARIABLE"))
        .base_url("http://127.0.0.1:1");
    let error = tokens.build().unwrap().token().await.unwrap_err();
    assert_said_once(&error, "no such variable");
}

#[test]
fn build_errors_say_everything_once() {
    let provider = TokenProvider::builder;
    let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let errors = [
        Client::for_base_url("not a url").unwrap_err(),
        Client::for_base_url("http://sts.example.com").unwrap_err(),
        Client::builder().user_agent("\n").build().unwrap_err(),
        Client::builder()
            .root_certificates("no PEM")
            .build()
            .unwrap_err(),
        Client::builder()
            .root_certificates(pem)
            .build()
            .unwrap_err(),
        provider().build().unwrap_err(),
        provider().identity_pool_id("pool").build().unwrap_err(),
        provider().identity_pool_id(SUBJECT).build().unwrap_err(),
        provider().identity_pool_id("a\nb").build().unwrap_err(),
    ];
    for error in errors {
        assert_said_once(&error, "a build error");
        assert!(error.source().is_none());
    }
}
