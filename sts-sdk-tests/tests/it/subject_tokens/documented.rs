//! What the tables of several sources say alike: which failures are asked about again.

use sts_sdk::subject_token::{ClientCredentials, HttpToken, SubjectTokenError};
use sts_sdk_tests::{JWT, Server, reply, token_reply};

use super::error;
use super::platform::ask;

/// The sources that ask over HTTP, each by a function that asks the server at a URL once.
const SOURCES: [&str; 6] = [
    "azure-pipelines",
    "client-credentials",
    "github-actions",
    "google-metadata",
    "http-token",
    "managed-identity",
];

/// What `source` says of the server at `url`, beginning with `transient` or `permanent`.
async fn asked(source: &str, url: &str) -> String {
    let host = url.replace("http://", "");
    let said = |error: SubjectTokenError| {
        let kind = if error.is_transient() {
            "transient"
        } else {
            "permanent"
        };
        format!("{kind} {error}")
    };
    match source {
        "azure-pipelines" => {
            let variables = [("SYSTEM_OIDCREQUESTURI", url), ("SYSTEM_ACCESSTOKEN", "t")];
            ask(&["azure-pipelines", "connection"], &variables).await
        }
        "github-actions" => {
            let variables = [
                ("ACTIONS_ID_TOKEN_REQUEST_URL", url),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "t"),
            ];
            ask(&["github", "audience"], &variables).await
        }
        "google-metadata" => ask(&["google", "audience"], &[("GCE_METADATA_HOST", &host)]).await,
        "managed-identity" => {
            let variables = [("AZURE_POD_IDENTITY_AUTHORITY_HOST", url)];
            ask(&["managed-identity", "resource"], &variables).await
        }
        "client-credentials" => {
            said(error(&ClientCredentials::new(url, "c").client_secret("s")).await)
        }
        _ => said(error(&HttpToken::get(url)).await),
    }
}

/// What each source says of a server that answers with `status`.
async fn answered(status: &'static str) -> Vec<(&'static str, String)> {
    let server = Server::start(move |_| reply(status, &["metadata-flavor: Google"], ""));
    let server = server.await.unwrap();
    let mut all = Vec::new();
    for source in SOURCES {
        let text = asked(source, &server.url()).await;
        assert!(!server.take_requests().is_empty(), "{source} asked");
        assert!(text.contains(status), "{source}: {text}");
        all.push((source, text));
    }
    all
}

#[tokio::test]
async fn what_is_busy_is_asked_again() {
    for status in [
        "408 Request Timeout",
        "429 Too Many Requests",
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
        "504 Gateway Timeout",
    ] {
        for (source, text) in answered(status).await {
            assert!(text.starts_with("transient "), "{source}: {text}");
        }
    }
    // Azure's instance metadata service is starting.
    for status in ["404 Not Found", "410 Gone"] {
        for (source, text) in answered(status).await {
            let transient = source == "managed-identity";
            assert_eq!(
                text.starts_with("transient "),
                transient,
                "{source}: {text}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_refused_is_not_asked_again() {
    for status in [
        "400 Bad Request",
        "401 Unauthorized",
        "403 Forbidden",
        "302 Found",
    ] {
        for (source, text) in answered(status).await {
            assert!(text.starts_with("permanent "), "{source}: {text}");
        }
    }
}

#[tokio::test]
async fn what_does_not_answer_is_asked_again() {
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let closing = Server::start(|_| Vec::new()).await.unwrap();
    for url in [nobody, closing.url()] {
        for source in SOURCES {
            let text = asked(source, &url).await;
            assert!(text.starts_with("transient "), "{source}: {text}");
        }
    }
}

#[tokio::test]
async fn what_is_missing_of_a_request_is_not_asked_for_again() {
    assert!(ask(&["vault", "role"], &[]).await.starts_with("permanent "));
    let variables = [("VAULT_ADDR", "http://127.0.0.1:1")];
    let text = ask(&["vault", "role"], &variables).await;
    assert!(
        text.starts_with("permanent ") && text.contains("VAULT_TOKEN"),
        "{text}"
    );
}

#[tokio::test]
async fn a_wait_that_an_identity_provider_asks_for_is_kept() {
    let server = Server::start(|_| reply("503 Service Unavailable", &["retry-after: 17"], ""));
    let server = server.await.unwrap();
    let source = ClientCredentials::new(server.url(), "c").client_secret("s");
    let wait = error(&source).await.retry_after();
    assert_eq!(wait, Some(std::time::Duration::from_secs(17)));
}

#[tokio::test]
async fn a_resource_that_is_none_is_named() {
    let body = r#"{"error": "invalid_resource", "error_description": "AADSTS500011: The resource principal named api://none was not found"}"#;
    let server = Server::start(move |_| reply("400 Bad Request", &[], body))
        .await
        .unwrap();
    let text = asked("managed-identity", &server.url()).await;
    assert!(
        text.starts_with("permanent ") && text.contains("api://none"),
        "{text}"
    );
}

/// What a provider of the environment comes to, and the exchange that it made.
async fn exchanged(settings: &[(&str, &str)], sts: &Server) -> (String, String) {
    let url = sts.url();
    let common = [
        ("CONFLUENT_STS_IDENTITY_POOL_ID", "pool-abc"),
        ("CONFLUENT_STS_URL", &*url),
    ];
    let said = ask(&["provider"], &[&common, settings].concat()).await;
    let request = sts.take_requests().pop();
    let body = request.map(|request| String::from_utf8(request.body).unwrap());
    (said, body.unwrap_or_default())
}

#[tokio::test]
async fn the_lifetime_of_the_environment_is_asked_for() {
    let sts = Server::start(|_| token_reply("access-token"))
        .await
        .unwrap();
    let settings = [
        ("CONFLUENT_STS_TOKEN", JWT),
        ("CONFLUENT_STS_LIFETIME", "599"),
    ];
    let (said, body) = exchanged(&settings, &sts).await;
    assert_eq!(said, "token access-token");
    assert!(body.contains("expires_in=599"), "{body}");
}

#[tokio::test]
async fn googles_metadata_server_is_asked_as_the_environment_says() {
    let metadata = Server::start(|_| reply("200 OK", &["metadata-flavor: Google"], JWT));
    let metadata = metadata.await.unwrap();
    let host = metadata.url().replace("http://", "");
    let sts = Server::start(|_| token_reply("access-token"))
        .await
        .unwrap();
    for (audience, asked) in [
        (None, "audience=confluent&"),
        (Some("other"), "audience=other&"),
    ] {
        let source = [
            ("CONFLUENT_STS_SOURCE", "google-metadata"),
            ("GCE_METADATA_HOST", &*host),
        ];
        let audience = audience.map(|audience| ("CONFLUENT_STS_AUDIENCE", audience));
        let settings: Vec<_> = source.into_iter().chain(audience).collect();
        let (said, body) = exchanged(&settings, &sts).await;
        assert_eq!(said, "token access-token");
        assert!(body.contains(&format!("subject_token={JWT}")), "{body}");
        let requests = metadata.take_requests();
        assert!(requests[0].target.contains(asked), "{}", requests[0].target);
    }
}

#[tokio::test]
async fn platforms_are_asked_for_each_token() {
    let server = Server::start(|_| {
        let body = r#"{"value": "eyJ.a.b", "oidcToken": "eyJ.a.b", "access_token": "eyJ.a.b", "expires_on": "4000000000"}"#;
        reply("200 OK", &["metadata-flavor: Google"], body)
    });
    let server = server.await.unwrap();
    let url = server.url();
    let host = url.replace("http://", "");
    for (arguments, variables) in [
        (
            &["github", "a"][..],
            &[
                ("ACTIONS_ID_TOKEN_REQUEST_URL", &*url),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "t"),
            ][..],
        ),
        (
            &["azure-pipelines", "c"],
            &[("SYSTEM_OIDCREQUESTURI", &url), ("SYSTEM_ACCESSTOKEN", "t")],
        ),
        (&["google", "a"], &[("GCE_METADATA_HOST", &host)]),
        (
            &["managed-identity", "r"],
            &[("AZURE_POD_IDENTITY_AUTHORITY_HOST", &url)],
        ),
        (
            &["managed-identity", "r"],
            &[("IDENTITY_ENDPOINT", &url), ("IDENTITY_HEADER", "h")],
        ),
    ] {
        let said = ask(&[&["twice"], arguments].concat(), variables).await;
        assert_eq!(said.matches("token ").count(), 2, "{said}");
        assert_eq!(server.take_requests().len(), 2, "{arguments:?}");
    }
}
