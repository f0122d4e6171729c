//! Tokens of any HTTP endpoint.

use std::fs;
use std::time::{Duration, SystemTime};

use sts_sdk::Secret;
use sts_sdk::subject_token::{HttpToken, HttpValue, SubjectTokenSource};
use sts_sdk_tests::{Act, Server, reply, says};

use super::platform::ask;
use super::{error, read};

#[tokio::test]
async fn vault_is_asked_for_the_token_of_a_role() {
    let server = Server::start(|_| {
        reply(
            "200 OK",
            &[],
            r#"{"data": {"token": "eyJ.a.b", "ttl": 600}}"#,
        )
    });
    let server = server.await.unwrap();
    let address = format!("{}/", server.url());
    let variables = [("VAULT_ADDR", &*address), ("VAULT_TOKEN", "hunter2")];
    assert_eq!(
        ask(&["vault", "my-role"], &variables).await,
        "token eyJ.a.b"
    );
    let in_namespace = [variables[0], variables[1], ("VAULT_NAMESPACE", "team")];
    assert_eq!(
        ask(&["vault", "my-role"], &in_namespace).await,
        "token eyJ.a.b"
    );
    let requests = server.take_requests();
    for request in &requests {
        assert_eq!(request.method, "GET");
        assert_eq!(request.target, "/v1/identity/oidc/token/my-role");
        assert_eq!(request.header("x-vault-token"), Some("hunter2"));
    }
    assert_eq!(requests[0].header("x-vault-namespace"), None);
    assert_eq!(requests[1].header("x-vault-namespace"), Some("team"));
    assert_eq!(
        ask(&["vault", "my-role"], &variables[..1]).await,
        "permanent the token's HTTP endpoint: the environment variable VAULT_TOKEN is not set; set it"
    );
    let denied = Server::start(|_| {
        reply(
            "403 Forbidden",
            &[],
            r#"{"errors": ["permission denied", "hunter2"]}"#,
        )
    });
    let denied = denied.await.unwrap();
    let said = ask(
        &["vault", "r"],
        &[("VAULT_ADDR", &denied.url()), variables[1]],
    )
    .await;
    assert!(
        said.contains("403 Forbidden: permission denied") && !said.contains("hunter2"),
        "{said}"
    );
}

#[tokio::test]
async fn a_request_is_what_it_was_told_to_be() {
    let server = Server::start(|_| {
        reply(
            "200 OK",
            &[],
            r#"{"a/b": [{"t": "eyJ.a.b"}], "life": "60"}"#,
        )
    });
    let server = server.await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    fs::write(&key, "hunter2\n").unwrap();
    let source = HttpToken::post(format!("{}/token?x=y", server.url()))
        .header("Authorization", HttpValue::file(&key).prefix("Key "))
        .header("x-own", Secret::from("value"))
        .body("application/json", r#"{"for": "confluent"}"#)
        .token_at("/a~1b/0/t")
        .lifetime_at("/life");
    let shown = format!("{source:?}");
    assert!(
        !shown.contains("value") && !shown.contains("confluent"),
        "{shown}"
    );
    let before = SystemTime::now();
    let token = source.subject_token().await.unwrap();
    assert_eq!(token.secret().expose_secret(), "eyJ.a.b");
    let end = token.expires_at().unwrap();
    assert!(
        end >= before + Duration::from_secs(60)
            && end <= SystemTime::now() + Duration::from_secs(60)
    );
    let requests = server.take_requests();
    assert_eq!(requests[0].method, "POST");
    assert_eq!(requests[0].target, "/token?x=y");
    assert_eq!(requests[0].header("authorization"), Some("Key hunter2"));
    assert_eq!(requests[0].header("x-own"), Some("value"));
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
    assert_eq!(requests[0].body, br#"{"for": "confluent"}"#);

    // Read anew.
    fs::write(&key, "other").unwrap();
    read(&source).await;
    assert_eq!(
        server.take_requests()[0].header("authorization"),
        Some("Key other")
    );
}

#[tokio::test]
async fn the_whole_body_is_the_token_unless_told_otherwise() {
    let server = Server::start(|_| reply("200 OK", &[], "\n eyJ.a.b \n"))
        .await
        .unwrap();
    assert_eq!(read(&HttpToken::get(server.url())).await, "eyJ.a.b");
}

#[tokio::test]
async fn answers_that_are_no_token_are_errors() {
    let hunter = r#"{"data": {"token": 5, "other": "hunter2"}}"#;
    let cases = [
        (
            "/number",
            Act::Send(reply("200 OK", &[], hunter)),
            false,
            r#"answered 200 OK, but its JSON has no text at "/data/token""#,
        ),
        (
            "/empty",
            Act::Send(reply("200 OK", &[], "")),
            false,
            "answered 200 OK, but it is not JSON at line 1 column *",
        ),
        (
            "/long",
            Act::Send(reply("200 OK", &[], "x".repeat(300_000))),
            false,
            "answered 200 OK, but with more than 262144 bytes, which is no token",
        ),
        (
            "/cut",
            Act::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{".to_vec()),
            true,
            "answered 200 OK, but the connection ended too early",
        ),
        (
            "/moved",
            Act::Send(reply("307 Temporary Redirect", &["location: /number"], "")),
            false,
            "answered 307 Temporary Redirect, a redirect, which is not followed",
        ),
    ];
    let acts: Vec<_> = cases
        .iter()
        .map(|(path, act, ..)| (*path, act.clone()))
        .collect();
    let server = Server::acting(move |request| {
        let act = acts.iter().find(|(path, _)| *path == request.target);
        vec![act.unwrap().1.clone(), Act::Close]
    });
    let server = server.await.unwrap();
    let at = server
        .url()
        .replace("http://", "the token's HTTP endpoint at ");
    for (path, _, transient, said) in cases {
        let source = HttpToken::get(format!("{}{path}", server.url())).token_at("/data/token");
        let error = error(&source).await;
        assert!(says(&error.to_string(), &format!("{at} {said}")), "{error}");
        assert_eq!(error.is_transient(), transient, "{error}");
    }
    assert_eq!(server.take_requests().len(), 5, "no redirect is followed");
    let nobody = error(&HttpToken::get("http://127.0.0.1:1")).await;
    assert!(nobody.is_transient(), "{nobody}");
    assert!(
        nobody
            .to_string()
            .starts_with("the token's HTTP endpoint: no connection to 127.0.0.1:1: "),
        "{nobody}"
    );
}

#[tokio::test]
async fn a_server_that_asks_to_wait_is_obeyed() {
    let server = Server::start(|_| reply("429 Too Many Requests", &["retry-after: 17"], ""));
    let server = server.await.unwrap();
    let error = error(&HttpToken::get(server.url())).await;
    assert_eq!(error.retry_after(), Some(Duration::from_secs(17)));
}

#[tokio::test]
async fn what_a_request_is_made_of_may_be_missing() {
    let server = Server::start(|_| reply("200 OK", &[], "eyJ.a.b"))
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    let of_file = HttpToken::get(server.url()).header("authorization", HttpValue::file(&file));
    let missing = error(&of_file).await;
    assert!(missing.is_transient(), "{missing}");
    let shown = file.display().to_string();
    assert!(missing.to_string().contains(&shown), "{missing}");
    let variable = HttpValue::variable("STS_SDK_TESTS_NOT_SET");
    let of_variable = HttpToken::get(server.url()).header("authorization", variable);
    let missing = error(&of_variable).await;
    assert!(!missing.is_transient(), "{missing}");
    assert!(
        missing.to_string().contains("STS_SDK_TESTS_NOT_SET"),
        "{missing}"
    );
    assert!(server.take_requests().is_empty());
    // The file is mounted at last.
    fs::write(&file, "k").unwrap();
    assert_eq!(read(&of_file).await, "eyJ.a.b");
}

#[tokio::test]
async fn nothing_is_sent_in_clear_text() {
    let source = HttpToken::get("http://idp.example.com/token").header("authorization", "hunter2");
    let error = error(&source).await;
    assert!(!error.is_transient(), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("in clear text; use https") && !text.contains("hunter2"),
        "{text}"
    );
}

#[tokio::test]
async fn headers_that_cannot_be_sent_are_named_without_their_value() {
    for (name, value, said) in [
        ("x y", "v", "the name of the header \"x y\" cannot be sent"),
        (
            "x",
            "hunter2\nx",
            "the value of the header \"x\" cannot be sent",
        ),
    ] {
        let error = error(&HttpToken::get("https://example.com").header(name, value)).await;
        let at = "the token's HTTP endpoint at example.com:443";
        assert_eq!(error.to_string(), format!("{at}: {said}"));
        assert!(!error.is_transient());
    }
}
