//! Whatever a server does, each source that asks over HTTP says what happened, whether to ask again, and no secret.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sts_sdk_tests::{Act, Recorded, Server, jwt, reply};

use super::platform::{printed, process};
use super::private_key::p256;

/// What the sources send, in one way or another.
const SECRET: &str = "hunter2/secret+of=this-source";
/// The same as a form has it.
const ENCODED: &str = "hunter2%2Fsecret%2Bof%3Dthis-source";

struct Source {
    arguments: Vec<String>,
    variables: Vec<(&'static str, String)>,
    /// How its errors begin, before the address.
    who: &'static str,
}

fn source(arguments: &[&str], variables: &[(&'static str, &str)], who: &'static str) -> Source {
    let variables = variables
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    Source {
        arguments: arguments
            .iter()
            .map(|&argument| argument.to_owned())
            .collect(),
        variables: variables.collect(),
        who,
    }
}

/// Every source that asks over HTTP, with the server at `url`. `file` holds the secret, `key` a private key.
fn sources(url: &str, file: &str, key: &str) -> Vec<Source> {
    let host = url.replace("http://", "");
    let (azure, oauth) = ("Azure's managed identity endpoint", "the token endpoint");
    let managed = ["managed-identity", "api://confluent"];
    vec![
        source(
            &["github", "confluent"],
            &[
                ("ACTIONS_ID_TOKEN_REQUEST_URL", url),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", SECRET),
            ],
            "GitHub Actions",
        ),
        source(
            &["azure-pipelines", "connection"],
            &[
                ("SYSTEM_OIDCREQUESTURI", url),
                ("SYSTEM_ACCESSTOKEN", SECRET),
            ],
            "Azure Pipelines",
        ),
        source(
            &managed,
            &[("AZURE_POD_IDENTITY_AUTHORITY_HOST", url)],
            azure,
        ),
        source(
            &managed,
            &[("IDENTITY_ENDPOINT", url), ("IDENTITY_HEADER", SECRET)],
            azure,
        ),
        source(
            &managed,
            &[("IDENTITY_ENDPOINT", url), ("IMDS_ENDPOINT", url)],
            azure,
        ),
        source(
            &["azure-workload-identity", "api://confluent/.default"],
            &[
                ("AZURE_AUTHORITY_HOST", url),
                ("AZURE_CLIENT_ID", "client"),
                ("AZURE_TENANT_ID", "tenant"),
                ("AZURE_FEDERATED_TOKEN_FILE", file),
            ],
            oauth,
        ),
        source(
            &["google", "confluent"],
            &[("GCE_METADATA_HOST", &host)],
            "Google's metadata server",
        ),
        source(&["client-credentials", url, "header", SECRET], &[], oauth),
        source(&["client-credentials", url, "body", SECRET], &[], oauth),
        source(
            &["client-credentials", url, "assertion", SECRET],
            &[],
            oauth,
        ),
        source(&["client-credentials", url, "key", key], &[], oauth),
        #[cfg(feature = "aws")]
        source(
            &["aws", "audience", "confluent"],
            &[
                ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
                ("AWS_SECRET_ACCESS_KEY", SECRET),
                ("AWS_SESSION_TOKEN", SECRET),
                ("AWS_REGION", "eu-central-1"),
                ("AWS_ENDPOINT_URL_STS", url),
            ],
            "AWS STS",
        ),
        source(
            &["vault", "role"],
            &[("VAULT_ADDR", url), ("VAULT_TOKEN", SECRET)],
            "the token's HTTP endpoint",
        ),
        source(
            &["http-token", url, "KEY"],
            &[("KEY", SECRET)],
            "the token's HTTP endpoint",
        ),
        source(
            &["http-token", &format!("{url}/token?key={ENCODED}"), "KEY"],
            &[("KEY", "a key of its own")],
            "the token's HTTP endpoint",
        ),
        source(
            &["http-token", &format!("{url}/{SECRET}?key={SECRET}"), "KEY"],
            &[("KEY", "a key of its own")],
            "the token's HTTP endpoint",
        ),
    ]
}

/// What the request held, for a server that sends it back.
fn echo(request: &Recorded) -> String {
    let mut all = vec![request.target.clone()];
    all.extend(request.headers.iter().map(|(_, value)| value.clone()));
    all.push(String::from_utf8_lossy(&request.body).into_owned());
    all.join(" ").replace(['"', '\\', '\r', '\n'], " ")
}

type Fault = fn(&str) -> Vec<Act>;

/// Of every kind: what the server does, and what is made of it.
const FAULTS: &[(Fault, &str)] = &[
    (
        |echo| {
            let body =
                format!(r#"{{"error": "invalid_client", "error_description": "no: {echo}"}}"#);
            refusal("401 Unauthorized", echo, &[], &body)
        },
        "permanent",
    ),
    (
        |echo| {
            refusal(
                "403 Forbidden",
                echo,
                &[],
                &format!("<html><title>{echo}</title>{echo}</html>"),
            )
        },
        "permanent",
    ),
    (
        |echo| refusal("400 Bad Request", echo, &[], echo),
        "permanent",
    ),
    (
        |echo| refusal("302 Found", echo, &["location: /elsewhere"], echo),
        "permanent",
    ),
    (
        |echo| refusal("429 Too Many Requests", echo, &["retry-after: 17"], echo),
        "transient(17s)",
    ),
    (
        |echo| refusal("500 Internal Server Error", echo, &[], echo),
        "transient",
    ),
    (
        |echo| refusal("503 Service Unavailable", echo, &["retry-after: 3"], echo),
        "transient(3s)",
    ),
    (
        |echo| refusal("501 Not Implemented", echo, &[], echo),
        "permanent",
    ),
    (
        |echo| {
            vec![Act::Send(reply(
                "200 OK",
                &[],
                format!("<html>{echo}</html>"),
            ))]
        },
        "permanent",
    ),
    (
        |_| vec![Act::Send(reply("200 OK", &[], b"\xff\xfe{\x00"))],
        "permanent",
    ),
    (
        |echo| {
            vec![Act::Send(reply(
                "200 OK",
                &[],
                format!(r#"{{"other": "{echo}"}}"#),
            ))]
        },
        "permanent",
    ),
    (
        |echo| vec![Act::Send(reply("200 OK", &[], echo.repeat(2000)))],
        "permanent",
    ),
    (
        |echo| {
            let head = "HTTP/1.1 200 OK\r\ncontent-length: 999999\r\n\r\n{\"access_token\": \"";
            vec![Act::Send(format!("{head}{echo}").into_bytes()), Act::Close]
        },
        "transient",
    ),
    (|_| vec![Act::Close], "transient"),
    (|_| vec![Act::Reset], "transient"),
    (
        |echo| {
            vec![
                Act::Send(format!("{echo}\r\n\r\n").into_bytes()),
                Act::Close,
            ]
        },
        "transient",
    ),
];

fn refusal(status: &str, echo: &str, headers: &[&str], body: &str) -> Vec<Act> {
    let echo = format!("x-echo: {echo}");
    // Google's metadata server says that it is one.
    let own = ["metadata-flavor: Google", &echo];
    vec![Act::Send(reply(status, &[&own, headers].concat(), body))]
}

/// Fails if a part of the secret is in `text`, without showing it.
fn assert_clean(text: &str, what: &str, key: &str) {
    for line in key.lines().filter(|line| !line.starts_with("-----")) {
        assert!(!text.contains(line), "{what} shows a key");
    }
    let basic = STANDARD.encode(format!("my-client:{ENCODED}"));
    for secret in [SECRET, ENCODED, &basic] {
        let inner = &secret[4..secret.len() - 4];
        assert!(!text.contains(inner), "{what} shows a secret");
    }
}

#[tokio::test]
async fn each_source_tells_every_fault_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, SECRET).unwrap();
    let file = file.to_str().unwrap();
    let key = p256().forms.swap_remove(0);
    let key_file = folder.path().join("key.pem");
    fs::write(&key_file, &key).unwrap();
    let key_file = key_file.to_str().unwrap();
    let count = sources("http://127.0.0.1:1", file, key_file).len();
    let mut asking = Vec::new();
    for nth in 0..count {
        let requests = AtomicUsize::new(0);
        let server = Server::acting(move |request| {
            let request_nth = requests.fetch_add(1, Ordering::Relaxed);
            match FAULTS.get(request_nth) {
                Some((fault, _)) => [fault(&echo(request)), vec![Act::Close]].concat(),
                None => vec![Act::Hang],
            }
        });
        let server = server.await.unwrap();
        let source = sources(&server.url(), file, key_file).swap_remove(nth);
        let faults = FAULTS.len().to_string();
        let arguments = source.arguments.iter().map(String::as_str);
        let arguments: Vec<&str> = ["faults", &faults].into_iter().chain(arguments).collect();
        let variables = source
            .variables
            .iter()
            .map(|(name, value)| (*name, &**value));
        let process = process(&arguments, &variables.collect::<Vec<_>>());
        asking.push((source, server, tokio::spawn(printed(process))));
    }
    for (source, server, asked) in asking {
        let (said, logged) = asked.await.unwrap();
        let what = &source.arguments[0];
        assert_clean(&said, what, &key);
        assert_clean(&logged, what, &key);
        assert!(logged.contains("refresh{"), "{what} left a trace");
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.len(), FAULTS.len() + 1, "{what}: {said}");
        for (line, (_, outcome)) in lines.iter().zip(FAULTS) {
            let start = format!("{outcome} {}", source.who);
            assert!(line.starts_with(&start), "{what}: {start}: {line}");
        }
        let deadline = "took beyond the deadline of 30s";
        assert!(lines[FAULTS.len()].contains(deadline), "{what}: {said}");
        let requests = server.take_requests();
        // The last may not have come before the deadline.
        assert!(requests.len() >= FAULTS.len() && requests.len() <= FAULTS.len() + 1);
        let followed = requests
            .iter()
            .any(|request| request.target == "/elsewhere");
        assert!(!followed, "{what} followed a redirect");
    }
}

#[tokio::test]
async fn sources_without_a_server_show_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, SECRET).unwrap();
    let file = file.to_str().unwrap();
    let jwt = jwt(&serde_json::json!({"exp": 1, "sub": SECRET}));
    let prints = serde_json::json!(["/bin/echo", SECRET]).to_string();
    let fails = serde_json::json!(["/bin/sh", "-c", format!("echo {jwt} >&2; exit 3"), SECRET]);
    let fails = fails.to_string();
    for (settings, said) in [
        (&[("CONFLUENT_STS_TOKEN", SECRET)][..], " is no JWT"),
        (&[("CONFLUENT_STS_TOKEN", &jwt)], " expired "),
        (&[("CONFLUENT_STS_TOKEN_FILE", file)], " is no JWT"),
        (
            &[("CONFLUENT_STS_TOKEN_VARIABLE", "OWN"), ("OWN", SECRET)],
            " is no JWT",
        ),
        (
            &[("CONFLUENT_STS_TOKEN_VARIABLE", "OWN"), ("OWN", &jwt)],
            " expired ",
        ),
        (&[("CONFLUENT_STS_COMMAND", &prints)], " is no JWT"),
        (
            &[("CONFLUENT_STS_COMMAND", &fails)],
            " exit status: 3: [redacted]",
        ),
        (&[("CONFLUENT_STS_SOURCE", SECRET)], "names no source"),
        (
            &[
                ("CONFLUENT_STS_TOKEN", SECRET),
                ("CONFLUENT_STS_LIFETIME", SECRET),
            ],
            "is not a number",
        ),
        (&[("CONFLUENT_STS_COMMAND", SECRET)], "is not an array"),
        (
            &[
                ("CONFLUENT_STS_HTTP_URL", SECRET),
                ("CONFLUENT_STS_HTTP_HEADERS", SECRET),
            ],
            "is not an object",
        ),
    ] {
        let pool = [
            ("CONFLUENT_STS_IDENTITY_POOL_ID", "pool-abc"),
            ("CONFLUENT_STS_URL", "http://127.0.0.1:1"),
        ];
        let process = process(&["traced-provider"], &[&pool, settings].concat());
        let (printed, logged) = printed(process).await;
        assert!(printed.contains(said), "{said}: {printed}");
        assert_clean(&printed, said, SECRET);
        assert_clean(&logged, said, SECRET);
        for part in jwt.split('.').skip(1) {
            let text = format!("{printed}{logged}");
            assert!(
                !text.contains(&part[..part.len() - 1]),
                "{said} shows a part of the token"
            );
        }
    }
}
