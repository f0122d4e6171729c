//! Tokens of GitHub Actions and Forgejo.

use sts_sdk_tests::{Server, reply, says};

use super::platform::ask;

const GITHUB: &[&str] = &["github", "my audience&x=y"];
const MISSING: &str = "permanent GitHub Actions: the environment variable ";

async fn answered(response: Vec<u8>) -> (String, String) {
    let server = Server::start(move |_| response.clone()).await.unwrap();
    let url = format!("{}/token", server.url());
    let said = ask(
        GITHUB,
        &[
            ("ACTIONS_ID_TOKEN_REQUEST_URL", &url),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "hunter2-request"),
        ],
    )
    .await;
    assert!(!said.contains("hunter2"), "{said}");
    (said, server.url().replace("http://", ""))
}

#[tokio::test]
async fn a_token_is_asked_for_with_the_audience_and_the_request_token() {
    for (path, target) in [
        ("/token", "/token?audience=my+audience%26x%3Dy"),
        (
            "/token?api-version=2.0",
            "/token?api-version=2.0&audience=my+audience%26x%3Dy",
        ),
    ] {
        let server = Server::start(|_| reply("200 OK", &[], r#"{"count": 1, "value": "eyJ.a.b"}"#));
        let server = server.await.unwrap();
        let url = format!("{}{path}", server.url());
        let said = ask(
            GITHUB,
            &[
                ("ACTIONS_ID_TOKEN_REQUEST_URL", &url),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token"),
            ],
        )
        .await;
        assert_eq!(said, "token eyJ.a.b");
        let requests = server.take_requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].method, "GET");
        assert_eq!(requests[0].target, target);
        assert_eq!(
            requests[0].header("authorization"),
            Some("Bearer request-token")
        );
        assert_eq!(requests[0].header("accept"), Some("application/json"));
    }
}

#[tokio::test]
async fn a_job_without_the_permission_is_told_so() {
    let url = ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://example.com");
    for (variables, missing) in [
        (&[][..], "ACTIONS_ID_TOKEN_REQUEST_URL"),
        (&[url], "ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
        (
            &[url, ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", " ")],
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        ),
    ] {
        assert_eq!(
            ask(GITHUB, variables).await,
            format!(
                "{MISSING}{missing} is not set; give the job the permission `id-token: write`, and run this in a step \
                 of the job itself"
            )
        );
    }
}

#[tokio::test]
async fn what_the_server_says_is_repeated_without_the_request_token() {
    let (said, server) = answered(reply(
        "403 Forbidden",
        &[],
        r#"{"message": "hunter2-request is no good"}"#,
    ))
    .await;
    assert_eq!(
        said,
        format!(
            "permanent GitHub Actions at {server} answered 403 Forbidden: [redacted] is no good: check that the job has \
             the permission `id-token: write` and has not ended"
        )
    );
    let (said, server) = answered(reply("503 Service Unavailable", &["retry-after: 7"], "")).await;
    assert_eq!(
        said,
        format!("transient(7s) GitHub Actions at {server} answered 503 Service Unavailable")
    );
}

#[tokio::test]
async fn what_is_no_token_is_an_error() {
    let html = &["content-type: text/html"][..];
    for (headers, body, why) in [
        (
            html,
            "<html>hunter2</html>",
            "it is not JSON at line 1 column *; its content type is \"text/html\"",
        ),
        (
            &[],
            r#"{"token": "hunter2"}"#,
            "its JSON has not what was asked for at line 1 column *",
        ),
        (
            &[],
            r#"{"value": 1}"#,
            "its JSON has not what was asked for at line 1 column *",
        ),
    ] {
        let (said, server) = answered(reply("200 OK", headers, body)).await;
        let expected = format!("permanent GitHub Actions at {server} answered 200 OK, but {why}");
        assert!(says(&said, &expected), "{said}");
    }
    let (said, server) = answered(reply("302 Found", &["location: https://example.com"], "")).await;
    assert_eq!(
        said,
        format!(
            "permanent GitHub Actions at {server} answered 302 Found, a redirect, which is not followed"
        )
    );
}

#[tokio::test]
async fn a_request_token_is_not_sent_in_clear_text() {
    for (url, why) in [
        (
            "http://example.com/",
            "would send credentials in clear text; use https",
        ),
        ("ftp://example.com/", "is not an https URL"),
        ("nonsense", "is not a URL"),
        (
            "https://me:hunter2@example.com/",
            "holds credentials; give them by the options for them",
        ),
    ] {
        let said = ask(
            GITHUB,
            &[
                ("ACTIONS_ID_TOKEN_REQUEST_URL", url),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "hunter2"),
            ],
        )
        .await;
        assert_eq!(
            said,
            format!("permanent GitHub Actions: ACTIONS_ID_TOKEN_REQUEST_URL {why}")
        );
    }
}
