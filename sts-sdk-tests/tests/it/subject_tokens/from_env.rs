//! Providers and sources that the environment describes.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;

use sts_sdk_tests::{JWT, Server, jwt, reply, token_reply};

use super::platform::ask;
use super::platforms::{AZURE_PIPELINES, GITHUB, GITLAB};

type Variables<'a> = &'a [(&'a str, &'a str)];

const POOL: (&str, &str) = ("CONFLUENT_STS_IDENTITY_POOL_ID", "pool-abc");

async fn said(variables: &[(&str, &str)]) -> String {
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

#[tokio::test]
async fn each_named_source_is_made_of_its_settings() {
    let server = server().await;
    let url = server.url();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, JWT).unwrap();
    let file = file.to_str().unwrap();
    let at = |path: &str| format!("{url}{path}");
    let (github, azure, oauth, http) = (at("/github"), at("/azure"), at("/oauth"), at("/http"));
    let agent = folder.path().join("buildkite-agent");
    fs::write(
        &agent,
        format!("#!/bin/sh\n[ \"$*\" = 'oidc request-token --audience a' ] && echo {JWT}\n"),
    )
    .unwrap();
    fs::set_permissions(&agent, fs::Permissions::from_mode(0o755)).unwrap();
    fs::copy(&agent, folder.path().join("circleci")).unwrap();
    let circleci = format!(
        "#!/bin/sh\n[ \"$*\" = 'run oidc get --claims {{\"aud\":\"a\"}}' ] && echo {JWT}\n"
    );
    fs::write(folder.path().join("circleci"), circleci).unwrap();
    let path = folder.path().to_str().unwrap();
    let command = serde_json::json!(["/bin/cat", file]).to_string();
    let headers = serde_json::json!({
        "authorization": {"file": file, "after": "Bearer "},
        "x-own": {"variable": "OWN"},
        "x-text": "t",
    });
    let headers = headers.to_string();
    let cases: &[(Variables<'_>, &[&str])] = &[
        (
            &[
                ("CONFLUENT_STS_SOURCE", "file"),
                ("CONFLUENT_STS_TOKEN_FILE", file),
            ],
            &[],
        ),
        (&[("CONFLUENT_STS_TOKEN_FILE", file)], &[]),
        (&[("CONFLUENT_STS_TOKEN", JWT)], &[]),
        (
            &[("CONFLUENT_STS_TOKEN_VARIABLE", "OWN"), ("OWN", JWT)],
            &[],
        ),
        (
            &[
                ("CONFLUENT_STS_SOURCE", "aws-web-identity-token-file"),
                ("AWS_WEB_IDENTITY_TOKEN_FILE", file),
            ],
            &[],
        ),
        (
            &[
                ("CONFLUENT_STS_SOURCE", "azure-federated-token-file"),
                ("AZURE_FEDERATED_TOKEN_FILE", file),
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
        (
            &[
                ("CONFLUENT_STS_HTTP_URL", &http),
                ("CONFLUENT_STS_HTTP_METHOD", "POST"),
                ("CONFLUENT_STS_HTTP_HEADERS", &headers),
                ("CONFLUENT_STS_HTTP_BODY", "{}"),
                ("CONFLUENT_STS_TOKEN_POINTER", "/value"),
                ("CONFLUENT_STS_LIFETIME_POINTER", "/ttl"),
                ("OWN", "o"),
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
                ("CONFLUENT_STS_CLIENT_ASSERTION_FILE", file),
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
                ("AZURE_FEDERATED_TOKEN_FILE", file),
                ("AZURE_AUTHORITY_HOST", &url),
                ("CONFLUENT_STS_SCOPE", "s"),
            ],
            &["/t/oauth2/v2.0/token"],
        ),
    ];
    for &(settings, targets) in cases {
        let common = [
            POOL,
            ("CONFLUENT_STS_URL", &*url),
            ("CONFLUENT_STS_LIFETIME", "600"),
        ];
        assert_eq!(
            said(&[&common, settings].concat()).await,
            "token access-token",
            "{settings:?}"
        );
        assert_eq!(asked(&server), targets, "{settings:?}");
    }
}

#[tokio::test]
async fn everything_that_is_missing_is_in_one_text() {
    let permission = "GitHub Actions: the environment variable ACTIONS_ID_TOKEN_REQUEST_URL is not set; give the job the \
                      permission `id-token: write`, and run this in a step of the job itself";
    let pool = "CONFLUENT_STS_IDENTITY_POOL_ID is not set; set it to the id of the identity pool";
    for (variables, text) in [
        (
            &[][..],
            &*format!(
                "{pool}; no source of subject tokens was found; set CONFLUENT_STS_SOURCE, CONFLUENT_STS_TOKEN_FILE or \
                 CONFLUENT_STS_TOKEN_URL, or run this where one is detected (looked for: GITHUB_ACTIONS, TF_BUILD, \
                 GITLAB_CI, CIRCLECI, BUILDKITE, AZURE_FEDERATED_TOKEN_FILE, IDENTITY_ENDPOINT with IDENTITY_HEADER or \
                 IMDS_ENDPOINT, and the file /var/run/secrets/tokens/confluent)"
            ),
        ),
        (&[&[POOL], GITHUB].concat(), permission),
        // It does not fall through to the next.
        (
            &[&[POOL, ("AZURE_FEDERATED_TOKEN_FILE", "f")], GITHUB].concat(),
            permission,
        ),
        (
            &[GITHUB, &[("CONFLUENT_STS_LIFETIME", "soon")]].concat(),
            &format!("{pool}; CONFLUENT_STS_LIFETIME is not a number of seconds; {permission}"),
        ),
        (
            &[&[POOL], GITHUB, GITLAB].concat(),
            "more than one source fits this platform: github-actions (GITHUB_ACTIONS is true) and gitlab-ci (GITLAB_CI is \
             true); set CONFLUENT_STS_SOURCE to the one that is meant",
        ),
        (
            &[&[POOL], AZURE_PIPELINES].concat(),
            "CONFLUENT_STS_SERVICE_CONNECTION_ID is not set; set it to the id of the service connection; Azure Pipelines: \
             the environment variable SYSTEM_ACCESSTOKEN is not set; map it into the step: `env: SYSTEM_ACCESSTOKEN: \
             $(System.AccessToken)`",
        ),
        (
            &[&[POOL], GITLAB].concat(),
            "GitLab CI: the environment variable CONFLUENT_ID_TOKEN is not set; declare it with `id_tokens:` in the job",
        ),
        (
            &[
                POOL,
                ("CONFLUENT_STS_TOKEN", "hunter2"),
                ("CONFLUENT_STS_TOKEN_FILE", "f"),
            ],
            "CONFLUENT_STS_TOKEN and CONFLUENT_STS_TOKEN_FILE are set, which name different sources; leave one, or set \
             CONFLUENT_STS_SOURCE",
        ),
        (
            &[POOL, ("CONFLUENT_STS_SOURCE", "hunter2")],
            "CONFLUENT_STS_SOURCE names no source; it is one of aws-web-identity-token-file, azure-federated-token-file, \
             azure-pipelines, azure-workload-identity, buildkite, circleci, client-credentials, command, file, \
             github-actions, gitlab-ci, google-metadata, http-token, managed-identity, token, variable, vault",
        ),
        (
            &[POOL, ("CONFLUENT_STS_SOURCE", "client-credentials")],
            "CONFLUENT_STS_TOKEN_URL is not set; set it to the token URL of the identity provider; CONFLUENT_STS_CLIENT_ID \
             is not set; set it to the id of the client; CONFLUENT_STS_CLIENT_SECRET_FILE is not set; set it to the file \
             that holds the client's secret, or CONFLUENT_STS_CLIENT_SECRET to the secret itself",
        ),
        (
            &[
                POOL,
                ("CONFLUENT_STS_TOKEN_URL", "https://idp.example.com"),
                ("CONFLUENT_STS_CLIENT_ID", "c"),
                ("CONFLUENT_STS_CLIENT_SECRET", "hunter2"),
                ("CONFLUENT_STS_CLIENT_SECRET_FILE", "f"),
            ],
            "CONFLUENT_STS_CLIENT_SECRET and CONFLUENT_STS_CLIENT_SECRET_FILE are both set; leave one",
        ),
    ] {
        assert_eq!(
            said(variables).await,
            format!("not built: {text}"),
            "{variables:?}"
        );
    }
    // Values that cannot be read are not repeated.
    for (settings, text) in [
        (
            &[("CONFLUENT_STS_COMMAND", "hunter2 --flag")][..],
            "CONFLUENT_STS_COMMAND is not an array of texts such as [\"program\", \"argument\"] in JSON, from column 1 on",
        ),
        (
            &[("CONFLUENT_STS_COMMAND", "[]")],
            "CONFLUENT_STS_COMMAND has no program",
        ),
        (
            &[
                ("CONFLUENT_STS_COMMAND", r#"["cat"]"#),
                ("CONFLUENT_STS_COMMAND_TIMEOUT", "hunter2"),
            ],
            "CONFLUENT_STS_COMMAND_TIMEOUT is not a number of seconds",
        ),
        (
            &[("CONFLUENT_STS_SOURCE", "command")],
            "CONFLUENT_STS_COMMAND is not set; set it to the program and its arguments, such as [\"program\", \
             \"argument\"]",
        ),
        (
            &[
                ("CONFLUENT_STS_HTTP_URL", "https://idp.example.com"),
                ("CONFLUENT_STS_HTTP_METHOD", "hunter2"),
                ("CONFLUENT_STS_HTTP_BODY", "hunter2"),
                ("CONFLUENT_STS_HTTP_BODY_FILE", "f"),
                (
                    "CONFLUENT_STS_HTTP_HEADERS",
                    r#"{"x": {"file": "f", "hunter2": ""}}"#,
                ),
            ],
            "CONFLUENT_STS_HTTP_HEADERS is not an object of texts and of {\"file\": …} or {\"variable\": …} in JSON, from \
             column 35 on; CONFLUENT_STS_HTTP_BODY and CONFLUENT_STS_HTTP_BODY_FILE are both set; leave one; \
             CONFLUENT_STS_HTTP_METHOD is neither GET nor POST",
        ),
        (
            &[
                ("CONFLUENT_STS_SOURCE", "managed-identity"),
                ("CONFLUENT_STS_CLIENT_ID", "c"),
                ("CONFLUENT_STS_OBJECT_ID", "o"),
            ],
            "CONFLUENT_STS_RESOURCE is not set; set it to an application ID URI such as api://confluent; \
             CONFLUENT_STS_CLIENT_ID and CONFLUENT_STS_OBJECT_ID are both set; leave one",
        ),
        (
            &[
                ("CONFLUENT_STS_TOKEN_URL", "https://idp.example.com"),
                ("CONFLUENT_STS_CLIENT_ID", "c"),
                ("CONFLUENT_STS_CLIENT_SECRET", "hunter2"),
                ("CONFLUENT_STS_SECRET_IN_BODY", "hunter2"),
                ("CONFLUENT_STS_PARAMETERS", r#"{"a": 1}"#),
            ],
            "CONFLUENT_STS_SECRET_IN_BODY is neither true nor false; CONFLUENT_STS_PARAMETERS is not an object of texts in \
             JSON, from column 7 on",
        ),
        (
            &[
                ("CONFLUENT_STS_TOKEN", JWT),
                ("CONFLUENT_STS_ALLOW_HTTP", "hunter2"),
            ],
            "CONFLUENT_STS_ALLOW_HTTP is neither true nor false",
        ),
    ] {
        let variables = [&[POOL], settings].concat();
        assert_eq!(said(&variables).await, format!("not built: {text}"));
    }
    // What the builder refuses.
    let lifetime = [
        POOL,
        ("CONFLUENT_STS_TOKEN", JWT),
        ("CONFLUENT_STS_LIFETIME", "901"),
    ];
    let text = said(&lifetime).await;
    assert!(
        text.starts_with("not built: ") && text.contains("from 1 to 900"),
        "{text}"
    );
    let expired = jwt(&serde_json::json!({"exp": 1}));
    let text = said(&[POOL, ("CONFLUENT_STS_TOKEN", &expired)]).await;
    assert!(
        text.contains(" expired ") && !text.contains(&expired),
        "{text}"
    );
}
