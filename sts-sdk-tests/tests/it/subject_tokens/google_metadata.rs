//! Tokens of Google Cloud's metadata server.

use sts_sdk_tests::{Server, reply};

use super::platform::ask;

const FLAVOR: &[&str] = &["metadata-flavor: Google"];

async fn answered(response: Vec<u8>) -> (String, Server) {
    let server = Server::start(move |_| response.clone()).await.unwrap();
    let host = server.url().replace("http://", "");
    let variables = [
        ("GCE_METADATA_HOST", &*host),
        // Never through a proxy.
        ("HTTP_PROXY", "http://127.0.0.1:1"),
        ("ALL_PROXY", "http://127.0.0.1:1"),
    ];
    (ask(&["google", "my audience"], &variables).await, server)
}

#[tokio::test]
async fn a_token_is_asked_for_with_audience_and_all_claims() {
    let (said, server) = answered(reply("200 OK", FLAVOR, "eyJ.a.b\n")).await;
    assert_eq!(said, "token eyJ.a.b");
    let requests = server.take_requests();
    assert_eq!(requests[0].method, "GET");
    assert_eq!(
        requests[0].target,
        "/computeMetadata/v1/instance/service-accounts/default/identity?audience=my+audience&format=full"
    );
    assert_eq!(requests[0].header("metadata-flavor"), Some("Google"));
}

#[tokio::test]
async fn what_is_not_the_metadata_server_is_refused() {
    for headers in [&[][..], &["metadata-flavor: Amazon"]] {
        let (said, server) = answered(reply("200 OK", headers, "eyJ.a.b")).await;
        let at = server.url().replace("http://", "");
        assert_eq!(
            said,
            format!(
                "permanent Google's metadata server at {at} answered 200 OK, but without the header Metadata-Flavor: Google; \
                 something else than the metadata server answers"
            )
        );
    }
    assert_eq!(
        ask(&["google", "a"], &[("GCE_METADATA_HOST", "example.com")]).await,
        "permanent Google's metadata server: GCE_METADATA_HOST would send credentials in clear text; use https"
    );
}

#[tokio::test]
async fn documented_failures_have_their_texts() {
    for (status, body, said) in [
        (
            "404 Not Found",
            "service account not found",
            "permanent {} answered 404 Not Found: service account not found: check that the workload has a service account",
        ),
        (
            "503 Service Unavailable",
            "",
            "transient {} answered 503 Service Unavailable",
        ),
        (
            "429 Too Many Requests",
            "",
            "transient {} answered 429 Too Many Requests",
        ),
        (
            "200 OK",
            " ",
            "permanent {} answered 200 OK, but its body is no token",
        ),
    ] {
        let (text, server) = answered(reply(status, FLAVOR, body)).await;
        let at = server
            .url()
            .replace("http://", "Google's metadata server at ");
        assert_eq!(text, said.replace("{}", &at));
    }
}
