//! Tokens of Azure's managed identities.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use sts_sdk_tests::{JWT, Recorded, Server, reply, says};

use super::platform::ask;

const TOKEN: &str = r#"{"access_token": "eyJ.a.b", "expires_on": "1790000000", "resource": "r", "token_type": "Bearer"}"#;
const PROXY: (&str, &str) = ("ALL_PROXY", "http://127.0.0.1:1");
const ARGUMENTS: &[&str] = &["managed-identity", "api://confluent"];

async fn imds(arguments: &[&str], response: Vec<u8>) -> (String, Server) {
    let server = Server::start(move |_| response.clone()).await.unwrap();
    let url = server.url();
    let variables = [("AZURE_POD_IDENTITY_AUTHORITY_HOST", &*url), PROXY];
    (ask(arguments, &variables).await, server)
}

fn ids(name: &'static str) -> [&'static str; 4] {
    ["managed-identity", "api://confluent", name, "/id 1"]
}

#[tokio::test]
async fn imds_is_asked_for_the_identity_that_is_meant() {
    let all =
        "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=api%3A%2F%2Fconfluent";
    for (arguments, selector) in [
        (ARGUMENTS, ""),
        (&ids("client-id"), "&client_id=%2Fid+1"),
        (&ids("object-id"), "&object_id=%2Fid+1"),
        (&ids("resource-id"), "&msi_res_id=%2Fid+1"),
    ] {
        let (said, server) = imds(arguments, reply("200 OK", &[], TOKEN)).await;
        assert_eq!(said, "token eyJ.a.b");
        let requests = server.take_requests();
        assert_eq!(requests[0].target, format!("{all}{selector}"));
        assert_eq!(requests[0].method, "GET");
        assert_eq!(requests[0].header("metadata"), Some("true"));
        assert_eq!(requests[0].header("authorization"), None);
    }
}

#[tokio::test]
async fn app_service_is_asked_with_its_header() {
    let all = "/msi/token?api-version=2019-08-01&resource=api%3A%2F%2Fconfluent";
    for (arguments, selector) in [
        (ARGUMENTS, ""),
        (&ids("client-id"), "&client_id=%2Fid+1"),
        (&ids("object-id"), "&principal_id=%2Fid+1"),
        (&ids("resource-id"), "&mi_res_id=%2Fid+1"),
    ] {
        let server = Server::start(|_| reply("200 OK", &[], TOKEN))
            .await
            .unwrap();
        let url = format!("{}/msi/token", server.url());
        let variables = [
            ("IDENTITY_ENDPOINT", &*url),
            ("IDENTITY_HEADER", "hunter2-header"),
            PROXY,
        ];
        assert_eq!(ask(arguments, &variables).await, "token eyJ.a.b");
        let requests = server.take_requests();
        assert_eq!(requests[0].target, format!("{all}{selector}"));
        assert_eq!(
            requests[0].header("x-identity-header"),
            Some("hunter2-header")
        );
        assert_eq!(requests[0].header("metadata"), None);
    }
}

#[tokio::test]
async fn documented_failures_have_their_texts() {
    let not_found = r#"{"error": "invalid_request", "error_description": "Identity not found"}"#;
    let who = "Azure's managed identity endpoint at ";
    for (status, body, said) in [
        (
            "400 Bad Request",
            not_found,
            "permanent {} answered 400 Bad Request: Identity not found (code invalid_request): check that the resource has the identity that is asked for, and that `resource` is an application ID URI",
        ),
        (
            "404 Not Found",
            "",
            "transient {} answered 404 Not Found: it may be starting",
        ),
        (
            "410 Gone",
            "",
            "transient {} answered 410 Gone: it may be starting",
        ),
        (
            "429 Too Many Requests",
            "",
            "transient {} answered 429 Too Many Requests",
        ),
        (
            "500 Internal Server Error",
            "",
            "transient {} answered 500 Internal Server Error",
        ),
        (
            "200 OK",
            "<html>",
            "permanent {} answered 200 OK, but it is not JSON at line 1 column *",
        ),
    ] {
        let (text, server) = imds(ARGUMENTS, reply(status, &[], body)).await;
        let at = server.url().replace("http://", who);
        assert!(says(&text, &said.replace("{}", &at)), "{text}");
    }
}

/// As while it is updated, which takes up to 70 s. The clock jumps from one attempt to the next.
#[tokio::test]
async fn imds_is_asked_again_until_it_has_started() {
    let asked = AtomicUsize::new(0);
    let starting = move |_: &Recorded| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => reply("404 Not Found", &[], ""),
        1 | 2 => reply("410 Gone", &[], ""),
        _ => {
            let body = format!(r#"{{"access_token": "{JWT}", "expires_on": "4000000000"}}"#);
            reply("200 OK", &[], body)
        }
    };
    let server = Server::start(starting).await.unwrap();
    let url = server.url();
    let variables = [("AZURE_POD_IDENTITY_AUTHORITY_HOST", &*url), PROXY];
    let arguments = ["retried", "managed-identity", "api://confluent"];
    assert!(ask(&arguments, &variables).await == format!("token {JWT}"));
    assert_eq!(server.take_requests().len(), 4);
}

/// An agent of Azure Arc whose key is in `path`.
async fn arc(path: String) -> Server {
    Server::start(
        move |request: &Recorded| match request.header("authorization") {
            None => reply(
                "401 Unauthorized",
                &[&format!("www-authenticate: Basic realm={path}")],
                "",
            ),
            Some("Basic hunter2-key") => reply("200 OK", &[], TOKEN),
            Some(_) => reply("403 Forbidden", &[], ""),
        },
    )
    .await
    .unwrap()
}

async fn ask_arc(server: &Server, keys: &std::path::Path) -> String {
    let url = format!("{}/metadata/identity/oauth2/token", server.url());
    let variables = [
        ("IDENTITY_ENDPOINT", &*url),
        ("IMDS_ENDPOINT", "http://127.0.0.1:40342"),
        PROXY,
    ];
    let keys = keys.to_str().unwrap();
    let said = ask(
        &["managed-identity", "api://confluent", "arc-keys", keys],
        &variables,
    )
    .await;
    assert!(!said.contains("hunter2"), "{said}");
    said
}

#[tokio::test]
async fn arc_is_asked_again_with_the_key_that_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("a.key");
    fs::write(&key, "hunter2-key\n").unwrap();
    let server = arc(key.display().to_string()).await;
    assert_eq!(ask_arc(&server, folder.path()).await, "token eyJ.a.b");
    let requests = server.take_requests();
    assert_eq!(requests.len(), 2);
    for request in &requests {
        assert_eq!(
            request.target,
            "/metadata/identity/oauth2/token?api-version=2020-06-01&resource=api%3A%2F%2Fconfluent"
        );
        assert_eq!(request.header("metadata"), Some("true"));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn arc_reads_no_other_file() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("tokens");
    fs::create_dir(&keys).unwrap();
    fs::write(folder.path().join("outside.key"), "hunter2-key").unwrap();
    fs::write(keys.join("a.txt"), "hunter2-key").unwrap();
    fs::write(keys.join("long.key"), "x".repeat(4097)).unwrap();
    fs::write(keys.join("empty.key"), "").unwrap();
    fs::create_dir(keys.join("folder.key")).unwrap();
    std::os::unix::fs::symlink(folder.path().join("outside.key"), keys.join("link.key")).unwrap();
    // In the words of the operating system.
    let none = fs::read(keys.join("none.key")).unwrap_err();
    let agent = "something else than the agent answers";
    let elsewhere = format!("which is no .key file in {}; {agent}", keys.display());
    for (path, why) in [
        (folder.path().join("outside.key"), elsewhere.clone()),
        (keys.join("../outside.key"), elsewhere.clone()),
        (keys.join("./a.key"), elsewhere.clone()),
        (keys.join("a.txt"), elsewhere),
        (keys.join("link.key"), format!("is a link; {agent}")),
        (keys.join("folder.key"), format!("is no file; {agent}")),
        (
            keys.join("long.key"),
            format!("is longer than 4096 bytes; {agent}"),
        ),
        (
            keys.join("none.key"),
            format!("cannot be read; let this user into the group himds: {none}"),
        ),
        (keys.join("empty.key"), "is empty".to_owned()),
    ] {
        let server = arc(path.display().to_string()).await;
        let said = ask_arc(&server, &keys).await;
        let at = server.url().replace("http://", "");
        let what = match why.strip_prefix("which ") {
            Some(_) => format!("its challenge names {path:?},"),
            None => format!("the key file {path:?}"),
        };
        assert_eq!(
            said,
            format!("permanent Azure's managed identity endpoint at {at}: {what} {why}")
        );
        assert_eq!(server.take_requests().len(), 1, "{said}");
    }
    let server = arc(String::new()).await;
    let said = ask_arc(&server, &keys).await;
    let at = server.url().replace("http://", "");
    assert_eq!(
        said,
        format!(
            "permanent Azure's managed identity endpoint at {at}: its challenge names no key file; update the agent of Azure Arc"
        )
    );
}

#[tokio::test]
async fn arc_has_to_say_that_the_token_is_of_the_identity_that_is_meant() {
    let not_said = "but does not say that the token is of the identity that was asked for; update the agent of Azure Arc, or \
                    leave out which identity is meant";
    for (name, selector, said, is_it) in [
        ("client-id", "client_id", r#""client_id": "/ID 1""#, true),
        ("object-id", "object_id", r#""object_id": "/id 1""#, true),
        (
            "resource-id",
            "msi_res_id",
            r#""msi_res_id": "/id 1""#,
            true,
        ),
        ("resource-id", "msi_res_id", r#""mi_res_id": "/id 1""#, true),
        ("client-id", "client_id", r#""client_id": "/id 2""#, false),
        ("client-id", "client_id", r#""object_id": "/id 1""#, false),
        ("client-id", "client_id", r#""client_id": null"#, false),
    ] {
        let body = format!(r#"{{"access_token": "eyJ.a.b", "expires_on": "1790000000", {said}}}"#);
        let server = Server::start(move |_| reply("200 OK", &[], &body))
            .await
            .unwrap();
        let url = format!("{}/token", server.url());
        let variables = [
            ("IDENTITY_ENDPOINT", &*url),
            ("IMDS_ENDPOINT", &*url),
            PROXY,
        ];
        let told = ask(&ids(name), &variables).await;
        let expected = if is_it {
            "token eyJ.a.b".to_owned()
        } else {
            let at = server.url().replace("http://", "");
            format!(
                "permanent Azure's managed identity endpoint at {at} answered 200 OK, {not_said}"
            )
        };
        assert_eq!(told, expected, "{said}");
        let requests = server.take_requests();
        assert_eq!(
            requests[0].target,
            format!(
                "/token?api-version=2020-06-01&resource=api%3A%2F%2Fconfluent&{selector}=%2Fid+1"
            )
        );
    }
}
