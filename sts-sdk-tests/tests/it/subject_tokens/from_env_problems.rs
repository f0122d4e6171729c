//! What is said of settings that are missing, contradictory or cannot be read.

use sts_sdk_tests::{JWT, jwt, lifetimes, says};

use super::from_env::{POOL, said};
use super::platforms::{AZURE_PIPELINES, GITHUB, GITLAB};

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
                 IMDS_ENDPOINT, SPIFFE_ENDPOINT_SOCKET, and the file /var/run/secrets/tokens/confluent)"
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
        #[cfg(not(feature = "spiffe"))]
        (
            &[POOL, ("SPIFFE_ENDPOINT_SOCKET", "unix:///agent.sock")],
            "the source spiffe asks the SPIFFE Workload API, which this was built without; enable the feature `spiffe` of \
             sts-sdk",
        ),
        (
            &[POOL, ("CONFLUENT_STS_SOURCE", "hunter2")],
            "CONFLUENT_STS_SOURCE names no source; it is one of aws-web-identity, aws-web-identity-token-file, \
             azure-federated-token-file, azure-pipelines, azure-workload-identity, buildkite, circleci, \
             client-credentials, command, file, github-actions, gitlab-ci, google-metadata, http-token, \
             managed-identity, spiffe, token, variable, vault",
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
}

#[tokio::test]
async fn values_that_cannot_be_read_are_not_repeated() {
    for (settings, text) in [
        (
            &[("CONFLUENT_STS_COMMAND", "hunter2 --flag")][..],
            "CONFLUENT_STS_COMMAND is not an array of texts such as [\"program\", \"argument\"] in JSON, from column * on",
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
             column * on; CONFLUENT_STS_HTTP_BODY and CONFLUENT_STS_HTTP_BODY_FILE are both set; leave one; \
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
             JSON, from column * on",
        ),
        (
            &[
                ("CONFLUENT_STS_TOKEN_URL", "https://idp.example.com"),
                ("CONFLUENT_STS_CLIENT_ID", "c"),
                ("CONFLUENT_STS_CLIENT_SECRET", "hunter2"),
                (
                    "CONFLUENT_STS_PARAMETERS",
                    r#"{"client_id": "hunter2", "resource": "r"}"#,
                ),
            ],
            "CONFLUENT_STS_PARAMETERS has client_id, which the source sends itself; leave it out",
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
        let said = said(&variables).await;
        assert!(says(&said, &format!("not built: {text}")), "{said}");
    }
}

#[tokio::test]
async fn what_the_builder_refuses_is_said() {
    let beyond = (lifetimes().0.end() + 1).to_string();
    let lifetime = [
        POOL,
        ("CONFLUENT_STS_TOKEN", JWT),
        ("CONFLUENT_STS_LIFETIME", &*beyond),
    ];
    let text = said(&lifetime).await;
    assert!(
        text.starts_with("not built: the lifetime must be whole seconds from "),
        "{text}"
    );
    let expired = jwt(&serde_json::json!({"exp": 1}));
    let text = said(&[POOL, ("CONFLUENT_STS_TOKEN", &expired)]).await;
    assert!(
        text.contains(" expired ") && !text.contains(&expired),
        "{text}"
    );
}
