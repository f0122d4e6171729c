//! OAuth 2.0 clients that sign with a private key.

use std::collections::HashSet;
use std::fs;
use std::time::SystemTime;

use aws_lc_rs::encoding::{AsDer, EcPrivateKeyRfc5915Der, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    Ed25519KeyPair, KeyPair, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sts_sdk::subject_token::{ClientCredentials, PrivateKey};
use sts_sdk::testing::ManualClock;
use sts_sdk::{Clock, Secret};
use sts_sdk_tests::{Recorded, Server, reply};

use super::platform::ask;
use super::{error, read};

/// Lines as `openssl` writes them.
pub(super) fn pem(kind: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n",
        lines.join("\n")
    )
}

/// A key in PKCS#8 and in the form that is its own, and its public part.
pub(super) struct Key {
    pub(super) algorithm: &'static str,
    pub(super) forms: Vec<String>,
    pub(super) public: Vec<u8>,
}

pub(super) fn rsa() -> Key {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let pkcs8 = AsDer::<Pkcs8V1Der<'_>>::as_der(&key).unwrap();
    // What comes before PKCS#1 in it always has this length, for keys of this size.
    let pkcs1 = &pkcs8.as_ref()[26..];
    Key {
        algorithm: "RS256",
        forms: vec![
            pem("PRIVATE KEY", pkcs8.as_ref()),
            pem("RSA PRIVATE KEY", pkcs1),
        ],
        public: key.public_key().as_ref().to_vec(),
    }
}

pub(super) fn p256() -> Key {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let pkcs8 = key.to_pkcs8v1().unwrap();
    let sec1: EcPrivateKeyRfc5915Der<'_> = key.private_key().as_der().unwrap();
    // `openssl ecparam -genkey` writes the parameters before it.
    let parameters = pem("EC PARAMETERS", b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07");
    let sec1 = format!("{parameters}{}", pem("EC PRIVATE KEY", sec1.as_ref()));
    Key {
        algorithm: "ES256",
        forms: vec![pem("PRIVATE KEY", pkcs8.as_ref()), sec1],
        public: key.public_key().as_ref().to_vec(),
    }
}

async fn identity_provider() -> Server {
    let body = r#"{"access_token": "eyJ.a.b", "token_type": "Bearer"}"#;
    Server::start(move |_| reply("200 OK", &[], body))
        .await
        .unwrap()
}

fn assertion(request: &Recorded) -> String {
    let mut form = form_urlencoded::parse(&request.body).into_owned();
    form.find(|(name, _)| name == "client_assertion").unwrap().1
}

/// Header and claims of `jwt`, whose signature is checked.
fn verified(jwt: &str, key: &Key) -> (Value, Value) {
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let algorithm: &dyn signature::VerificationAlgorithm = match key.algorithm {
        "RS256" => &signature::RSA_PKCS1_2048_8192_SHA256,
        _ => &signature::ECDSA_P256_SHA256_FIXED,
    };
    let public = UnparsedPublicKey::new(algorithm, &key.public);
    public
        .verify(signed.as_bytes(), &decode(signature))
        .unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let json = |part| serde_json::from_slice(&decode(part)).unwrap();
    (json(header), json(claims))
}

#[tokio::test]
async fn an_assertion_is_signed_by_the_key_in_each_form() {
    let server = identity_provider().await;
    let clock = ManualClock::default();
    let now = clock.now().wall.duration_since(SystemTime::UNIX_EPOCH);
    let now = now.unwrap().as_secs();
    for key in [rsa(), p256()] {
        for form in &key.forms {
            // As a file holds it; `aud` is what is asked.
            let source = ClientCredentials::new(format!(" {}\n", server.url()), "my client")
                .private_key(PrivateKey::pem(Secret::from(form.as_str())))
                .clock(clock.clone())
                .scope("s");
            read(&source).await;
            let request = &server.take_requests()[0];
            let assertion = assertion(request);
            let form: Vec<(String, String)> =
                form_urlencoded::parse(&request.body).into_owned().collect();
            let expected = [
                ("grant_type", "client_credentials"),
                ("scope", "s"),
                ("client_id", "my client"),
                (
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                ),
                ("client_assertion", &*assertion),
            ];
            let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
            assert_eq!(form, expected);
            assert_eq!(request.header("authorization"), None);
            let (header, mut claims) = verified(&assertion, &key);
            assert_eq!(header, json!({"alg": key.algorithm, "typ": "JWT"}));
            let jti = claims.as_object_mut().unwrap().remove("jti").unwrap();
            assert_eq!(jti.as_str().unwrap().len(), 22);
            let url = server.url();
            assert_eq!(
                claims,
                json!({"iss": "my client", "sub": "my client", "aud": url, "iat": now, "exp": now + 60})
            );
        }
    }
}

#[tokio::test]
async fn no_assertion_is_sent_twice() {
    let server = identity_provider().await;
    let key = p256();
    let source = ClientCredentials::new(server.url(), "c")
        .private_key(PrivateKey::pem(key.forms[0].as_str()))
        .clock(ManualClock::default());
    for _ in 0..20 {
        read(&source).await;
    }
    let requests = server.take_requests();
    let ids = requests
        .iter()
        .map(|request| verified(&assertion(request), &key).1["jti"].to_string());
    assert_eq!(ids.collect::<HashSet<_>>().len(), 20);
}

#[tokio::test]
async fn a_key_in_a_file_is_read_for_each_assertion() {
    let server = identity_provider().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    let key = PrivateKey::file(&path)
        .key_id("k1")
        .audience("https://idp.example.com");
    let source = ClientCredentials::new(server.url(), "c").private_key(key);
    let missing = error(&source).await;
    let named = format!("the client's key file {} ", path.display());
    assert!(missing.is_transient());
    assert!(
        missing
            .to_string()
            .starts_with(&format!("{named}cannot be read: ")),
        "{missing}"
    );
    fs::write(&path, " \n").unwrap();
    let empty = error(&source).await;
    assert_eq!(empty.to_string(), format!("{named}is empty"));
    assert!(empty.is_transient());
    let of_folder = PrivateKey::file(folder.path());
    let of_folder = ClientCredentials::new(server.url(), "c").private_key(of_folder);
    let unreadable = error(&of_folder).await;
    assert!(!unreadable.is_transient(), "{unreadable}");
    for key in [p256(), p256(), rsa()] {
        fs::write(&path, format!("\u{feff}\n{}", key.forms[1])).unwrap();
        read(&source).await;
        let (header, claims) = verified(&assertion(&server.take_requests()[0]), &key);
        assert_eq!(header["kid"], "k1");
        assert_eq!(claims["aud"], "https://idp.example.com");
    }
}

#[tokio::test]
async fn what_is_no_key_of_a_known_kind_is_refused_before_anything_is_sent() {
    let server = identity_provider().await;
    let p384 = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
    let p384 = pem("PRIVATE KEY", p384.to_pkcs8v1().unwrap().as_ref());
    let ed25519 = Ed25519KeyPair::generate().unwrap();
    let ed25519 = pem("PRIVATE KEY", ed25519.to_pkcs8().unwrap().as_ref());
    let key = &p256().forms[0];
    let no_key = "holds no private key; give one in PEM form, which begins with `-----BEGIN PRIVATE KEY-----`";
    let no_pem = "is no PEM; check that it is whole, with the lines that it begins and ends with";
    let other =
        "is of another kind than RSA of 2048 to 8192 bits or the elliptic curve P-256, or damaged";
    let encrypted = "is encrypted; decrypt it with `openssl pkey`, and protect the file instead";
    let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n";
    for (text, why) in [
        ("", no_key),
        ("hunter2hunter2", no_key),
        (r#"{"kty":"EC","crv":"P-256","d":"hunter2"}"#, no_key),
        (
            &pem("PUBLIC KEY", b"hunter2"),
            "is a public key; give the private one",
        ),
        (
            &pem("CERTIFICATE", b"hunter2"),
            "is a certificate; give the private key that belongs to it",
        ),
        (&pem("ENCRYPTED PRIVATE KEY", b"hunter2"), encrypted),
        (old, encrypted),
        (&key[..key.len() - 40], no_pem),
        (&key.replace('\n', " "), no_pem),
        (
            "-----BEGIN PRIVATE KEY-----\nhun=ter2\n-----END PRIVATE KEY-----\n",
            no_pem,
        ),
        (&pem("PRIVATE KEY", b"hunter2"), other),
        (&pem("RSA PRIVATE KEY", b"hunter2"), other),
        (&p384, other),
        (&ed25519, other),
    ] {
        let source = ClientCredentials::new(server.url(), "c").private_key(PrivateKey::pem(text));
        let error = error(&source).await;
        assert_eq!(error.to_string(), format!("the client's key {why}"));
        assert!(!error.is_transient());
    }
    assert!(server.take_requests().is_empty());
}

/// Fails if any line of a key occurs in `text`.
fn assert_without(key: &str, text: &str) {
    for line in key.lines().filter(|line| !line.starts_with("-----")) {
        assert!(!text.contains(line), "a key is printed");
    }
}

#[tokio::test]
async fn neither_key_nor_assertion_is_printed() {
    let key = p256();
    let text = &key.forms[0];
    // An identity provider that repeats what it was sent.
    let server = Server::start(|request| {
        let sent = String::from_utf8_lossy(&request.body).into_owned();
        let said = json!({"error": "invalid_client", "error_description": sent}).to_string();
        reply("401 Unauthorized", &[], said)
    });
    let server = server.await.unwrap();
    let private = PrivateKey::pem(text.as_str()).key_id("k1");
    let source = ClientCredentials::new(server.url(), "c").private_key(private.clone());
    let error = error(&source).await;
    let assertion = assertion(&server.take_requests()[0]);
    for shown in [
        format!("{private:?} {private:#?}"),
        format!("{source:?} {source:#?}"),
        format!("{error} {error:?} {error:#?}"),
    ] {
        assert_without(text, &shown);
        for part in assertion.split('.') {
            assert!(!shown.contains(part), "an assertion is printed");
        }
    }
    assert_eq!(
        format!("{private:?}"),
        r#"PrivateKey { key_id: Some("k1"), audience: None, .. }"#
    );
}

#[tokio::test]
async fn a_wrong_key_is_named_by_what_the_identity_provider_says() {
    let server = Server::start(|_| {
        let said =
            r#"{"error": "invalid_client", "error_description": "client authentication failed"}"#;
        reply("401 Unauthorized", &[], said)
    });
    let server = server.await.unwrap();
    let source = ClientCredentials::new(server.url(), "c")
        .private_key(PrivateKey::pem(p256().forms[0].as_str()));
    let at = server.url().replace("http://", "");
    assert_eq!(
        error(&source).await.to_string(),
        format!(
            "the token endpoint at {at} answered 401 Unauthorized: client authentication failed (code invalid_client): \
             check the client id and its secret or key"
        )
    );
}

#[tokio::test]
async fn settings_name_a_key() {
    let server = identity_provider().await;
    let url = server.url();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    let key = p256();
    fs::write(&path, &key.forms[0]).unwrap();
    let common = [
        ("CONFLUENT_STS_IDENTITY_POOL_ID", "pool-abc"),
        ("CONFLUENT_STS_URL", &*url),
        ("CONFLUENT_STS_TOKEN_URL", &*url),
        ("CONFLUENT_STS_CLIENT_ID", "c"),
    ];
    let file = ("CONFLUENT_STS_CLIENT_KEY_FILE", path.to_str().unwrap());
    let text = ("CONFLUENT_STS_CLIENT_KEY", &*key.forms[0]);
    for (settings, kid, aud) in [
        (vec![file], None, &*url),
        (
            vec![
                text,
                ("CONFLUENT_STS_CLIENT_KEY_ID", "k1"),
                (
                    "CONFLUENT_STS_CLIENT_KEY_AUDIENCE",
                    "https://idp.example.com",
                ),
            ],
            Some("k1"),
            "https://idp.example.com",
        ),
    ] {
        ask(&["provider"], &[&common[..], &settings].concat()).await;
        let (header, claims) = verified(&assertion(&server.take_requests()[0]), &key);
        assert_eq!(header["kid"].as_str(), kid);
        assert_eq!(claims["aud"], aud);
        assert_eq!(claims["iss"], "c");
    }
    let both = ask(&["provider"], &[&common[..], &[file, text]].concat()).await;
    assert_eq!(
        both,
        "not built: CONFLUENT_STS_CLIENT_KEY and CONFLUENT_STS_CLIENT_KEY_FILE are both set; leave one"
    );
    let in_body = ("CONFLUENT_STS_SECRET_IN_BODY", "true");
    let in_body = ask(&["provider"], &[&common[..], &[file, in_body]].concat()).await;
    assert_eq!(
        in_body,
        "not built: CONFLUENT_STS_CLIENT_KEY_FILE and CONFLUENT_STS_SECRET_IN_BODY are both set; leave one"
    );
}
