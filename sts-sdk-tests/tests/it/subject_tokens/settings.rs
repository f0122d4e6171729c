//! Settings that a program hands over, and the table of them.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sts_sdk::subject_token::{self, ChosenSource, SubjectTokenSource};
use sts_sdk::{BuildError, Client, Secret, TokenProvider, settings};
use sts_sdk_tests::{JWT, Server, reply, token_reply, workspace};

use super::platform::ask_logged;

fn chosen(given: &[(&'static str, &str)]) -> Result<ChosenSource, BuildError> {
    let given: HashMap<&str, &str> = given.iter().copied().collect();
    subject_token::from_settings(|name| given.get(name).copied())
}

#[tokio::test]
async fn a_program_hands_over_settings_by_a_look_up() {
    let server = Server::start(|_| token_reply("access-token"))
        .await
        .unwrap();
    let url = server.url();
    let look_up = |name: &str| match name {
        "CONFLUENT_STS_IDENTITY_POOL_ID" => Some(Secret::from(" pool-abc\n")),
        "CONFLUENT_STS_URL" => Some(Secret::from(url.as_str())),
        "CONFLUENT_STS_TOKEN" => Some(Secret::from(JWT)),
        "CONFLUENT_STS_LIFETIME" => Some(Secret::from("600")),
        // As good as not set.
        _ => Some(Secret::from(" \n")),
    };
    let tokens = TokenProvider::from_settings(look_up).unwrap();
    let token = tokens.token().await.unwrap();
    assert_eq!(token.secret().expose_secret(), "access-token");
    let further = TokenProvider::builder().identity_pool_id("pool-other");
    let further = further
        .settings(look_up)
        .unwrap()
        .name("a test")
        .build()
        .unwrap();
    further.token().await.unwrap();
    let bodies = server.take_requests();
    let bodies: Vec<_> = bodies
        .iter()
        .map(|request| String::from_utf8_lossy(&request.body))
        .collect();
    assert!(
        bodies[0].contains("identity_pool_id=pool-abc&"),
        "{}",
        bodies[0]
    );
    assert!(bodies[0].contains("expires_in=600"), "{}", bodies[0]);
    assert!(
        bodies[1].contains("identity_pool_id=pool-other&"),
        "{}",
        bodies[1]
    );
}

#[tokio::test]
async fn what_was_given_before_stays() {
    let server = Server::start(|_| token_reply("access-token"))
        .await
        .unwrap();
    let look_up = |name: &str| match name {
        "CONFLUENT_STS_IDENTITY_POOL_ID" => Some("pool-abc"),
        // Nobody listens there.
        "CONFLUENT_STS_URL" => Some("http://127.0.0.1:1"),
        "CONFLUENT_STS_TOKEN" => Some(JWT),
        "CONFLUENT_STS_LIFETIME" => Some("600"),
        _ => None,
    };
    let client = Client::for_base_url(&server.url()).unwrap();
    for builder in [
        TokenProvider::builder().base_url(server.url()),
        TokenProvider::builder().client(client),
    ] {
        let builder = builder.lifetime(Duration::from_secs(300));
        let tokens = builder.settings(look_up).unwrap().max_retries(0);
        tokens.build().unwrap().token().await.unwrap();
    }
    let requests = server.take_requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        let body = String::from_utf8_lossy(&request.body);
        assert!(body.contains("expires_in=300"), "{body}");
    }
}

#[test]
fn a_source_says_why_it_was_chosen_and_what_it_does_not_take() {
    let source = chosen(&[
        ("CONFLUENT_STS_TOKEN", "hunter2"),
        ("CONFLUENT_STS_SCOPE", "hunter2"),
        ("CONFLUENT_STS_IDENTITY_POOL_ID", "pool-abc"),
    ]);
    let source = source.unwrap();
    assert_eq!(
        source.to_string(),
        "token, because CONFLUENT_STS_TOKEN is set"
    );
    assert_eq!(
        (source.name(), source.reason()),
        ("token", "CONFLUENT_STS_TOKEN is set")
    );
    assert_eq!(source.unused(), ["CONFLUENT_STS_SCOPE"]);
    assert_eq!(source.describe(), "the static token");
    let shown = format!("{source:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    let named = chosen(&[
        ("CONFLUENT_STS_SOURCE", "file"),
        ("CONFLUENT_STS_TOKEN_FILE", "f"),
        ("CONFLUENT_STS_TOKEN", "hunter2"),
    ]);
    let named = named.unwrap();
    assert_eq!(
        named.to_string(),
        "file, because CONFLUENT_STS_SOURCE names it"
    );
    assert_eq!(named.unused(), ["CONFLUENT_STS_TOKEN"]);
}

#[tokio::test]
async fn what_settings_say_of_a_request_is_sent() {
    let body = r#"{"value": "eyJ.a.b", "ttl": 60, "access_token": "eyJ.a.b"}"#;
    let server = Server::start(move |_| reply("200 OK", &[], body))
        .await
        .unwrap();
    let url = server.url();
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    fs::write(&key, "k\n").unwrap();
    // Cargo sets it for tests.
    let headers = serde_json::json!({
        "authorization": {"file": key, "prefix": "Bearer "},
        "x-own": {"variable": "CARGO_PKG_NAME"},
        "x-text": "t",
    });
    let headers = headers.to_string();
    let http = chosen(&[
        ("CONFLUENT_STS_HTTP_URL", &url),
        ("CONFLUENT_STS_HTTP_METHOD", "POST"),
        ("CONFLUENT_STS_HTTP_HEADERS", &headers),
        ("CONFLUENT_STS_HTTP_BODY", "a=b"),
        ("CONFLUENT_STS_HTTP_CONTENT_TYPE", "text/plain"),
        ("CONFLUENT_STS_TOKEN_POINTER", "/value"),
        ("CONFLUENT_STS_LIFETIME_POINTER", "/ttl"),
    ]);
    let token = http.unwrap().subject_token().await.unwrap();
    assert_eq!(token.secret().expose_secret(), "eyJ.a.b");
    assert!(token.expires_at().is_some());
    let body_file = chosen(&[
        ("CONFLUENT_STS_HTTP_URL", &url),
        ("CONFLUENT_STS_HTTP_METHOD", "POST"),
        ("CONFLUENT_STS_HTTP_BODY_FILE", key.to_str().unwrap()),
    ]);
    body_file.unwrap().subject_token().await.unwrap();
    let oauth = chosen(&[
        ("CONFLUENT_STS_TOKEN_URL", &url),
        ("CONFLUENT_STS_CLIENT_ID", "c"),
        ("CONFLUENT_STS_CLIENT_SECRET_FILE", key.to_str().unwrap()),
        ("CONFLUENT_STS_SECRET_IN_BODY", "true"),
        ("CONFLUENT_STS_SCOPE", "s"),
        ("CONFLUENT_STS_AUDIENCE", "a"),
        ("CONFLUENT_STS_PARAMETERS", r#"{"resource": "r"}"#),
    ]);
    oauth.unwrap().subject_token().await.unwrap();
    let requests = server.take_requests();
    assert_eq!(requests[0].method, "POST");
    assert_eq!(requests[0].header("authorization"), Some("Bearer k"));
    assert_eq!(requests[0].header("x-own"), Some("sts-sdk-tests"));
    assert_eq!(requests[0].header("x-text"), Some("t"));
    assert_eq!(requests[0].header("content-type"), Some("text/plain"));
    assert_eq!(requests[0].body, b"a=b");
    assert_eq!(requests[1].header("content-type"), Some("application/json"));
    assert_eq!(requests[1].body, b"k");
    let form =
        "grant_type=client_credentials&scope=s&audience=a&resource=r&client_id=c&client_secret=k";
    assert_eq!(String::from_utf8_lossy(&requests[2].body), form);
}

#[tokio::test]
async fn settings_say_how_an_oauth_client_proves_who_it_is() {
    let server = Server::start(|_| reply("200 OK", &[], r#"{"access_token": "eyJ.a.b"}"#));
    let server = server.await.unwrap();
    let url = format!("{}/token", server.url());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "eyJ.own.jwt\n").unwrap();
    let file = file.to_str().unwrap();
    // c:s and c:eyJ.own.jwt
    let (of_text, of_file) = ("Basic Yzpz", "Basic YzpleUoub3duLmp3dA==");
    let secret = ("CONFLUENT_STS_CLIENT_SECRET", "s");
    let in_body = ("CONFLUENT_STS_SECRET_IN_BODY", "true");
    let assertion = "grant_type=client_credentials&client_id=c&client_assertion_type=\
                     urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=eyJ.own.jwt";
    let cases: [(&[(&'static str, &str)], _, _); 4] = [
        (&[secret], Some(of_text), "grant_type=client_credentials"),
        (
            &[("CONFLUENT_STS_CLIENT_SECRET_FILE", file)],
            Some(of_file),
            "grant_type=client_credentials",
        ),
        (
            &[secret, in_body],
            None,
            "grant_type=client_credentials&client_id=c&client_secret=s",
        ),
        (
            &[("CONFLUENT_STS_CLIENT_ASSERTION_FILE", file)],
            None,
            assertion,
        ),
    ];
    for (settings, header, form) in cases {
        let common = [
            ("CONFLUENT_STS_TOKEN_URL", &*url),
            ("CONFLUENT_STS_CLIENT_ID", "c"),
        ];
        let source = chosen(&[&common[..], settings].concat()).unwrap();
        source.subject_token().await.unwrap();
        let request = &server.take_requests()[0];
        assert_eq!(request.target, "/token");
        assert_eq!(request.header("authorization"), header);
        assert_eq!(String::from_utf8_lossy(&request.body), form);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_may_take_as_long_as_a_setting_says() {
    let source = chosen(&[
        ("CONFLUENT_STS_COMMAND", r#"["/bin/sleep", "1000"]"#),
        ("CONFLUENT_STS_COMMAND_TIMEOUT", "0"),
    ]);
    let error = source.unwrap().subject_token().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the program /bin/sleep took more than 0ns and was killed"
    );
}

#[test]
fn a_server_of_plain_http_is_taken_where_that_is_allowed() {
    let provider = |allowed: &'static str| {
        TokenProvider::from_settings(move |name| match name {
            "CONFLUENT_STS_IDENTITY_POOL_ID" => Some("pool-abc"),
            "CONFLUENT_STS_TOKEN" => Some(JWT),
            "CONFLUENT_STS_URL" => Some("http://sts.test.example.com"),
            "CONFLUENT_STS_ALLOW_HTTP" => Some(allowed),
            _ => None,
        })
    };
    provider("true").unwrap();
    assert!(provider("false").unwrap_err().is_base_url());
    assert!(provider("").unwrap_err().is_base_url());
}

/// The rows of the table of the documentation, as the code has them.
fn rows() -> String {
    let row = |setting: &settings::Setting| {
        let sources: Vec<_> = setting
            .sources()
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        format!(
            "| `{}` | {} | {} |\n",
            setting.name(),
            setting.about(),
            sources.join(", ")
        )
        .replace("|  |", "| |")
    };
    settings::ALL.iter().map(row).collect()
}

/// The names of variables that the code below `folder` has, without its tests.
fn names_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names_in(&path, found);
            continue;
        }
        let code = fs::read_to_string(path).unwrap();
        let code = code.split("#[cfg(test)]").next().unwrap();
        let lines = code.lines().filter(|line| !line.trim().starts_with("//"));
        for part in lines.flat_map(|line| line.split('"')) {
            let is_part_of_name =
                |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
            let is_name = part.bytes().all(is_part_of_name) && part.contains('_') && part.len() > 4;
            if is_name && !part.starts_with("CARGO_") {
                found.insert(part.to_owned());
            }
        }
    }
}

#[test]
fn the_documentation_has_every_variable_that_the_code_names() {
    let source = workspace().join("sts-sdk/src");
    let page = fs::read_to_string(source.join("settings/settings.md")).unwrap();
    let mut names = BTreeSet::new();
    names_in(&source.join("subject_token"), &mut names);
    names_in(&source.join("settings"), &mut names);
    assert!(names.len() > 50, "names were found: {}", names.len());
    names.retain(|name| !page.contains(&format!("`{name}`")));
    assert!(names.is_empty(), "not in settings.md: {names:?}");
}

#[test]
fn the_documentation_has_every_setting_and_every_source() {
    let page = fs::read_to_string(workspace().join("sts-sdk/src/settings/settings.md")).unwrap();
    let head = "| setting | what it is | of which sources |\n| --- | --- | --- |\n";
    let rows = rows();
    assert!(
        page.contains(&format!("{head}{rows}\n")),
        "the table is to be\n{head}{rows}"
    );
    // What a wrong name is told.
    let error = chosen(&[("CONFLUENT_STS_SOURCE", "none")])
        .unwrap_err()
        .to_string();
    let names = error.split_once("it is one of ").unwrap().1;
    let names: Vec<&str> = names.split(", ").collect();
    let sources = page
        .split_once("| `CONFLUENT_STS_SOURCE` | source |")
        .unwrap()
        .1;
    let sources = sources.split_once("\n\n").unwrap().0;
    let documented: Vec<&str> = sources
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    assert_eq!(documented, names);
    for setting in settings::ALL {
        for source in setting.sources() {
            assert!(names.contains(source), "{} is for {source}", setting.name());
        }
    }
}

#[test]
fn what_may_hold_a_credential_is_marked() {
    let secret = settings::ALL.iter().filter(|setting| setting.is_secret());
    let mut names: Vec<_> = secret.map(settings::Setting::name).collect();
    names.sort_unstable();
    let expected = [
        "CLIENT_KEY",
        "CLIENT_SECRET",
        "HTTP_BODY",
        "HTTP_HEADERS",
        "HTTP_URL",
        "PARAMETERS",
        "TOKEN",
    ];
    assert_eq!(names, expected.map(|name| format!("CONFLUENT_STS_{name}")));
}

#[tokio::test]
async fn the_choice_is_logged() {
    let variables = [
        ("CONFLUENT_STS_TOKEN", "hunter2"),
        ("CONFLUENT_STS_SCOPE", "s"),
    ];
    let (said, logged) = ask_logged(&["chosen"], &variables).await;
    assert_eq!(said, "token, because CONFLUENT_STS_TOKEN is set");
    let mut lines = logged.lines();
    let line = lines.find(|line| line.contains("chose where subject tokens come from"));
    let line = line.unwrap();
    for part in [" INFO ", "source=\"token\"", "CONFLUENT_STS_TOKEN is set"] {
        assert!(line.contains(part), "{line}");
    }
    assert!(!logged.contains("hunter2"), "the token is logged");
}

#[tokio::test]
async fn a_chosen_source_is_told_of_refusals_and_a_variable_has_its_prefix() {
    let count = AtomicUsize::new(0);
    let server = Server::start(move |_| {
        let nth = count.fetch_add(1, Ordering::Relaxed);
        let body = format!(r#"{{"access_token": "eyJ.{nth}.b", "expires_in": 600}}"#);
        reply("200 OK", &[], body)
    });
    let server = server.await.unwrap();
    let url = server.url();
    let source = chosen(&[
        ("CONFLUENT_STS_TOKEN_URL", &url),
        ("CONFLUENT_STS_CLIENT_ID", "c"),
        ("CONFLUENT_STS_CLIENT_SECRET", "s"),
    ]);
    let source = source.unwrap();
    let first = source.subject_token().await.unwrap();
    source.refused(&first);
    let next = source.subject_token().await.unwrap();
    assert_eq!(next.secret().expose_secret(), "eyJ.1.b");
    assert_eq!(server.take_requests().len(), 2);
    let headers = r#"{"x-own": {"variable": "CARGO_PKG_NAME", "prefix": "Key "}}"#;
    let http = chosen(&[
        ("CONFLUENT_STS_HTTP_URL", &url),
        ("CONFLUENT_STS_HTTP_HEADERS", headers),
    ]);
    http.unwrap().subject_token().await.unwrap();
    let requests = server.take_requests();
    assert_eq!(requests[0].header("x-own"), Some("Key sts-sdk-tests"));
}
