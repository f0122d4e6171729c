//! A client's private key, and what it signs.

use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::secret_text::SecretText;
use super::signing_key::SigningKey;
use crate::secret::Secret;
use crate::subject_token::error::SubjectTokenError;

/// How long an assertion is valid. Some identity providers take no longer ones than a minute.
const LIFETIME: Duration = Duration::from_secs(60);
/// Random bytes of a `jti`.
const JTI: usize = 16;

/// The private key of an OAuth 2.0 client, with which it signs assertions (`private_key_jwt`; RFC 7523, section 3, and
/// `OpenID` Connect Core 1.0, section 9).
///
/// The key is in PEM form: PKCS#8, PKCS#1 or SEC 1, not encrypted. An RSA key signs with RS256, one on the curve P-256
/// with ES256. Each assertion is used once: its `jti` is random, and it is valid for a minute. Its `iss` and `sub` are the
/// client's id, its `aud` is the token URL unless [`audience`](Self::audience) is called.
///
/// ```no_run
/// # fn build() -> Result<(), sts_sdk::BuildError> {
/// use sts_sdk::TokenProvider;
/// use sts_sdk::subject_token::{ClientCredentials, PrivateKey};
///
/// let key = PrivateKey::file("/var/run/secrets/idp/key.pem").key_id("2026-11");
/// let source = ClientCredentials::new("https://idp.example.com/oauth2/token", "my-client").private_key(key);
/// let tokens = TokenProvider::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(source)
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// A key and what the identity provider gets of it:
///
/// ```sh
/// openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem
/// openssl pkey -in key.pem -pubout -out public.pem
/// ```
///
/// # Variables
///
/// None. As [settings](crate::settings) of the source `client-credentials`, the key is `CONFLUENT_STS_CLIENT_KEY_FILE`
/// or `CONFLUENT_STS_CLIENT_KEY`, its id `CONFLUENT_STS_CLIENT_KEY_ID`, and the audience
/// `CONFLUENT_STS_CLIENT_KEY_AUDIENCE`.
///
/// # Errors
///
/// | error | transient | what to do |
/// | --- | --- | --- |
/// | the file cannot be read, or is empty | only where it is missing or empty, as while it is replaced | correct the path or the file's permissions |
/// | the key is encrypted | no | decrypt it with `openssl pkey -in encrypted.pem -out key.pem` |
/// | it is a public key or a certificate, or no key | no | give the private key, as a whole |
/// | it is of another kind | no | use RSA of 2048 to 8192 bits, or P-256 |
/// | the identity provider answers 401, `invalid_client` | no | give it the public key, with the same key id; check the clock |
#[derive(Clone)]
pub struct PrivateKey {
    pem: SecretText,
    key_id: Option<String>,
    audience: Option<String>,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
}

#[derive(Serialize)]
struct Assertion<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: u64,
    exp: u64,
    jti: String,
}

impl PrivateKey {
    /// The key as text in PEM form.
    #[must_use]
    pub fn pem(key: impl Into<Secret>) -> Self {
        Self::of(SecretText::Text(key.into()))
    }

    /// The file that holds the key, read for each assertion, so that the key can be replaced.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::of(SecretText::file("the client's key file", path.into()))
    }

    fn of(pem: SecretText) -> Self {
        Self {
            pem,
            key_id: None,
            audience: None,
        }
    }

    /// The id by which the identity provider knows the key (`kid`; RFC 7515, section 4.1.4). Without it, the provider
    /// tries the keys that the client has.
    #[must_use]
    pub fn key_id(mut self, id: impl Into<String>) -> Self {
        self.key_id = Some(id.into());
        self
    }

    /// The audience of the assertions (`aud`), for identity providers that want their issuer instead of the token URL.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// A new assertion for `client_id` at `token_url`.
    pub(super) async fn assertion(
        &self,
        client_id: &str,
        token_url: &str,
        now: SystemTime,
    ) -> Result<Secret, SubjectTokenError> {
        let pem = self.pem.read().await?;
        let what = self.pem.describe("the client's key");
        let key = SigningKey::from_pem(pem.expose_secret())
            .map_err(|why| SubjectTokenError::permanent(format!("{what} {why}")))?;
        let mut jti = [0; JTI];
        let not_random = |_| SubjectTokenError::transient("there are no random numbers for `jti`");
        aws_lc_rs::rand::fill(&mut jti).map_err(not_random)?;
        let seconds = |time: SystemTime| {
            let since = time.duration_since(SystemTime::UNIX_EPOCH);
            since.unwrap_or_default().as_secs()
        };
        let header = Header {
            alg: key.algorithm(),
            typ: "JWT",
            kid: self.key_id.as_deref(),
        };
        let assertion = Assertion {
            iss: client_id,
            sub: client_id,
            aud: self.audience.as_deref().unwrap_or(token_url),
            iat: seconds(now),
            exp: seconds(now) + LIFETIME.as_secs(),
            jti: URL_SAFE_NO_PAD.encode(jti),
        };
        let signed = format!("{}.{}", part(&header)?, part(&assertion)?);
        let signature = key.sign(signed.as_bytes()).ok_or_else(|| {
            SubjectTokenError::permanent(format!("{what} cannot sign; check that it is whole"))
        })?;
        let signature = URL_SAFE_NO_PAD.encode(signature);
        Ok(Secret::from(format!("{signed}.{signature}")))
    }
}

/// A part of a JWT (RFC 7515, section 3.1).
fn part(value: &impl Serialize) -> Result<String, SubjectTokenError> {
    let json = serde_json::to_vec(value).map_err(|error| {
        SubjectTokenError::permanent("the assertion is no JSON").caused_by(error)
    })?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("PrivateKey");
        if let SecretText::File(file) = &self.pem {
            shown.field("file", file);
        }
        shown
            .field("key_id", &self.key_id)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}
