//! Providers and sources that the environment describes.

use std::fs;

use sts_sdk_tests::{JWT, Server, reply, token_reply};

use super::platform::ask;

type Variables<'a> = &'a [(&'a str, &'a str)];

pub(super) const POOL: (&str, &str) = ("CONFLUENT_STS_IDENTITY_POOL_ID", "pool-abc");

pub(super) async fn said(variables: &[(&str, &str)]) -> String {
    ask(&["provider"], variables).await
}

/// An STS and an identity provider at one address: whatever is asked for a subject token gets [`JWT`].
async fn server() -> Server {
    let server = Server::start(|request| {
        if request.target == "/sts/v1/oauth2/token" {
            return token_reply("access-token");
        }
        let body = format!(
            r#"{{"value": "{JWT}", "oidcToken": "{JWT}", "access_token": "{JWT}", "data": {{"token": "{JWT}"}}}}"#
        );
        reply("200 OK", &[], body)
    });
    server.await.unwrap()
}

/// The targets that were asked, without the exchange, which comes last.
fn asked(server: &Server) -> Vec<String> {
    let mut requests = server.take_requests();
    let exchange = requests.pop().unwrap();
    assert_eq!(exchange.target, "/sts/v1/oauth2/token");
    let body = String::from_utf8(exchange.body).unwrap();
    assert!(body.contains("identity_pool_id=pool-abc"), "{body}");
    assert!(body.contains(&format!("subject_token={JWT}")), "{body}");
    requests.into_iter().map(|request| request.target).collect()
}

/// Each case: variables, and what is asked before the exchange.
async fn check(server: &Server, cases: &[(Variables<'_>, &[&str])]) {
    let url = server.url();
    for (settings, targets) in cases {
        let common = [
            POOL,
            ("CONFLUENT_STS_URL", &*url),
            ("CONFLUENT_STS_LIFETIME", "600"),
        ];
        assert_eq!(
            said(&[&common, *settings].concat()).await,
            "token access-token",
            "{settings:?}"
        );
        assert_eq!(asked(server), *targets, "{settings:?}");
    }
}

/// A file that holds a subject token, in a folder of its own.
fn token_file() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, JWT).unwrap();
    let file = file.to_str().unwrap().to_owned();
    (folder, file)
}

#[tokio::test]
async fn tokens_that_are_there_are_taken() {
    let server = server().await;
    let (_folder, file) = token_file();
    let cases: [(Variables<'_>, &[&str]); 8] = [
        (
            &[
                ("CONFLUENT_STS_SOURCE", "file"),
                ("CONFLUENT_STS_TOKEN_FILE", &file),
            ],
            &[],
        ),
        (&[("CONFLUENT_STS_TOKEN_FILE", &file)], &[]),
        (&[("CONFLUENT_STS_TOKEN", JWT)], &[]),
        (
            &[("CONFLUENT_STS_TOKEN_VARIABLE", "OWN"), ("OWN", JWT)],
            &[],
        ),
        (
            &[
                ("CONFLUENT_STS_SOURCE", "aws-web-identity-token-file"),
                ("AWS_WEB_IDENTITY_TOKEN_FILE", &file),
            ],
            &[],
        ),
        (
            &[
                ("CONFLUENT_STS_SOURCE", "azure-federated-token-file"),
                ("AZURE_FEDERATED_TOKEN_FILE", &file),
            ],
            &[],
        ),
        (
            &[
                ("CONFLUENT_STS_SOURCE", "gitlab-ci"),
                ("CONFLUENT_ID_TOKEN", JWT),
            ],
            &[],
        ),
        (
            &[
                ("CONFLUENT_STS_SOURCE", "circleci"),
                ("CIRCLE_OIDC_TOKEN_V2", JWT),
            ],
            &[],
        ),
    ];
    check(&server, &cases).await;
}

#[cfg(unix)]
#[tokio::test]
async fn programs_are_run() {
    use std::os::unix::fs::PermissionsExt;

    let server = server().await;
    let (folder, file) = token_file();
    for (program, arguments) in [
        ("buildkite-agent", "oidc request-token --audience a"),
        ("circleci", r#"run oidc get --claims {"aud":"a"}"#),
    ] {
        let program = folder.path().join(program);
        let script = format!("#!/bin/sh\n[ \"$*\" = '{arguments}' ] && echo {JWT}\n");
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = folder.path().to_str().unwrap();
    let command = serde_json::json!(["/bin/cat", file]).to_string();
    let cases: [(Variables<'_>, &[&str]); 3] = [
        (
            &[
                ("CONFLUENT_STS_SOURCE", "circleci"),
                ("CONFLUENT_STS_AUDIENCE", "a"),
                ("PATH", path),
            ],
            &[],
        ),
        (
            &[
                ("CONFLUENT_STS_SOURCE", "buildkite"),
                ("CONFLUENT_STS_AUDIENCE", "a"),
                ("PATH", path),
            ],
            &[],
        ),
        (&[("CONFLUENT_STS_COMMAND", &command)], &[]),
    ];
    check(&server, &cases).await;
}

#[tokio::test]
async fn platforms_and_identity_providers_are_asked() {
    let server = server().await;
    let url = server.url();
    let (_folder, file) = token_file();
    let at = |path: &str| format!("{url}{path}");
    let (github, azure, oauth, http) = (at("/github"), at("/azure"), at("/oauth"), at("/http"));
    let cases: [(Variables<'_>, &[&str]); 10] = [
        (
            &[
                ("CONFLUENT_STS_HTTP_URL", &http),
                ("CONFLUENT_STS_TOKEN_POINTER", "/value"),
            ],
            &["/http"],
        ),
        (
            &[
                ("CONFLUENT_STS_SOURCE", "github-actions"),
                ("ACTIONS_ID_TOKEN_REQUEST_URL", &github),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "t"),
                ("CONFLUENT_STS_AUDIENCE", "a"),
            ],
            &["/github?audience=a"],
        ),
        (
            &[
                ("CONFLUENT_STS_SOURCE", "azure-pipelines"),
                ("SYSTEM_OIDCREQUESTURI", &azure),
                ("SYSTEM_ACCESSTOKEN", "t"),
                ("CONFLUENT_STS_SERVICE_CONNECTION_ID", "c"),
            ],
            &["/azure?api-version=7.1&serviceConnectionId=c"],
        ),
        (
            &[
                ("CONFLUENT_STS_TOKEN_URL", &oauth),
                ("CONFLUENT_STS_CLIENT_ID", "c"),
                ("CONFLUENT_STS_CLIENT_SECRET", "s"),
            ],
            &["/oauth"],
        ),
        (
            &[
                ("CONFLUENT_STS_TOKEN_URL", &oauth),
                ("CONFLUENT_STS_CLIENT_ID", "c"),
                ("CONFLUENT_STS_CLIENT_ASSERTION_FILE", &file),
            ],
            &["/oauth"],
        ),
        (
            &[
                ("CONFLUENT_STS_SOURCE", "managed-identity"),
                ("AZURE_POD_IDENTITY_AUTHORITY_HOST", &url),
                ("CONFLUENT_STS_RESOURCE", "r"),
                ("CONFLUENT_STS_OBJECT_ID", "o"),
            ],
            &["/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r&object_id=o"],
        ),
        (
            &[
                ("CONFLUENT_STS_SOURCE", "managed-identity"),
                ("AZURE_POD_IDENTITY_AUTHORITY_HOST", &url),
                ("CONFLUENT_STS_RESOURCE", "r"),
                ("CONFLUENT_STS_RESOURCE_ID", "i"),
            ],
            &["/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r&msi_res_id=i"],
        ),
        (
            &[
                ("CONFLUENT_STS_VAULT_ROLE", "r"),
                ("VAULT_ADDR", &url),
                ("VAULT_TOKEN", "t"),
            ],
            &["/v1/identity/oidc/token/r"],
        ),
        (
            &[
                ("CONFLUENT_STS_SOURCE", "managed-identity"),
                ("AZURE_POD_IDENTITY_AUTHORITY_HOST", &url),
                ("CONFLUENT_STS_RESOURCE", "r"),
                ("CONFLUENT_STS_CLIENT_ID", "c"),
            ],
            &["/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r&client_id=c"],
        ),
        (
            &[
                ("CONFLUENT_STS_SOURCE", "azure-workload-identity"),
                ("AZURE_CLIENT_ID", "c"),
                ("AZURE_TENANT_ID", "t"),
                ("AZURE_FEDERATED_TOKEN_FILE", &file),
                ("AZURE_AUTHORITY_HOST", &url),
                ("CONFLUENT_STS_SCOPE", "s"),
            ],
            &["/t/oauth2/v2.0/token"],
        ),
    ];
    check(&server, &cases).await;
}
