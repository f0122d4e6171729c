use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

/// A public key of an identity provider (RFC 7517). It verifies what is signed with one of
/// [`ALGORITHMS`](Self::ALGORITHMS).
#[derive(Clone, Debug)]
pub struct VerifyingKey {
    id: Option<String>,
    /// The only algorithm that it is for, if it says so.
    named: Option<&'static str>,
    material: Material,
}

#[derive(Clone, Debug)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Point(Curve, Vec<u8>),
}

#[derive(Clone, Copy, Debug)]
enum Curve {
    P256,
    P384,
    P521,
    Ed25519,
}

const RSA: [&str; 6] = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

impl Curve {
    fn algorithm(self) -> &'static str {
        match self {
            Self::P256 => "ES256",
            Self::P384 => "ES384",
            Self::P521 => "ES512",
            Self::Ed25519 => "EdDSA",
        }
    }
}

impl VerifyingKey {
    /// The values of `alg` (RFC 7518, section 3.1; RFC 8037) whose signatures can be verified. RFC 9864 calls `EdDSA`
    /// with this curve `Ed25519`, which is known as well.
    pub const ALGORITHMS: [&str; 10] = [
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    ];

    /// The keys of a JSON Web Key Set (RFC 7517, section 5); those that are for something else are left out.
    ///
    /// # Errors
    ///
    /// It is none, or has no key that signatures can be verified with.
    pub fn of_jwks(text: &[u8]) -> Result<Vec<Self>, String> {
        let set: Value =
            serde_json::from_slice(text).map_err(|error| format!("it is not JSON: {error}"))?;
        let keys = set.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or("it is no JWKS: it has no list named keys")?;
        let keys: Vec<Self> = keys.iter().filter_map(Self::of_jwk).collect();
        if keys.is_empty() {
            return Err(format!(
                "it has no key for any of {}",
                Self::ALGORITHMS.join(", ")
            ));
        }
        Ok(keys)
    }

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
        let point = |curve| {
            let (x, y) = (bytes("x")?, bytes("y")?);
            let point = [&[4], x.as_slice(), y.as_slice()].concat();
            Some(Material::Point(curve, point))
        };
        let material = match (text("kty")?, text("crv")) {
            ("RSA", _) => Material::Rsa {
                n: bytes("n")?,
                e: bytes("e")?,
            },
            ("EC", Some("P-256")) => point(Curve::P256)?,
            ("EC", Some("P-384")) => point(Curve::P384)?,
            ("EC", Some("P-521")) => point(Curve::P521)?,
            ("OKP", Some("Ed25519")) => Material::Point(Curve::Ed25519, bytes("x")?),
            _ => return None,
        };
        let mut key = Self {
            id: text("kid").map(str::to_owned),
            named: None,
            material,
        };
        if let Some(named) = text("alg") {
            let named = Self::algorithm(named)?;
            if !key.takes(named) {
                return None;
            }
            key.named = Some(named);
        }
        Some(key)
    }

    /// The algorithm that a value of `alg` names, if signatures with it can be verified.
    #[must_use]
    pub fn algorithm(alg: &str) -> Option<&'static str> {
        let alg = if alg == "Ed25519" { "EdDSA" } else { alg };
        Self::ALGORITHMS.into_iter().find(|known| *known == alg)
    }

    /// Its `kid`.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Whether it can be what a token with this `kid` and `alg` is signed with.
    #[must_use]
    pub fn fits(&self, id: Option<&str>, alg: &str) -> bool {
        let named = id.is_none() || self.id.is_none() || self.id() == id;
        named && Self::algorithm(alg).is_some_and(|algorithm| self.takes(algorithm))
    }

    fn takes(&self, algorithm: &str) -> bool {
        let of_kind = match &self.material {
            Material::Rsa { .. } => RSA.contains(&algorithm),
            Material::Point(curve, _) => curve.algorithm() == algorithm,
        };
        of_kind && self.named.is_none_or(|named| named == algorithm)
    }

    /// Whether `signature` is one of `message` by this key, with the algorithm that `alg` names.
    #[must_use]
    pub fn verifies(&self, alg: &str, message: &[u8], signature: &[u8]) -> bool {
        if !self.fits(None, alg) {
            return false;
        }
        match &self.material {
            Material::Rsa { n, e } => rsa(alg).is_some_and(|parameters| {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(parameters, message, signature).is_ok()
            }),
            Material::Point(curve, point) => {
                let algorithm: &'static dyn VerificationAlgorithm = match curve {
                    Curve::P256 => &ECDSA_P256_SHA256_FIXED,
                    Curve::P384 => &ECDSA_P384_SHA384_FIXED,
                    Curve::P521 => &ECDSA_P521_SHA512_FIXED,
                    Curve::Ed25519 => &ED25519,
                };
                let key = UnparsedPublicKey::new(algorithm, point);
                key.verify(message, signature).is_ok()
            }
        }
    }
}

fn rsa(alg: &str) -> Option<&'static RsaParameters> {
    Some(match alg {
        "RS256" => &RSA_PKCS1_2048_8192_SHA256,
        "RS384" => &RSA_PKCS1_2048_8192_SHA384,
        "RS512" => &RSA_PKCS1_2048_8192_SHA512,
        "PS256" => &RSA_PSS_2048_8192_SHA256,
        "PS384" => &RSA_PSS_2048_8192_SHA384,
        "PS512" => &RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
        ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
        RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
    };
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn encode(bytes: &[u8]) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// RFC 8037, appendix A.
    #[test]
    fn the_example_of_rfc_8037_is_verified() {
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        let key = VerifyingKey::of_jwk(&jwk).unwrap();
        let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
        for alg in ["EdDSA", "Ed25519"] {
            assert!(key.verifies(alg, message, &signature));
        }
        assert!(!key.verifies("EdDSA", b"else", &signature));
        assert!(!key.verifies("ES256", message, &signature));
    }

    #[test]
    fn rsa_is_verified_with_the_algorithm_that_is_named_and_no_other() {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let public = pair.public_key();
        let n = encode(public.modulus().big_endian_without_leading_zero());
        let e = encode(public.exponent().big_endian_without_leading_zero());
        let key = VerifyingKey::of_jwk(&json!({"kty": "RSA", "n": n, "e": e})).unwrap();
        let encodings: [&'static dyn RsaEncoding; 6] = [
            &RSA_PKCS1_SHA256,
            &RSA_PKCS1_SHA384,
            &RSA_PKCS1_SHA512,
            &RSA_PSS_SHA256,
            &RSA_PSS_SHA384,
            &RSA_PSS_SHA512,
        ];
        for (alg, encoding) in RSA.into_iter().zip(encodings) {
            let mut signature = vec![0; pair.public_modulus_len()];
            let random = SystemRandom::new();
            pair.sign(encoding, &random, b"message", &mut signature)
                .unwrap();
            for other in VerifyingKey::ALGORITHMS {
                let verified = key.verifies(other, b"message", &signature);
                assert_eq!(verified, other == alg, "{alg} {other}");
            }
            let jwk = json!({"kty": "RSA", "n": n, "e": e, "alg": alg});
            let named = VerifyingKey::of_jwk(&jwk).unwrap();
            assert!(named.verifies(alg, b"message", &signature));
            assert!(!named.fits(None, if alg == "RS256" { "PS256" } else { "RS256" }));
        }
    }

    #[test]
    fn curves_are_verified() {
        for (curve, alg, signing) in [
            ("P-256", "ES256", &ECDSA_P256_SHA256_FIXED_SIGNING),
            ("P-384", "ES384", &ECDSA_P384_SHA384_FIXED_SIGNING),
            ("P-521", "ES512", &ECDSA_P521_SHA512_FIXED_SIGNING),
        ] {
            let pair = EcdsaKeyPair::generate(signing).unwrap();
            let point = &pair.public_key().as_ref()[1..];
            let (x, y) = point.split_at(point.len() / 2);
            let jwk = json!({"kty": "EC", "crv": curve, "x": encode(x), "y": encode(y)});
            let key = VerifyingKey::of_jwk(&jwk).unwrap();
            let signature = pair.sign(&SystemRandom::new(), b"message").unwrap();
            for other in VerifyingKey::ALGORITHMS {
                let verified = key.verifies(other, b"message", signature.as_ref());
                assert_eq!(verified, other == alg, "{alg} {other}");
            }
            assert!(!key.verifies(alg, b"else", signature.as_ref()));
        }
    }

    #[test]
    fn a_key_is_chosen_by_its_id() {
        let jwk = json!({"kty": "RSA", "n": "AA", "e": "AQAB", "kid": "a"});
        let key = VerifyingKey::of_jwk(&jwk).unwrap();
        assert!(key.fits(Some("a"), "RS256") && key.fits(None, "PS512"));
        assert!(!key.fits(Some("b"), "RS256") && !key.fits(Some("a"), "ES256"));
        assert!(!key.fits(Some("a"), "none") && !key.fits(Some("a"), "HS256"));
    }

    #[test]
    fn other_keys_are_left_out() {
        for jwk in [
            json!({}),
            json!({"kty": "oct", "k": "AA"}),
            json!({"kty": "RSA", "n": "AA"}),
            json!({"kty": "RSA", "n": "AA", "e": "AQAB", "use": "enc"}),
            json!({"kty": "RSA", "n": "AA", "e": "AQAB", "alg": "RSA-OAEP"}),
            json!({"kty": "RSA", "n": "AA", "e": "AQAB", "alg": "ES256"}),
            json!({"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}),
            json!({"kty": "EC", "crv": "P-256", "x": "AA"}),
            json!({"kty": "OKP", "crv": "X25519", "x": "AA"}),
            json!({"kty": "OKP", "crv": "Ed25519", "x": "not base64 ä"}),
        ] {
            assert!(VerifyingKey::of_jwk(&jwk).is_none(), "{jwk}");
        }
        // A key of the wrong size is one that verifies nothing.
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "AA", "alg": "Ed25519"});
        let key = VerifyingKey::of_jwk(&jwk).unwrap();
        assert!(!key.verifies("EdDSA", b"", b""));
    }

    #[test]
    fn what_is_no_key_set_is_told() {
        for (text, said) in [
            ("<html>", "it is not JSON: "),
            ("{}", "it is no JWKS: it has no list named keys"),
            (
                r#"{"keys": []}"#,
                "it has no key for any of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA",
            ),
        ] {
            let error = VerifyingKey::of_jwks(text.as_bytes()).unwrap_err();
            assert!(error.starts_with(said), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn any_key_set_is_read_or_refused(
            text in any::<Vec<u8>>(),
            kty in "RSA|EC|OKP|oct|",
            crv in "P-256|P-384|P-521|Ed25519|secp256k1|",
            alg in "RS256|PS512|ES256|ES384|ES512|EdDSA|none|",
            numbers in proptest::collection::vec("[A-Za-z0-9_=-]{0,60}|AQAB", 4),
        ) {
            if let Err(said) = VerifyingKey::of_jwks(&text) {
                prop_assert!(!said.is_empty());
            }
            let [n, e, x, y] = &numbers[..] else { unreachable!() };
            let key = json!({"kty": kty, "crv": crv, "alg": alg, "kid": "k", "n": n, "e": e, "x": x, "y": y});
            let set = json!({"keys": [key, kty, 1]}).to_string();
            if let Ok(keys) = VerifyingKey::of_jwks(set.as_bytes()) {
                prop_assert_eq!(keys.len(), 1);
                prop_assert!(!keys[0].verifies(&alg, b"message", b"signature"));
            }
        }
    }
}
