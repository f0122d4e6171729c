//! Tokens of Azure Pipelines.

use sts_sdk_tests::{Server, reply};

use super::platform::ask;

const SOURCE: &[&str] = &["azure-pipelines", "11111111-2222-3333-4444-555555555555"];

async fn answered(response: Vec<u8>) -> (String, Server) {
    let server = Server::start(move |_| response.clone()).await.unwrap();
    let url = format!("{}/org/project/_apis/oidc", server.url());
    let variables = [
        ("SYSTEM_OIDCREQUESTURI", &*url),
        ("SYSTEM_ACCESSTOKEN", "hunter2-access"),
    ];
    let said = ask(SOURCE, &variables).await;
    assert!(!said.contains("hunter2"), "{said}");
    (said, server)
}

#[tokio::test]
async fn a_token_is_asked_for_by_the_service_connection() {
    let (said, server) = answered(reply("200 OK", &[], r#"{"oidcToken": "eyJ.a.b"}"#)).await;
    assert_eq!(said, "token eyJ.a.b");
    let requests = server.take_requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].method, "POST");
    assert_eq!(
        requests[0].target,
        "/org/project/_apis/oidc?api-version=7.1&serviceConnectionId=11111111-2222-3333-4444-555555555555"
    );
    assert_eq!(
        requests[0].header("authorization"),
        Some("Bearer hunter2-access")
    );
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
    assert_eq!(
        requests[0].header("x-tfs-fedauthredirect"),
        Some("Suppress")
    );
    assert_eq!(requests[0].header("content-length"), Some("0"));
}

#[tokio::test]
async fn a_step_without_the_token_of_the_job_is_told_so() {
    assert_eq!(
        ask(SOURCE, &[]).await,
        "permanent Azure Pipelines: the environment variable SYSTEM_OIDCREQUESTURI is not set; run this within a job of \
         Azure Pipelines"
    );
    assert_eq!(
        ask(SOURCE, &[("SYSTEM_OIDCREQUESTURI", "https://example.com")]).await,
        "permanent Azure Pipelines: the environment variable SYSTEM_ACCESSTOKEN is not set; map it into the step: `env: \
         SYSTEM_ACCESSTOKEN: $(System.AccessToken)`"
    );
}

#[tokio::test]
async fn refusals_say_what_to_check() {
    for (status, said_by_server, transient, said) in [
        (
            "401 Unauthorized",
            "",
            "permanent",
            "401 Unauthorized: check that the job has not ended and may use the service connection",
        ),
        (
            "302 Found",
            "",
            "permanent",
            "302 Found, a redirect, which is not followed: check that the job has not ended and may use the service connection",
        ),
        (
            "404 Not Found",
            r#"{"message": "No service connection hunter2-access"}"#,
            "permanent",
            "404 Not Found: No service connection [redacted]: check the id of the service connection",
        ),
        (
            "429 Too Many Requests",
            "",
            "transient",
            "429 Too Many Requests",
        ),
    ] {
        let (text, server) = answered(reply(status, &[], said_by_server)).await;
        let at = server.url().replace("http://", "");
        assert_eq!(
            text,
            format!("{transient} Azure Pipelines at {at} answered {said}")
        );
    }
}
