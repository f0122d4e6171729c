//! `confluent-sts inspect`: what it says of a token, and that it never says the token.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::SystemTime;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sts_emulator::{Algorithm, StsEmulator};
use tokio::io::AsyncWriteExt;

use crate::world::{BINARY, Ran, bare, ran};

fn now() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()
}

/// Inspects what is at the standard input.
async fn inspect(arguments: &[&str], token: &str) -> Ran {
    let mut command = bare(BINARY, Path::new("/"));
    command.arg("inspect").args(arguments).stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // One that does not read its input may be gone before it is written.
    stdin.write_all(token.as_bytes()).await.ok();
    drop(stdin);
    Ran::from(child.wait_with_output().await.unwrap())
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2lnbmF0dXJl", encode(header), encode(claims))
}

#[tokio::test]
async fn header_claims_times_and_what_is_unusual_are_told() {
    let claims = json!({
        "iss": "https://sts.windows.net/6a5b/", "aud": ["a", "b"], "iat": now() - 3330, "exp": now() + 270,
        "roles": {"admin": true}, "sub": "me\u{1b}[2J",
    });
    let token = unsigned(&json!({"alg": "RS256", "kid": "k1", "typ": "JWT"}), &claims);
    let ran = inspect(&[], &format!("Bearer {token}\n")).await;
    assert_eq!((ran.code.unwrap(), ran.err.as_str()), (0, ""));
    // Dates differ in each run.
    let text = ran.out.lines().map(|line| match line.split_once("Z, ") {
        Some((before, after)) => format!("{} {after}", before.split_at(9).0.trim_end()),
        None => line.to_owned(),
    });
    let expected = r#"header
  alg  RS256
  kid  k1
  typ  JWT
claims
  iss    https://sts.windows.net/6a5b/
  aud    ["a","b"]
  iat 55 min ago
  exp in 4 min
  roles  {"admin":true}
  sub    me\u{1b}[2J
time: expires in 4 min, of a lifetime of 60 min
signature: not verified; --jwks does
unusual: Microsoft Entra issued it in version 1.0: the application is appid; the other version has login.microsoftonline.com/TENANT/v2.0 and azp
unusual: aud is a list of 2: a filter claims.aud == "…" does not match it, "…" in claims.aud does"#;
    assert_eq!(text.collect::<Vec<_>>().join("\n"), expected);
}

#[tokio::test]
async fn programs_get_json() {
    let claims = json!({
        "iss": "https://idp.example", "sub": "me", "aud": "a", "iat": now() - 10_830, "exp": now() - 7230,
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(
        &file,
        unsigned(&json!({"alg": "ES384", "kid": "k1"}), &claims),
    )
    .unwrap();
    let mut command = bare(BINARY, folder.path());
    let ran = ran(command.args(["inspect", "--output=json", "token"])).await;
    assert_eq!(ran.code.unwrap(), 0);
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["header"], json!({"alg": "ES384", "kid": "k1"}));
    assert_eq!(json["claims"], claims);
    assert_eq!(json["state"], "expired 2 h ago");
    assert_eq!(json["times"]["exp"]["words"], "2 h ago");
    assert!(json["times"]["exp"]["in_seconds"].as_i64().unwrap() <= -7230);
    assert_eq!(json["lifetime_seconds"], 3600);
    assert_eq!(json["signature"], json!({"verified": null, "why": null}));
    assert_eq!(
        json["unusual"],
        json!([{"what": "expired", "text": "it expired 2 h ago"}])
    );
}

#[tokio::test]
async fn signatures_are_verified_with_keys_by_http_and_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    for algorithm in Algorithm::ALL {
        let emulator = StsEmulator::builder()
            .signing_algorithm(algorithm)
            .start()
            .await
            .unwrap();
        let token = emulator.subject_token("me").unwrap();
        let url = format!("{}/idp/jwks", emulator.url());
        let ran = inspect(&["--jwks", &url], &token).await;
        assert_eq!(ran.code.unwrap(), 0, "{}", ran.err);
        let expected = format!("of {url}, with {}\n", algorithm.name());
        assert!(
            ran.out.contains("signature: valid, by the key "),
            "{}",
            ran.out
        );
        assert!(ran.out.contains(&expected), "{}", ran.out);

        // The same claims, and a signature that is another's.
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let other = emulator.subject_token("other").unwrap();
        let forged = format!("{signed}.{}", other.rsplit_once('.').unwrap().1);
        assert!(!forged.ends_with(signature));
        let ran = inspect(&["--jwks", &url, "--output=json"], &forged).await;
        assert_eq!(ran.code.unwrap(), 4);
        assert!(
            ran.err
                .starts_with("error: the signature is not verified: it is not by the key of ")
        );
        let json: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(json["signature"]["verified"], false);
    }
    // The key of RFC 8037, appendix A.2.
    let key = json!({
        "kty": "OKP", "crv": "Ed25519", "kid": "x", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    });
    fs::write(&file, json!({"keys": [key]}).to_string()).unwrap();
    let file = file.to_str().unwrap();
    let token = unsigned(&json!({"alg": "EdDSA", "kid": "y"}), &json!({}));
    let ran = inspect(&["--jwks", file], &token).await;
    let expected = "has no key for a token with the kid y and alg EdDSA; check that the keys are those of the issuer\n";
    assert!(ran.err.ends_with(expected), "{}", ran.err);
    assert_eq!(ran.code.unwrap(), 4);
    let token = unsigned(&json!({"alg": "none"}), &json!({}));
    let ran = inspect(&["--jwks", file], &token).await;
    assert!(
        ran.err.contains("alg is none, and not one of RS256, "),
        "{}",
        ran.err
    );
    assert_eq!(ran.code.unwrap(), 4);
}

#[tokio::test]
async fn what_cannot_be_done_is_told_with_an_exit_code() {
    let token = unsigned(&json!({"alg": "RS256"}), &json!({}));
    let emulator = StsEmulator::start().await.unwrap();
    let page = format!("{}/", emulator.url());
    let missing = format!("{}/nowhere", emulator.url());
    // In the words of the operating system.
    let none = fs::read("/nowhere/token").unwrap_err();
    // And in those of the reader of JSON.
    let no_json = serde_json::from_str::<Value>("<html>").unwrap_err();
    for (arguments, input, code, error) in [
        (
            vec![],
            "opaque",
            3,
            "this is no JWT: it has no dots; give one in its compact form, three parts with dots between",
        ),
        (
            vec![],
            " \n",
            3,
            "standard input is empty; write the token there",
        ),
        (
            vec!["/nowhere/token"],
            "",
            3,
            &format!("the file /nowhere/token cannot be read: {none}; write the token there"),
        ),
        (
            vec![token.as_str()],
            "",
            2,
            "the file is called like a token; a token is no argument, which others can read: write it into a file, \
             or to standard input",
        ),
        (
            vec!["--jwks=/nowhere/keys"],
            &token,
            2,
            &format!("no keys in the file /nowhere/keys: {none}; name a file, or an https URL"),
        ),
        (
            vec!["--jwks=http://idp.example/keys"],
            &token,
            2,
            "http://idp.example/keys is no https URL, and who is in between could give other keys; use https",
        ),
        (
            vec!["--jwks", &page],
            &token,
            4,
            &format!(
                "no keys in {page}: it is not JSON: {no_json}; give a JSON Web Key Set, as at the jwks_uri of the \
                 identity provider"
            ),
        ),
        (
            vec!["--jwks", &missing],
            &token,
            4,
            &format!(
                "no keys from {missing}: it answered 404 Not Found; give the jwks_uri of the identity provider"
            ),
        ),
    ] {
        let ran = inspect(&arguments, input).await;
        assert_eq!(
            (ran.code.unwrap(), ran.err),
            (code, format!("error: {error}\n"))
        );
        assert_eq!(ran.out, "");
    }
    let gone = emulator.address();
    drop(emulator);
    let ran = inspect(&["--jwks", &format!("http://{gone}/keys")], &token).await;
    let refused = std::net::TcpStream::connect(gone).unwrap_err().to_string();
    assert!(ran.err.contains(&refused), "{}", ran.err);
    assert_eq!(ran.code.unwrap(), 5);
}

#[tokio::test]
async fn no_token_is_printed_not_even_one_within_another() {
    let emulator = StsEmulator::start().await.unwrap();
    let inner = emulator.subject_token("inner").unwrap();
    let token = emulator
        .any_token(&json!({"sub": "me", "assertion": inner, "list": [inner]}))
        .unwrap();
    let keys = format!("{}/idp/jwks", emulator.url());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, &token).unwrap();
    for arguments in [&["--output=text"], &["--output=json"]] {
        let mut command = bare(BINARY, folder.path());
        command
            .args(["inspect", "-vvv", "token", "--jwks", &keys])
            .args(arguments);
        let ran = ran(&mut command).await;
        assert_eq!(ran.code.unwrap(), 0, "{}", ran.err);
        assert!(ran.out.contains("[redacted]"));
        for part in token.split('.').chain(inner.split('.')) {
            let leaked = ran.out.contains(part) || ran.err.contains(part);
            assert!(!leaked, "a part of a token is printed");
        }
    }
}

#[tokio::test]
async fn a_header_is_taken_and_a_path_with_the_letters_of_a_token_is_a_path() {
    let token = unsigned(&json!({"alg": "RS256"}), &json!({"sub": "a\u{202e}b"}));
    let ran = inspect(&[], &format!("Authorization: Bearer {token}\n")).await;
    assert_eq!((ran.code, &*ran.err), (Some(0), ""));
    assert!(ran.out.contains("sub  a\\u{202e}b"), "{}", ran.out);
    assert_eq!(inspect(&["-"], &token).await.code, Some(0));
    // No other scheme, whose credentials may be a password.
    let ran = inspect(&[], &format!("Authorization: Basic {token}")).await;
    assert_eq!((ran.code, &*ran.out), (Some(3), ""));
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keyJar");
    fs::create_dir(&keys).unwrap();
    let file = keys.join("t");
    fs::write(&file, &token).unwrap();
    let ran = inspect(&[file.to_str().unwrap()], "").await;
    assert_eq!((ran.code, &*ran.err), (Some(0), ""));
    for path in [token.clone(), format!("./{token}")] {
        let ran = inspect(&[&path], "").await;
        assert_eq!((ran.code, ran.err.contains("eyJ")), (Some(2), false));
    }
    let ran = inspect(&["--jwks", "/dev/zero"], &token).await;
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.err.contains("/dev/zero") && ran.err.contains("more than 1048576 bytes"));
}
