//! `botocore` (`PyPI`) signs the requests to AWS STS again.

use std::process::{Command, Stdio};

use serde_json::json;
use sts_sdk_tests::{Recorded, Server, workspace};

use super::aws_web_identity::issued;
use super::platform::ask;

const KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// What botocore says of `request`.
async fn signed_again(request: &Recorded, url: &str, token: Option<&str>, region: &str) -> String {
    let request = json!({
        "method": request.method,
        "url": url,
        "headers": request.headers,
        "body": String::from_utf8_lossy(&request.body),
        "access_key": "AKIDEXAMPLE",
        "secret_key": KEY,
        "token": token,
        "region": region,
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("request.json");
    std::fs::write(&path, request.to_string()).unwrap();
    let mut python = Command::new(workspace().join("target/tools/botocore/bin/python"));
    python
        .arg(workspace().join("sts-sdk-tests/tests/foreign/sigv4.py"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(std::fs::File::open(path).unwrap())
        .stderr(Stdio::inherit());
    let output = tokio::task::spawn_blocking(move || python.output());
    let output = output
        .await
        .unwrap()
        .unwrap_or_else(|error| panic!("botocore is not installed (.ci/run foreign): {error}"));
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
#[ignore = "needs botocore (python3 -m venv target/tools/botocore; target/tools/botocore/bin/pip install botocore==1.44.8)"]
async fn foreign_botocore_signs_a_request_as_we_do() {
    let server = Server::start(|_| issued("eyJ.a.b")).await.unwrap();
    let url = server.url();
    let session = (
        "AWS_SESSION_TOKEN",
        "FwoGZXIvYXdzEXAMPLE//////////session-token==",
    );
    for (path, audiences, token) in [
        ("/", &["audience", "a"][..], None),
        (
            "/",
            &["audience", "a b&c=d", "audience", "https://é.example/~"],
            Some(session),
        ),
        ("/a/b", &["audience", "a"], Some(session)),
    ] {
        let url = format!("{url}{path}");
        let variables = [
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", KEY),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ENDPOINT_URL_STS", &*url),
        ];
        let variables: Vec<_> = variables.into_iter().chain(token).collect();
        let said = ask(&[&["aws"], audiences].concat(), &variables).await;
        assert_eq!(said, "token eyJ.a.b");
        let request = &server.take_requests()[0];
        let token = token.map(|(_, token)| token);
        assert_eq!(
            signed_again(request, &url, token, "eu-central-1").await,
            "the same\n"
        );
    }
}
