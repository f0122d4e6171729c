use std::sync::OnceLock;

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::algorithm::Algorithm;
use super::verifying_key::VerifyingKey;
use crate::random::hexadecimal;

/// A key for each algorithm, made when it is first used: that of RSA takes a while.
#[derive(Debug, Default)]
pub(crate) struct KeyRing {
    rsa: OnceLock<Result<SigningKey, Unspecified>>,
    ecdsa: OnceLock<Result<SigningKey, Unspecified>>,
    ed25519: OnceLock<Result<SigningKey, Unspecified>>,
}

#[derive(Debug)]
enum Pair {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

#[derive(Debug)]
struct SigningKey {
    id: String,
    pair: Pair,
    public: Value,
}

impl KeyRing {
    fn key(&self, algorithm: Algorithm) -> Result<&SigningKey, Unspecified> {
        let place = match algorithm {
            Algorithm::Rs256 => &self.rsa,
            Algorithm::Es256 => &self.ecdsa,
            Algorithm::EdDsa => &self.ed25519,
        };
        let key = place.get_or_init(|| SigningKey::generate(algorithm));
        key.as_ref().map_err(|_| Unspecified)
    }

    /// A token with these claims.
    pub(crate) fn sign(
        &self,
        algorithm: Algorithm,
        claims: &Map<String, Value>,
    ) -> Result<String, Unspecified> {
        let key = self.key(algorithm)?;
        let header = json!({"alg": algorithm.name(), "typ": "JWT", "kid": key.id});
        let encode = |text: String| BASE64_URL_SAFE_NO_PAD.encode(text);
        let claims = Value::Object(claims.clone()).to_string();
        let signed = format!("{}.{}", encode(header.to_string()), encode(claims));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes())?);
        Ok(format!("{signed}.{signature}"))
    }

    /// The public keys, as a JSON Web Key Set (RFC 7517, section 5).
    pub(crate) fn jwks(&self, algorithms: &[Algorithm]) -> Result<Value, Unspecified> {
        let key = |algorithm: &Algorithm| Ok(self.key(*algorithm)?.public.clone());
        let keys = algorithms
            .iter()
            .map(key)
            .collect::<Result<Vec<Value>, Unspecified>>()?;
        Ok(json!({"keys": keys}))
    }

    /// What verifies the tokens of this ring with `algorithm`.
    pub(crate) fn verifying_key(&self, algorithm: Algorithm) -> Option<VerifyingKey> {
        VerifyingKey::of_jwk(&self.key(algorithm).ok()?.public)
    }
}

impl SigningKey {
    fn generate(algorithm: Algorithm) -> Result<Self, Unspecified> {
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let (pair, mut public) = match algorithm {
            Algorithm::Rs256 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048)?;
                let key = pair.public_key();
                let n = encode(key.modulus().big_endian_without_leading_zero());
                let e = encode(key.exponent().big_endian_without_leading_zero());
                (Pair::Rsa(pair), json!({"kty": "RSA", "n": n, "e": e}))
            }
            Algorithm::Es256 => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
                // An uncompressed point: a byte, and two coordinates of 32.
                let (x, y) = pair.public_key().as_ref().split_at(33);
                let public =
                    json!({"kty": "EC", "crv": "P-256", "x": encode(&x[1..]), "y": encode(y)});
                (Pair::Ecdsa(pair), public)
            }
            Algorithm::EdDsa => {
                let pair = Ed25519KeyPair::generate()?;
                let public = json!({"kty": "OKP", "crv": "Ed25519", "x": encode(pair.public_key().as_ref())});
                (Pair::Ed25519(pair), public)
            }
        };
        let id = hexadecimal::<8>();
        public["kid"] = json!(id);
        public["alg"] = json!(algorithm.name());
        public["use"] = json!("sig");
        Ok(Self { id, pair, public })
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let random = SystemRandom::new();
        Ok(match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)?;
                signature
            }
            Pair::Ecdsa(pair) => pair.sign(&random, message)?.as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.try_sign(message)?.as_ref().to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::token::Jwt;
    use super::*;

    #[test]
    fn each_algorithm_signs_what_its_key_verifies_and_no_other() {
        let (ring, other) = (KeyRing::default(), KeyRing::default());
        let claims = Map::from_iter([("sub".to_owned(), json!("a"))]);
        for algorithm in Algorithm::ALL {
            let text = ring.sign(algorithm, &claims).unwrap();
            let token = Jwt::parse(&text).unwrap();
            assert_eq!(token.claims, claims);
            let key = ring.verifying_key(algorithm).unwrap();
            assert_eq!(token.header_text("kid"), key.id());
            assert!(key.verifies(algorithm.name(), token.signed, &token.signature));
            assert!(!key.verifies(algorithm.name(), b"else", &token.signature));
            assert!(!key.verifies(algorithm.name(), token.signed, &[]));
            let key = other.verifying_key(algorithm).unwrap();
            assert!(!key.verifies(algorithm.name(), token.signed, &token.signature));
        }
    }
}
