//! A key that signs JWTs.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::{Error, PemObject};
use zeroize::Zeroize;

/// What encrypted keys say of themselves: PKCS#8 (RFC 7468, section 11), and the form of OpenSSL before it (RFC 1421).
const ENCRYPTED: [&str; 2] = ["BEGIN ENCRYPTED PRIVATE KEY", "4,ENCRYPTED"];

pub(super) enum SigningKey {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
}

impl SigningKey {
    /// The first private key in `pem`: PKCS#8, PKCS#1 or SEC 1.
    ///
    /// # Errors
    ///
    /// There is none that can sign; what it is instead, and what to do.
    pub(super) fn from_pem(pem: &str) -> Result<Self, &'static str> {
        if ENCRYPTED.iter().any(|marker| pem.contains(marker)) {
            return Err(
                "is encrypted; decrypt it with `openssl pkey`, and protect the file instead",
            );
        }
        let der = PrivateKeyDer::from_pem_slice(pem.as_bytes());
        let mut der = der.map_err(|error| match error {
            Error::NoItemsFound if pem.contains("BEGIN PUBLIC KEY") => {
                "is a public key; give the private one"
            }
            Error::NoItemsFound if pem.contains("BEGIN CERTIFICATE") => {
                "is a certificate; give the private key that belongs to it"
            }
            Error::NoItemsFound => {
                "holds no private key; give one in PEM form, which begins with `-----BEGIN PRIVATE KEY-----`"
            }
            // Their texts quote it.
            _ => "is no PEM; check that it is whole, with the lines that it begins and ends with",
        })?;
        let key = Self::from_der(&der);
        der.zeroize();
        key.ok_or("is of another kind than RSA of 2048 to 8192 bits or the elliptic curve P-256, or damaged")
    }

    fn from_der(der: &PrivateKeyDer<'_>) -> Option<Self> {
        let curve = &ECDSA_P256_SHA256_FIXED_SIGNING;
        match der {
            PrivateKeyDer::Pkcs8(der) => {
                let der = der.secret_pkcs8_der();
                let rsa = RsaKeyPair::from_pkcs8(der).map(Self::Rsa);
                rsa.or_else(|_| EcdsaKeyPair::from_pkcs8(curve, der).map(Self::P256))
                    .ok()
            }
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der())
                .map(Self::Rsa)
                .ok(),
            PrivateKeyDer::Sec1(der) => {
                EcdsaKeyPair::from_private_key_der(curve, der.secret_sec1_der())
                    .map(Self::P256)
                    .ok()
            }
            _ => None,
        }
    }

    /// Its algorithm (RFC 7518, section 3.1).
    pub(super) fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS256",
            Self::P256(_) => "ES256",
        }
    }

    /// The signature of `message`; `None` if the library refuses.
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .ok()?;
                Some(signature)
            }
            Self::P256(key) => {
                let signature = key.sign(&random, message).ok()?;
                Some(signature.as_ref().to_vec())
            }
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.algorithm())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = SigningKey::from_pem(&text);
        }

        #[test]
        fn no_der_panics(
            der in proptest::collection::vec(any::<u8>(), 0..200),
            kind in prop::sample::select(vec!["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "CERTIFICATE"]),
        ) {
            use base64::Engine;
            let body = base64::engine::general_purpose::STANDARD.encode(der);
            let pem = format!("-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n");
            prop_assert!(SigningKey::from_pem(&pem).is_err());
        }
    }
}
