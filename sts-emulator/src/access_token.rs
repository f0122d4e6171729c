//! The tokens that an exchange gives: signed JWTs. Which claims Confluent's have is not public; these are the emulator's
//! own: `iss`, `sub`, `aud`, `iat`, `exp`, `jti` and `identity_pool_id`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value, json};

use crate::jwt::{Algorithm, Jwt, KeyRing};
use crate::random::hexadecimal;

#[derive(Debug)]
pub(crate) struct AccessTokens {
    issuer: String,
    pub(crate) algorithm: Algorithm,
    pub(crate) ring: Arc<KeyRing>,
    /// How many were issued; the number is the beginning of `jti`.
    issued: AtomicU64,
    /// Those up to this number are revoked.
    revoked: AtomicU64,
}

/// What a token says that is good.
#[derive(Debug)]
pub(crate) struct Claims {
    pub(crate) subject: String,
    pub(crate) pool: String,
    pub(crate) expires_at: i64,
}

impl AccessTokens {
    pub(crate) fn new(issuer: &str, algorithm: Algorithm, ring: Arc<KeyRing>) -> Self {
        Self {
            issuer: issuer.to_owned(),
            algorithm,
            ring,
            issued: AtomicU64::default(),
            revoked: AtomicU64::default(),
        }
    }

    /// A token that lives for `lifetime` seconds from `now` on, in seconds since 1970.
    pub(crate) fn issue(
        &self,
        subject: &str,
        pool: &str,
        now: i64,
        lifetime: i64,
    ) -> Result<String, String> {
        let number = self.issued.fetch_add(1, Ordering::Relaxed) + 1;
        let claims = Map::from_iter([
            ("iss".to_owned(), json!(self.issuer)),
            ("sub".to_owned(), json!(subject)),
            ("aud".to_owned(), json!(self.issuer)),
            ("iat".to_owned(), json!(now)),
            ("exp".to_owned(), json!(now.saturating_add(lifetime))),
            (
                "jti".to_owned(),
                json!(format!("{number}-{}", hexadecimal::<8>())),
            ),
            ("identity_pool_id".to_owned(), json!(pool)),
        ]);
        let signed = self.ring.sign(self.algorithm, &claims);
        signed.map_err(|_| "the token cannot be signed".to_owned())
    }

    /// What `text` says, or why it is not taken at `now`.
    pub(crate) fn verify(&self, text: &str, now: i64) -> Result<Claims, String> {
        let token = Jwt::parse(text).map_err(|why| format!("the token is no JWT: {why}"))?;
        let claim = |name: &str| token.claims.get(name).and_then(Value::as_str);
        let issuer = claim("iss");
        if issuer != Some(&self.issuer) {
            return Err(format!("the token was not issued by {}", self.issuer));
        }
        let key = self.ring.verifying_key(self.algorithm);
        let alg = token.header_text("alg").unwrap_or_default();
        if !key.is_some_and(|key| key.verifies(alg, token.signed, &token.signature)) {
            return Err("the signature of the token is not valid".to_owned());
        }
        let number = claim("jti").and_then(|id| id.split_once('-')?.0.parse::<u64>().ok());
        let expires_at = token.claims.get("exp").and_then(Value::as_i64);
        let (Some(number), Some(expires_at)) = (number, expires_at) else {
            return Err("the token is no access token".to_owned());
        };
        let (Some(subject), Some(pool)) = (claim("sub"), claim("identity_pool_id")) else {
            return Err("the token is no access token".to_owned());
        };
        if now >= expires_at {
            let ago = now.saturating_sub(expires_at);
            return Err(format!("the token expired {ago} s ago"));
        }
        if number <= self.revoked.load(Ordering::Relaxed) {
            return Err("the token was revoked".to_owned());
        }
        Ok(Claims {
            subject: subject.to_owned(),
            pool: pool.to_owned(),
            expires_at,
        })
    }

    /// Revokes all that were issued.
    pub(crate) fn revoke(&self) {
        let issued = self.issued.load(Ordering::Relaxed);
        self.revoked.fetch_max(issued, Ordering::Relaxed);
    }
}
