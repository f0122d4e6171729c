//! Tokens of OAuth 2.0 identity providers.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sts_sdk::subject_token::{
    ClientCredentials, EnvironmentVariable, StaticToken, SubjectToken, SubjectTokenSource,
    TokenFile,
};
use sts_sdk::testing::ManualClock;
use sts_sdk_tests::{Act, Recorded, Server, reply, says};

use super::platform::ask;
use super::{error, read};

/// An identity provider that counts its tokens.
async fn identity_provider(expires_in: &'static str) -> Server {
    let count = AtomicUsize::new(0);
    Server::start(move |_| {
        let nth = count.fetch_add(1, Ordering::Relaxed) + 1;
        reply(
            "200 OK",
            &[],
            format!(r#"{{"access_token": "eyJ.{nth}.b", "token_type": "Bearer"{expires_in}}}"#),
        )
    })
    .await
    .unwrap()
}

fn form(request: &Recorded) -> Vec<(String, String)> {
    form_urlencoded::parse(&request.body).into_owned().collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test]
async fn a_secret_is_sent_in_a_header_or_in_the_body() {
    let server = identity_provider("").await;
    let source = ClientCredentials::new(server.url(), "my client")
        .client_secret("hunter:2 %")
        .scope("a b")
        .audience("confluent")
        .parameter("resource", "r")
        .parameter("resource", "s");
    let shown = format!("{source:?}");
    assert!(!shown.contains("hunter"), "{shown}");
    assert!(
        shown.contains(r#"["scope", "audience", "resource"]"#),
        "{shown}"
    );
    let password = source.clone().parameter("password", "hunter2");
    let shown = format!("{password:?}");
    assert!(!shown.contains("hunter"), "{shown}");
    read(&source).await;
    read(&source.secret_in_body()).await;
    let requests = server.take_requests();
    let common = [
        ("grant_type", "client_credentials"),
        ("scope", "a b"),
        ("audience", "confluent"),
        ("resource", "s"),
    ];
    for request in &requests {
        assert_eq!(request.method, "POST");
        assert_eq!(
            request.header("content-type"),
            Some("application/x-www-form-urlencoded")
        );
        assert_eq!(request.header("accept"), Some("application/json"));
    }
    // my+client:hunter%3A2+%25
    assert_eq!(
        requests[0].header("authorization"),
        Some("Basic bXkrY2xpZW50Omh1bnRlciUzQTIrJTI1")
    );
    assert_eq!(form(&requests[0]), pairs(&common));
    assert_eq!(requests[1].header("authorization"), None);
    let secret = [("client_id", "my client"), ("client_secret", "hunter:2 %")];
    assert_eq!(form(&requests[1]), pairs(&[&common[..], &secret].concat()));
}

#[tokio::test]
async fn a_secret_in_a_file_is_read_for_each_token() {
    let server = identity_provider("").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    let source = ClientCredentials::new(server.url(), "c")
        .client_secret_file(&path)
        .secret_in_body();
    let missing = error(&source).await;
    let shown = path.display();
    assert!(
        missing
            .to_string()
            .starts_with(&format!("the client secret file {shown} cannot be read: ")),
        "{missing}"
    );
    for secret in ["first", "second"] {
        fs::write(&path, format!("{secret}\n")).unwrap();
        read(&source).await;
        let form = form(&server.take_requests()[0]);
        assert!(
            form.contains(&("client_secret".to_owned(), secret.to_owned())),
            "{form:?}"
        );
    }
}

#[tokio::test]
async fn an_assertion_of_another_source_stands_for_a_secret() {
    let server = identity_provider("").await;
    let source =
        ClientCredentials::new(server.url(), "c").client_assertion(StaticToken::new("eyJ.own.jwt"));
    read(&source).await;
    assert_eq!(
        form(&server.take_requests()[0]),
        pairs(&[
            ("grant_type", "client_credentials"),
            ("client_id", "c"),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            ),
            ("client_assertion", "eyJ.own.jwt"),
        ])
    );
}

#[tokio::test]
async fn without_an_assertion_the_error_is_that_of_its_source() {
    let server = identity_provider("").await;
    let folder = tempfile::tempdir().unwrap();
    let missing = TokenFile::new(folder.path().join("none"));
    let unset = EnvironmentVariable::new("STS_SDK_TESTS_NO_SUCH_VARIABLE");
    for (own, transient) in [(error(&missing).await, true), (error(&unset).await, false)] {
        assert_eq!(own.is_transient(), transient, "{own}");
        let client = ClientCredentials::new(server.url(), "c");
        let of_client = if transient {
            error(&client.client_assertion(missing.clone())).await
        } else {
            error(&client.client_assertion(unset.clone())).await
        };
        assert_eq!(of_client.to_string(), own.to_string());
        assert_eq!(of_client.is_transient(), transient, "{of_client}");
    }
    assert!(server.take_requests().is_empty());
}

#[tokio::test]
async fn a_token_is_kept_for_half_of_its_lifetime() {
    for (expires_in, kept) in [
        (r#", "expires_in": 600"#, true),
        (r#", "expires_in": "600""#, true),
        (r#", "expires_in": 600.5"#, true),
        (r#", "expires_in": "600.0""#, true),
        (r#", "expires_in": null"#, false),
        (r#", "expires_in": "soon""#, false),
        (r#", "expires_in": -5"#, false),
        (r#", "expires_in": [600]"#, false),
        ("", false),
    ] {
        let server = identity_provider(expires_in).await;
        let clock = ManualClock::default();
        let source = ClientCredentials::new(server.url(), "c").clock(clock.clone());
        assert_eq!(read(&source).await, "eyJ.1.b");
        clock.advance(Duration::from_secs(299));
        assert_eq!(
            read(&source).await,
            if kept { "eyJ.1.b" } else { "eyJ.2.b" },
            "{expires_in}"
        );
        clock.advance(Duration::from_secs(1));
        assert_eq!(
            read(&source).await,
            if kept { "eyJ.2.b" } else { "eyJ.3.b" },
            "{expires_in}"
        );
    }
}

#[tokio::test]
async fn a_refused_token_is_dropped_and_no_other() {
    let server = identity_provider(r#", "expires_in": 600"#).await;
    let source = ClientCredentials::new(server.url(), "c");
    assert_eq!(read(&source).await, "eyJ.1.b");
    source.refused(&SubjectToken::from("eyJ.other.b"));
    assert_eq!(read(&source).await, "eyJ.1.b");
    source.refused(&SubjectToken::from("eyJ.1.b"));
    assert_eq!(read(&source).await, "eyJ.2.b");
}

#[tokio::test]
async fn those_who_share_a_source_make_one_request() {
    let server = Server::acting(|_| {
        let body = r#"{"access_token": "eyJ.a.b", "expires_in": 600}"#;
        vec![
            Act::Pause(Duration::from_millis(50)),
            Act::Send(reply("200 OK", &[], body)),
        ]
    });
    let server = server.await.unwrap();
    let source = Arc::new(ClientCredentials::new(server.url(), "c"));
    // One who gives up harms no other.
    let given_up = tokio::time::timeout(Duration::from_millis(10), source.subject_token()).await;
    assert!(given_up.is_err());
    assert!(server.take_requests().len() <= 1);
    let asking: Vec<_> = (0..8)
        .map(|_| {
            let source = source.clone();
            tokio::spawn(async move { read(&*source).await })
        })
        .collect();
    for asked in asking {
        assert_eq!(asked.await.unwrap(), "eyJ.a.b");
    }
    assert_eq!(server.take_requests().len(), 1);
}

#[tokio::test]
async fn what_an_identity_provider_says_is_repeated_without_secrets() {
    let wrong =
        r#"{"error": "invalid_client", "error_description": "hunter2-secret is wrong for c"}"#;
    let scope = r#"{"error": "invalid_scope", "error_description": "unknown scope s"}"#;
    for (status, body, transient, said) in [
        (
            "401 Unauthorized",
            wrong,
            false,
            "401 Unauthorized: [redacted] is wrong for c (code invalid_client): check the client id and its secret or key",
        ),
        (
            "400 Bad Request",
            scope,
            false,
            "400 Bad Request: unknown scope s (code invalid_scope)",
        ),
        (
            "404 Not Found",
            "<html><title>Nothing here</title>",
            false,
            "404 Not Found: Nothing here: check the token URL",
        ),
        (
            "500 Internal Server Error",
            "",
            true,
            "500 Internal Server Error",
        ),
        (
            "200 OK",
            "<html>hunter2-secret</html>",
            false,
            "200 OK, but it is not JSON at line 1 column *",
        ),
        (
            "200 OK",
            r#"{"error": "hunter2-secret"}"#,
            false,
            "200 OK, but its JSON has not what was asked for at line 1 column *",
        ),
    ] {
        let server = Server::start(move |_| reply(status, &[], body))
            .await
            .unwrap();
        let source = ClientCredentials::new(server.url(), "c").client_secret("hunter2-secret");
        let error = error(&source).await;
        let at = server.url().replace("http://", "the token endpoint at ");
        let expected = format!("{at} answered {said}");
        assert!(says(&error.to_string(), &expected), "{error}");
        assert_eq!(error.is_transient(), transient);
    }
    let nothing = error(&ClientCredentials::new("http://127.0.0.1:1", "c").secret_in_body()).await;
    assert_eq!(
        nothing.to_string(),
        "the client has no secret; give it with client_secret or client_secret_file"
    );
}

#[tokio::test]
async fn codes_of_the_documentation_are_repeated() {
    for (status, code, further) in [
        (
            "401 Unauthorized",
            "invalid_client",
            ": check the client id and its secret or key",
        ),
        (
            "401 Unauthorized",
            "unauthorized_client",
            ": check the client id and its secret or key",
        ),
        ("400 Bad Request", "unauthorized_client", ""),
        ("403 Forbidden", "access_denied", ""),
        ("400 Bad Request", "invalid_scope", ""),
        ("400 Bad Request", "invalid_target", ""),
        ("400 Bad Request", "invalid_resource", ""),
    ] {
        let body = format!(r#"{{"error": "{code}", "error_description": "no"}}"#);
        let server = Server::start(move |_| reply(status, &[], body.as_str()));
        let server = server.await.unwrap();
        let error = error(&ClientCredentials::new(server.url(), "c").client_secret("s")).await;
        let at = server.url().replace("http://", "the token endpoint at ");
        assert_eq!(
            error.to_string(),
            format!("{at} answered {status}: no (code {code}){further}")
        );
        assert!(!error.is_transient(), "{code}");
    }
}

#[tokio::test]
async fn azure_workload_identity_is_read_from_its_variables() {
    let server = identity_provider(r#", "expires_in": 3599"#).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    fs::write(&path, "eyJ.federated.token\n").unwrap();
    let path = path.to_str().unwrap();
    let authority = format!("{}/", server.url());
    let variables = [
        ("AZURE_CLIENT_ID", "client"),
        ("AZURE_TENANT_ID", "tenant"),
        ("AZURE_FEDERATED_TOKEN_FILE", path),
        ("AZURE_AUTHORITY_HOST", &authority),
    ];
    let arguments = &["azure-workload-identity", "api://confluent/.default"];
    assert_eq!(ask(arguments, &variables).await, "token eyJ.1.b");
    let requests = server.take_requests();
    assert_eq!(requests[0].target, "/tenant/oauth2/v2.0/token");
    assert_eq!(
        form(&requests[0]),
        pairs(&[
            ("grant_type", "client_credentials"),
            ("scope", "api://confluent/.default"),
            ("client_id", "client"),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            ),
            ("client_assertion", "eyJ.federated.token"),
        ])
    );
    assert_eq!(
        ask(arguments, &variables[..2]).await,
        "not built: the environment variable AZURE_FEDERATED_TOKEN_FILE is not set; give the pod the label \
         azure.workload.identity/use: \"true\" and a service account with a client id"
    );
}

#[tokio::test]
async fn no_parameter_is_sent_twice() {
    let server = identity_provider("").await;
    for name in [
        "grant_type",
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
    ] {
        let source = ClientCredentials::new(server.url(), "c").client_secret("hunter2");
        let error = error(&source.parameter(name, "hunter3")).await;
        let text = error.to_string();
        assert!(!error.is_transient(), "{text}");
        let said = format!(
            "the parameter {name} would be sent twice; leave it out of the further parameters"
        );
        assert!(text.ends_with(&said) && !text.contains("hunter"), "{text}");
    }
    assert!(server.take_requests().is_empty());
}

/// Gives an assertion, and counts how often it is told that it was refused.
struct Told(AtomicUsize);

impl SubjectTokenSource for Told {
    fn describe(&self) -> std::borrow::Cow<'_, str> {
        "told".into()
    }

    fn subject_token(
        &self,
    ) -> sts_sdk::BoxFuture<'_, Result<SubjectToken, sts_sdk::subject_token::SubjectTokenError>>
    {
        Box::pin(async { Ok(SubjectToken::from("eyJ.assertion.b")) })
    }

    fn refused(&self, token: &SubjectToken) {
        assert_eq!(token.secret().expose_secret(), "eyJ.assertion.b");
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn the_source_of_an_assertion_is_told_that_it_was_refused() {
    for (status, told) in [
        ("400 Bad Request", 1),
        ("401 Unauthorized", 1),
        ("403 Forbidden", 0),
        ("503 Service Unavailable", 0),
    ] {
        let server = Server::start(move |_| reply(status, &[], r#"{"error": "invalid_client"}"#));
        let server = server.await.unwrap();
        let source = Arc::new(Told(AtomicUsize::new(0)));
        let client =
            ClientCredentials::new(server.url(), "c").client_assertion(Arc::clone(&source));
        error(&client).await;
        assert_eq!(source.0.load(Ordering::Relaxed), told, "{status}");
    }
}

#[tokio::test]
async fn a_copy_that_asks_for_something_else_has_a_token_of_its_own() {
    let server = identity_provider(r#", "expires_in": 600"#).await;
    let source = ClientCredentials::new(server.url(), "c").client_secret("s");
    let source = source.scope("a");
    assert_eq!(read(&source).await, "eyJ.1.b");
    assert_eq!(read(&source.clone()).await, "eyJ.1.b", "the same is shared");
    for (other, token) in [
        (source.clone().scope("b"), "eyJ.2.b"),
        (source.clone().audience("b"), "eyJ.3.b"),
        (source.clone().client_secret("t"), "eyJ.4.b"),
        (source.clone().secret_in_body(), "eyJ.5.b"),
        (source.clone().http_client(|builder| builder), "eyJ.6.b"),
        (source.clone().clock(ManualClock::default()), "eyJ.7.b"),
        (
            source.clone().client_assertion(StaticToken::new("eyJ.c.d")),
            "eyJ.8.b",
        ),
    ] {
        assert_eq!(read(&other).await, token);
    }
    assert_eq!(read(&source).await, "eyJ.1.b");
}

#[tokio::test]
async fn a_client_without_a_secret_says_who_it_is() {
    let server = identity_provider("").await;
    let source = ClientCredentials::new(server.url(), "my client");
    read(&source).await;
    let requests = server.take_requests();
    assert_eq!(requests[0].header("authorization"), None);
    let expected = [
        ("grant_type", "client_credentials"),
        ("client_id", "my client"),
    ];
    assert_eq!(form(&requests[0]), pairs(&expected));
}
