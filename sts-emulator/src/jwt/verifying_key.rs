use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

use super::algorithm::Algorithm;

/// A public key.
#[derive(Clone, Debug)]
pub(crate) struct VerifyingKey {
    id: Option<String>,
    material: Material,
}

#[derive(Clone, Debug)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Ecdsa(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl VerifyingKey {
    /// The key of a JWK (RFC 7517), if it is one for signatures with an algorithm that is known here.
    pub(crate) fn of_jwk(jwk: &Value) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let bytes = |name: &str| {
            let text = text(name)?.trim_end_matches('=');
            BASE64_URL_SAFE_NO_PAD.decode(text).ok()
        };
        if text("use").is_some_and(|usage| usage != "sig") {
            return None;
        }
        let material = match (text("kty")?, text("crv")) {
            ("RSA", _) => Material::Rsa {
                n: bytes("n")?,
                e: bytes("e")?,
            },
            ("EC", Some("P-256")) => {
                let (x, y) = (bytes("x")?, bytes("y")?);
                Material::Ecdsa([&[4], x.as_slice(), y.as_slice()].concat())
            }
            ("OKP", Some("Ed25519")) => Material::Ed25519(bytes("x")?),
            _ => return None,
        };
        let id = text("kid").map(str::to_owned);
        let key = Self { id, material };
        let named = text("alg");
        // RFC 9864 names the curve: `Ed25519`.
        let fits = named.is_none_or(|name| {
            name == key.algorithm().name()
                || name == "Ed25519" && key.algorithm() == Algorithm::EdDsa
        });
        fits.then_some(key)
    }

    pub(crate) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::Rsa { .. } => Algorithm::Rs256,
            Material::Ecdsa(_) => Algorithm::Es256,
            Material::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let verified = match &self.material {
            Material::Rsa { n, e } => RsaPublicKeyComponents { n, e }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                message,
                signature,
            ),
            Material::Ecdsa(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            Material::Ed25519(key) => {
                UnparsedPublicKey::new(&ED25519, key).verify(message, signature)
            }
        };
        verified.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// RFC 8037, appendix A.
    #[test]
    fn the_example_of_rfc_8037_is_verified() {
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        let key = VerifyingKey::of_jwk(&jwk).unwrap();
        let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
        assert!(key.verifies(message, &signature));
        assert!(!key.verifies(b"else", &signature));
    }

    #[test]
    fn other_keys_are_left_out() {
        for jwk in [
            json!({}),
            json!({"kty": "oct", "k": "AA"}),
            json!({"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"}),
            json!({"kty": "RSA", "n": "AA", "e": "AQAB", "use": "enc"}),
            json!({"kty": "RSA", "n": "AA", "e": "AQAB", "alg": "RS512"}),
            json!({"kty": "RSA", "n": "!", "e": "AQAB"}),
        ] {
            assert!(VerifyingKey::of_jwk(&jwk).is_none(), "{jwk}");
        }
        let key = VerifyingKey::of_jwk(
            &json!({"kty": "OKP", "crv": "Ed25519", "x": "AA", "alg": "Ed25519"}),
        )
        .unwrap();
        assert!(!key.verifies(b"", b""));
    }
}
