//! The platform's own client and the source for it ask one server, which has to see the same request.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;
use sts_sdk_tests::{Recorded, Server, jwt, reply, workspace};

use super::platform::ask;

type Variables<'a> = &'a [(&'a str, &'a str)];

/// Headers that do not decide what comes back: how a client names itself and what it can read, what Node.js adds to every
/// request of `fetch`, and telemetry. All others are compared.
const NOT_COMPARED: &[&str] = &[
    "accept",
    "accept-encoding",
    "accept-language",
    "connection",
    "sec-fetch-mode",
    "user-agent",
    "x-client-sku",
    "x-client-ver",
    "x-goog-api-client",
    "x-ms-client-request-id",
];
/// What MSAL sends with every request, and a GET needs not.
const FORM: (&str, &str) = (
    "content-type",
    "application/x-www-form-urlencoded;charset=utf-8",
);

/// A request as far as it is compared. The order of parameters and headers does not matter.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    method: String,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Asked {
    fn of(request: Recorded) -> Self {
        let (path, query) = request
            .target
            .split_once('?')
            .unwrap_or((&request.target, ""));
        let query = form_urlencoded::parse(query.as_bytes()).into_owned();
        let mut query: Vec<(String, String)> = query.collect();
        query.sort();
        let headers = request.headers.into_iter();
        let compared = headers.filter(|(name, _)| !NOT_COMPARED.contains(&name.as_str()));
        let mut headers: Vec<(String, String)> = compared.collect();
        headers.sort();
        Self {
            method: request.method,
            path: path.to_owned(),
            query,
            headers,
            body: request.body,
        }
    }

    /// Takes out a header that it has on purpose, or by chance, where the other has none.
    fn without_header(mut self, (name, value): (&str, &str)) -> Self {
        let place = self.headers.iter().position(|header| header.0 == name);
        let place = place.unwrap_or_else(|| panic!("there is no header {name} in {self:?}"));
        assert_eq!(self.headers.remove(place).1, value);
        self
    }

    /// Takes the slash from the end of the path.
    fn without_slash(mut self) -> Self {
        assert_eq!(self.path.pop(), Some('/'));
        self
    }

    /// Gives a parameter another name, where the two differ on purpose.
    fn with_renamed(mut self, name: &str, new: &str) -> Self {
        let found = self.query.iter_mut().find(|parameter| parameter.0 == name);
        let found = found.unwrap_or_else(|| panic!("there is no parameter {name}"));
        new.clone_into(&mut found.0);
        self.query.sort();
        self
    }
}

/// What the server has seen since it was last asked.
fn asked(server: &Server) -> Vec<Asked> {
    server.take_requests().into_iter().map(Asked::of).collect()
}

/// A file of `.ci/run foreign`.
fn installed(path: &str) -> PathBuf {
    let path = workspace().join("target/tools").join(path);
    assert!(
        path.exists(),
        "{} is missing: `.ci/run foreign` installs it",
        path.display()
    );
    path
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/foreign")
        .join(name)
}

/// Runs a client with the variables of a platform and no others.
async fn run(program: impl AsRef<OsStr>, arguments: &[&OsStr], variables: Variables<'_>) {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .envs(variables.iter().copied())
        .stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.unwrap();
    let output = output.unwrap_or_else(|error| panic!("install Node.js and Python 3: {error}"));
    // What it prints may be the token.
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {complained}", output.status);
}

async fn ours(arguments: &[&str], variables: Variables<'_>) {
    let said = ask(arguments, variables).await;
    assert!(said.starts_with("token "), "{said}");
}

#[tokio::test]
#[ignore = "needs Node.js and @actions/core (.ci/run foreign)"]
async fn foreign_actions_core_asks_as_github_actions_does() {
    let token = jwt(&json!({"sub": "repo:my-org/my-repo:ref:refs/heads/main"}));
    let body = json!({"count": 1, "value": token}).to_string();
    let server =
        Server::start(move |_| reply("200 OK", &["content-type: application/json"], &body));
    let server = server.await.unwrap();
    // It adds `&audience=`, so that the URL has to have a query. GitHub's has.
    let url = format!("{}/idtoken/1/2?api-version=2.0", server.url());
    let variables = [
        ("ACTIONS_ID_TOKEN_REQUEST_URL", &*url),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token"),
    ];
    let packages = installed("npm");
    let file = script("github_actions.mjs");
    for audience in ["confluent", "https://confluent.cloud/a b?c=d&e=ü"] {
        let arguments = [file.as_os_str(), packages.as_os_str(), audience.as_ref()];
        run("node", &arguments, &variables).await;
        let theirs = asked(&server);
        ours(&["github", audience], &variables).await;
        assert_eq!(theirs.len(), 1);
        assert_eq!(asked(&server), theirs);
        assert!(
            theirs[0]
                .query
                .contains(&("audience".to_owned(), audience.to_owned()))
        );
    }
}

#[tokio::test]
#[ignore = "needs google-auth (.ci/run foreign)"]
async fn foreign_google_auth_asks_as_google_metadata_does() {
    let token = jwt(&json!({"sub": "1", "exp": 4_000_000_000_u32}));
    let headers = ["content-type: text/html", "metadata-flavor: Google"];
    let server = Server::start(move |_| reply("200 OK", &headers, &token))
        .await
        .unwrap();
    let host = server.url().replace("http://", "");
    let variables = [("GCE_METADATA_HOST", &*host)];
    let python = installed("python/bin/python");
    let file = script("google_metadata.py");
    for audience in ["confluent", "https://confluent.cloud/a b?c=d&e=ü"] {
        run(&python, &[file.as_os_str(), audience.as_ref()], &variables).await;
        let theirs = asked(&server);
        ours(&["google", audience], &variables).await;
        assert_eq!(theirs.len(), 1);
        assert_eq!(asked(&server), theirs);
        assert!(
            theirs[0]
                .query
                .contains(&("format".to_owned(), "full".to_owned()))
        );
    }
}

const RESOURCE: &str = "api://confluent";
/// Which identity is asked for.
const IDENTITIES: &[&[&str]] = &[
    &[],
    &["client-id", "00000000-0000-0000-0000-000000000001"],
    &["object-id", "00000000-0000-0000-0000-000000000002"],
    &["resource-id", "/subscriptions/a b/resourceGroups/c"],
];

/// An answer of any of Azure's endpoints, which says that it is of each of [`IDENTITIES`].
fn managed_identity() -> Vec<u8> {
    let body = json!({
        "access_token": jwt(&json!({"aud": RESOURCE})),
        "expires_on": "4000000000",
        "resource": RESOURCE,
        "token_type": "Bearer",
        "client_id": IDENTITIES[1][1],
        "object_id": IDENTITIES[2][1],
        "msi_res_id": IDENTITIES[3][1],
    });
    reply(
        "200 OK",
        &["content-type: application/json"],
        body.to_string(),
    )
}

/// What MSAL's client and ours ask for `identity`.
async fn both(
    server: &Server,
    identity: &[&str],
    variables: Variables<'_>,
) -> (Vec<Asked>, Vec<Asked>) {
    let (file, packages) = (script("managed_identity.mjs"), installed("npm"));
    let mut arguments = vec![file.as_os_str(), packages.as_os_str(), RESOURCE.as_ref()];
    arguments.extend(identity.iter().map(|argument| OsStr::new(*argument)));
    run("node", &arguments, variables).await;
    let theirs = asked(server);
    let arguments = [&["managed-identity", RESOURCE], identity].concat();
    ours(&arguments, variables).await;
    (theirs, asked(server))
}

#[tokio::test]
#[ignore = "needs Node.js and @azure/msal-node (.ci/run foreign)"]
async fn foreign_msal_asks_imds_as_managed_identity_does() {
    let server = Server::start(|_| managed_identity()).await.unwrap();
    let url = server.url();
    let variables = [("AZURE_POD_IDENTITY_AUTHORITY_HOST", &*url)];
    for identity in IDENTITIES {
        let (theirs, ours) = both(&server, identity, &variables).await;
        let theirs = theirs.into_iter();
        // It ends the path so only where this variable is set.
        let theirs: Vec<Asked> = theirs
            .map(|asked| asked.without_header(FORM).without_slash())
            .collect();
        assert_eq!(theirs.len(), 1);
        assert_eq!(ours, theirs);
    }
}

#[tokio::test]
#[ignore = "needs Node.js and @azure/msal-node (.ci/run foreign)"]
async fn foreign_msal_asks_app_service_as_managed_identity_does() {
    let server = Server::start(|_| managed_identity()).await.unwrap();
    let url = format!("{}/msi/token", server.url());
    let variables = [
        ("IDENTITY_ENDPOINT", &*url),
        ("IDENTITY_HEADER", "a-header"),
    ];
    for identity in IDENTITIES {
        let (theirs, ours) = both(&server, identity, &variables).await;
        let theirs = theirs.into_iter().map(|asked| {
            let asked = asked.without_header(FORM);
            match identity.first() {
                // The documentation of App Service has this name, and the other as an alias.
                Some(&"object-id") => asked.with_renamed("object_id", "principal_id"),
                _ => asked,
            }
        });
        let theirs: Vec<Asked> = theirs.collect();
        assert_eq!(theirs.len(), 1);
        assert_eq!(ours, theirs);
    }
}

/// A key file of Azure Arc's agent, which is gone when this is dropped. Clients take none from another folder.
struct ArcKey(PathBuf);

impl ArcKey {
    fn write() -> Self {
        let folder = Path::new("/var/opt/azcmagent/tokens");
        let file = folder.join(format!("sts-sdk-test-{}.key", std::process::id()));
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&file, "a-key"));
        written.unwrap_or_else(|error| {
            panic!("run this as root, it writes {}: {error}", file.display())
        });
        Self(file)
    }
}

impl Drop for ArcKey {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok();
        // Folders that are not empty were there before.
        for folder in self.0.ancestors().skip(1).take(2) {
            fs::remove_dir(folder).ok();
        }
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
#[ignore = "needs Node.js and @azure/msal-node (.ci/run foreign), and root for a key file in /var/opt/azcmagent/tokens"]
async fn foreign_msal_asks_azure_arc_as_managed_identity_does() {
    let key = ArcKey::write();
    let challenge = format!("www-authenticate: Basic realm={}", key.0.display());
    let server = Server::start(move |request| match request.header("authorization") {
        Some("Basic a-key") => managed_identity(),
        _ => reply("401 Unauthorized", &[&challenge], "{}"),
    });
    let server = server.await.unwrap();
    let (url, imds) = (
        format!("{}/metadata/identity/oauth2/token", server.url()),
        server.url(),
    );
    let variables = [("IDENTITY_ENDPOINT", &*url), ("IMDS_ENDPOINT", &*imds)];
    for identity in IDENTITIES {
        let (theirs, ours) = both(&server, identity, &variables).await;
        let theirs: Vec<Asked> = theirs
            .into_iter()
            .map(|asked| asked.without_header(FORM))
            .collect();
        assert_eq!(theirs.len(), 2);
        assert_eq!(ours, theirs);
    }
}
