//! `oidc-provider` (npm), a real identity provider.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::json;
use sts_emulator::{IdentityPool, IdentityProvider, StsEmulator};
use sts_sdk::TokenProvider;
use sts_sdk::subject_token::{
    ClientCredentials, PrivateKey, StaticToken, SubjectToken, SubjectTokenError, SubjectTokenSource,
};
use sts_sdk_tests::{Server, reply, workspace};

use super::{error, read};

const RESOURCE: &str = "https://confluent.example.com";
const SECRET: &str = r#"a secret: % + & = ""#;

/// It runs until it is dropped. Beside it, the emulator: an identity provider whose keys the client `federated` has.
struct OidcProvider {
    process: Child,
    url: String,
    keys: tempfile::TempDir,
    other: StsEmulator,
}

impl OidcProvider {
    async fn start() -> Self {
        let other = StsEmulator::start().await.unwrap();
        let keys = tempfile::tempdir().unwrap();
        let script = workspace().join("sts-sdk-tests/tests/foreign/oidc_provider.mjs");
        let mut process = Command::new("node")
            .arg(script)
            .arg(workspace().join("target/tools/npm"))
            .arg(keys.path())
            .arg(format!("{}/jwks", other.identity_provider()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("node: {error}"));
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = lines.next();
        let url = url
            .unwrap_or_else(|| panic!("oidc-provider is not installed (.ci/run foreign)"))
            .unwrap();
        Self {
            process,
            url,
            keys,
            other,
        }
    }

    fn client(&self, id: &str) -> ClientCredentials {
        let source = ClientCredentials::new(self.token_url(), id);
        source.parameter("resource", RESOURCE).scope("read")
    }

    fn token_url(&self) -> String {
        format!("{}/token", self.url)
    }

    fn key(&self, name: &str) -> PathBuf {
        self.keys.path().join(format!("{name}.pem"))
    }

    fn with_key(&self, id: &str, key: &str) -> ClientCredentials {
        self.client(id).private_key(PrivateKey::file(self.key(key)))
    }

    /// What is said of a refusal.
    fn refused(&self, status: &str, said: &str) -> String {
        let at = self.url.replace("http://", "the token endpoint at ");
        format!("{at} answered {status}: {said}")
    }
}

impl Drop for OidcProvider {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Fails unless `source` gives a subject token that STS takes.
async fn exchange(idp: &OidcProvider, source: impl SubjectTokenSource + 'static, id: &str) {
    let provider = IdentityProvider::new(&idp.url).audience(RESOURCE);
    let pool = IdentityPool::new("pool-abc")
        .identity_provider(&idp.url)
        .filter(format!(r#"claims.sub == "{id}" && claims.scope == "read""#));
    let sts = StsEmulator::builder()
        .identity_provider(provider)
        .identity_pool(pool);
    let sts = sts.start().await.unwrap();
    let tokens = TokenProvider::builder()
        .base_url(sts.url())
        .identity_pool_id("pool-abc")
        .subject_token(source)
        .build()
        .unwrap();
    tokens.token().await.unwrap();
    let status = tokens.status();
    let claims = status.subject_token.unwrap();
    assert_eq!(claims.issuer.as_deref(), Some(&*idp.url));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Node.js and oidc-provider (npm install --prefix target/tools/npm oidc-provider@9.13.3)"]
async fn foreign_an_openid_provider_takes_each_way_to_authenticate() {
    let idp = OidcProvider::start().await;
    exchange(&idp, idp.client("basic").client_secret(SECRET), "basic").await;
    let in_body = idp.client("post").client_secret(SECRET).secret_in_body();
    exchange(&idp, in_body, "post").await;
    for (id, key) in [
        ("rs256", "rsa-pkcs8"),
        ("rs256", "rsa-pkcs1"),
        ("es256", "ec-pkcs8"),
        ("es256", "ec-sec1"),
    ] {
        exchange(&idp, idp.with_key(id, key), id).await;
    }
    for audience in [&idp.url, &idp.token_url()] {
        let key = PrivateKey::file(idp.key("ec-pkcs8"))
            .key_id("k1")
            .audience(audience.as_str());
        exchange(&idp, idp.client("es256").private_key(key), "es256").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Node.js and oidc-provider (npm install --prefix target/tools/npm oidc-provider@9.13.3)"]
async fn foreign_an_openid_provider_takes_assertions_of_another_one() {
    let idp = OidcProvider::start().await;
    let claims = json!({
        "iss": "federated", "sub": "federated", "aud": idp.token_url(), "jti": "1",
    });
    let assertion = idp.other.any_token(&claims).unwrap();
    let source = move || {
        let assertion = assertion.clone();
        async { Ok::<_, SubjectTokenError>(SubjectToken::from(assertion)) }
    };
    exchange(
        &idp,
        idp.client("federated").client_assertion(source),
        "federated",
    )
    .await;
    // It does look at the signature.
    let stranger = StsEmulator::start().await.unwrap();
    let forged = stranger.any_token(&claims).unwrap();
    let source = idp
        .client("federated")
        .client_assertion(StaticToken::new(forged));
    let said = "client authentication failed (code invalid_client): check the client id and its secret or key";
    assert_eq!(
        error(&source).await.to_string(),
        idp.refused("401 Unauthorized", said)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Node.js and oidc-provider (npm install --prefix target/tools/npm oidc-provider@9.13.3)"]
async fn foreign_an_openid_provider_takes_no_assertion_twice_and_ours_are_never() {
    let idp = OidcProvider::start().await;
    // What we would send it.
    let server = Server::start(|_| reply("500 Internal Server Error", &[], ""))
        .await
        .unwrap();
    let key = PrivateKey::file(idp.key("rsa-pkcs8")).audience(idp.token_url());
    let captured = ClientCredentials::new(server.url(), "rs256").private_key(key);
    error(&captured).await;
    let body = server.take_requests().remove(0).body;
    let mut form = form_urlencoded::parse(&body).into_owned();
    let (_, assertion) = form.find(|(name, _)| name == "client_assertion").unwrap();
    let replayed = || {
        idp.client("rs256")
            .client_assertion(StaticToken::new(assertion.as_str()))
    };
    read(&replayed()).await;
    let said = "client authentication failed (code invalid_client): check the client id and its secret or key";
    assert_eq!(
        error(&replayed()).await.to_string(),
        idp.refused("401 Unauthorized", said)
    );
    for _ in 0..10 {
        let source = idp.with_key("rs256", "rsa-pkcs8");
        let token = source.subject_token().await.unwrap();
        // What is refused is dropped, and asked for again.
        source.refused(&token);
        read(&source).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Node.js and oidc-provider (npm install --prefix target/tools/npm oidc-provider@9.13.3)"]
async fn foreign_what_an_openid_provider_refuses_has_its_text() {
    let idp = OidcProvider::start().await;
    let wrong = "client authentication failed (code invalid_client): check the client id and its secret or key";
    let wrong = idp.refused("401 Unauthorized", wrong);
    let key = |name: &str, why| format!("the file {} {why}", idp.key(name).display());
    let encrypted = "is encrypted; decrypt it with `openssl pkey`, and protect the file instead";
    let other =
        "is of another kind than RSA of 2048 to 8192 bits or the elliptic curve P-256, or damaged";
    for (source, said) in [
        (idp.client("basic").client_secret("wrong"), wrong.clone()),
        (
            idp.client("post").client_secret("wrong").secret_in_body(),
            wrong.clone(),
        ),
        (idp.with_key("es256", "other"), wrong.clone()),
        (idp.with_key("es256", "rsa-pkcs8"), wrong.clone()),
        (
            idp.client("basic").client_secret(SECRET).scope("write"),
            idp.refused(
                "400 Bad Request",
                "requested scope is not allowed (code invalid_scope)",
            ),
        ),
        (
            idp.with_key("es256", "encrypted-pkcs8"),
            key("encrypted-pkcs8", encrypted),
        ),
        (
            idp.with_key("rs256", "encrypted-pkcs1"),
            key("encrypted-pkcs1", encrypted),
        ),
        (idp.with_key("es256", "p384"), key("p384", other)),
    ] {
        let error = error(&source).await;
        assert_eq!(error.to_string(), said);
        assert!(!error.is_transient());
    }
}
