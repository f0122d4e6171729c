use proptest::prelude::*;
use serde_json::json;
use sts_emulator::Builder;

use crate::requests::{Form, client, get};

const EVERYTHING: &str = r#"
listen = "127.0.0.1:0"
allow_remote = false
public_url = "http://localhost:1"
allowed_hosts = ["sts"]
trust_any_jwt = false
leeway_seconds = 5
signing_algorithm = "EdDSA"
audiences = ["confluent"]

[rate_limit]
requests = 100
window_seconds = 60

[limits]
kept_requests = 10
body_bytes = 10000
time_seconds = 10
connections = 100

[[identity_provider]]
issuer = "https://idp.example"
jwks_file = "jwks.json"
audiences = ["confluent"]

[[identity_pool]]
id = "pool-abc"
identity_claim = "claims.sub"
filter = 'claims.sub.startsWith("m")'

[[identity_pool]]
id = "pool-other"
identity_provider = "https://idp.example"

[[client]]
id = "me"
secret = "s"

[[fault]]
status = 429
times = 1
headers = { retry-after = "1" }
match = { identity_pool_id = "pool-abc" }
"#;

#[tokio::test]
async fn a_file_says_everything() {
    let folder = tempfile::tempdir().unwrap();
    let keys = sts_emulator::StsEmulator::start().await.unwrap();
    let jwks = get(format!("{}/jwks", keys.identity_provider())).await;
    std::fs::write(folder.path().join("jwks.json"), jwks.to_string()).unwrap();
    let file = folder.path().join("emulator.toml");
    std::fs::write(&file, EVERYTHING).unwrap();
    let emulator = Builder::from_file(&file).unwrap().start().await.unwrap();
    assert_eq!(emulator.url(), "http://localhost:1");
    // The public URL leads nowhere here.
    let send = async |form: &Form| {
        let url = format!("http://{}{}", emulator.address(), crate::requests::PATH);
        client().post(url).form(&form.0).send().await.unwrap()
    };
    let form = Form::new(&emulator.subject_token("me").unwrap());
    assert_eq!(send(&form).await.headers()["retry-after"], "1");
    assert_eq!(send(&form).await.status(), 200);
    assert_eq!(
        send(&Form::new(&emulator.subject_token("you").unwrap()))
            .await
            .status(),
        400
    );
    let token = keys
        .any_token(&json!({"iss": "https://idp.example", "aud": "confluent"}))
        .unwrap();
    let form = Form::new(&token).with("identity_pool_id", "pool-other");
    assert_eq!(send(&form).await.status(), 200);
    let token = keys
        .any_token(&json!({"iss": "https://idp.example", "aud": "else"}))
        .unwrap();
    let form = Form::new(&token).with("identity_pool_id", "pool-other");
    assert_eq!(send(&form).await.status(), 400);
    // No state was written.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

/// The example of the documentation is one.
#[test]
fn the_documentation_has_a_configuration() {
    let page = include_str!("../../src/lib.rs");
    let example = page
        .split_once("```toml\n")
        .unwrap()
        .1
        .split_once("//! ```")
        .unwrap()
        .0;
    let example: Vec<&str> = example
        .lines()
        .map(|line| line.trim_start_matches("//!").trim_start())
        .collect();
    assert!(example.len() > 30);
    drop(Builder::from_toml(&example.join("\n")).unwrap());
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    // In the words of the operating system.
    let none = std::fs::read("nowhere").unwrap_err();
    for (text, why) in [
        ("\nlisten = 5", "line 2: "),
        ("listen = \"a\"", "line 1: "),
        ("\n\nlisten", "line 3: "),
        (
            "a = 1",
            "line 1: unknown field `a`, expected one of `listen`, ",
        ),
        (
            "trust_any_jwt = true\ntrust_any_jwt = true",
            "line 2: duplicate key",
        ),
        (
            "signing_algorithm = \"HS256\"",
            "line 1: unknown variant `HS256`, expected one of `RS256`, `ES256`, `EdDSA`",
        ),
        (
            "[rate_limit]\nrequests = 1\nwindow_seconds = 0",
            "line 3: a rate limit counts from 1",
        ),
        (
            "[rate_limit]\nrequests = 1",
            "line 1: missing field `window_seconds`",
        ),
        (
            "[[identity_pool]]\nfilter = ''",
            "line 1: missing field `id`",
        ),
        (
            "[[identity_pool]]\nid = ''",
            "line 2: the identity pool id \"\" is empty, too long, ",
        ),
        (
            "[[identity_pool]]\nid = 'a'\n[[identity_pool]]\nid = 'a'",
            "line 4: the identity pool id \"a\" is empty, too long, ",
        ),
        (
            "[[identity_pool]]\nid = 'a'\nfilter = '''\nclaims.a =='''",
            "line 3: the filter cannot be read: at character 12: a value is missing",
        ),
        (
            "[[identity_pool]]\nid = 'a'\n\nidentity_provider = 'x'",
            "line 4: no identity provider has the issuer x",
        ),
        (
            "[[identity_pool]]\nid = 'a'\nidentity_claim = ''",
            "line 3: the identity claim \"\" names no claim; examples: ",
        ),
        (
            "[[identity_provider]]\nissuer = 'a'\njwks_url = 'ftp://b'",
            "line 3: ftp://b is neither https nor http",
        ),
        (
            "[[identity_provider]]\nissuer = 'a'\njwks_file = 'nowhere'",
            &format!("line 3: nowhere: {none}"),
        ),
        (
            "[[identity_provider]]\nissuer = 'a'\njwks_url = 'http://b'\njwks_file = 'c'",
            "line 4: an identity provider has jwks_url or jwks_file, not both",
        ),
        (
            "[[identity_provider]]\nissuer = 'nonsense'",
            "line 2: nonsense/.well-known/openid-configuration is no URL: ",
        ),
        (
            "[[fault]]\nstatus = 429\n\n[[fault]]\nstatus = 1",
            "line 4: status is from 200 to 599",
        ),
        (
            "[[fault]]\ncode = 429",
            "line 2: unknown field `code`, expected one of ",
        ),
    ] {
        let error = Builder::from_toml(text).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("configuration: {why}")),
            "{text}: {error}"
        );
        assert_eq!(error.lines().count(), 1);
    }
    let error = Builder::from_file("/nowhere/emulator.toml")
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("/nowhere/emulator.toml: cannot be read: "),
        "{error}"
    );
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_in_one_line(text in "\\PC{0,60}") {
        if let Err(error) = Builder::from_toml(&text) {
            prop_assert_eq!(error.to_string().lines().count(), 1);
        }
    }

    /// Each line of a configuration that is right, without some characters or with others.
    #[test]
    fn damaged_configurations_are_read_or_refused(at in 0..EVERYTHING.len(), length in 0..20_usize, put in "\\PC{0,3}") {
        let end = (at + length).min(EVERYTHING.len());
        let mut text = EVERYTHING.to_owned();
        text.replace_range(at..end, &put);
        if let Err(error) = Builder::from_toml(&text) {
            let error = error.to_string();
            prop_assert!(error.starts_with("configuration: line "), "{}", error);
        }
    }
}
