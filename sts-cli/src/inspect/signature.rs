//! Whether the signature is by one of the keys that were given.

use std::path::Path;

use sts_emulator::{Jwt, VerifyingKey};

use super::fetch;
use crate::bounded::read_text;
use crate::failure::{Failure, Kind};
use crate::shown::shown;

/// What is known of the signature.
pub(super) enum Signature {
    /// No keys were given.
    NotVerified,
    /// By which key.
    Valid(String),
    /// Why not.
    NotValid(String),
}

/// The keys at `place`, a URL or a file.
pub(super) async fn keys(place: &str) -> Result<Vec<VerifyingKey>, Failure> {
    let name = shown(place);
    let (read, kind) = if place.starts_with("https:") || place.starts_with("http:") {
        (fetch::get(place).await?, Kind::Refused)
    } else {
        let read = read_text(Path::new(place)).map_err(|error| {
            Failure::usage(format!(
                "no keys in the file {name}: {error}; name a file, or an https URL"
            ))
        })?;
        (read.into_bytes(), Kind::Usage)
    };
    VerifyingKey::of_jwks(&read).map_err(|why| {
        let why = format!(
            "no keys in {name}: {why}; give a JSON Web Key Set, as at the jwks_uri of the identity \
            provider"
        );
        Failure::new(kind, why)
    })
}

/// Verifies the signature with the `keys` of `place`.
pub(super) fn verify(jwt: &Jwt<'_>, keys: &[VerifyingKey], place: &str) -> Signature {
    let alg = jwt.header_text("alg").unwrap_or_default();
    if VerifyingKey::algorithm(alg).is_none() {
        let known = VerifyingKey::ALGORITHMS.join(", ");
        return Signature::NotValid(format!("alg is {}, and not one of {known}", shown(alg)));
    }
    let id = jwt.header_text("kid");
    let named = id.map_or_else(
        || "no kid".to_owned(),
        |id| format!("the kid {}", shown(id)),
    );
    let fitting: Vec<&VerifyingKey> = keys.iter().filter(|key| key.fits(id, alg)).collect();
    if fitting.is_empty() {
        return Signature::NotValid(format!(
            "{place} has no key for a token with {named} and alg {alg}"
        ));
    }
    let by = fitting
        .iter()
        .find(|key| key.verifies(alg, jwt.signed, &jwt.signature));
    match by {
        Some(key) => {
            let key = key.id().map_or_else(
                || "the key".to_owned(),
                |id| format!("the key {}", shown(id)),
            );
            Signature::Valid(format!("{key} of {place}, with {alg}"))
        }
        None => Signature::NotValid(format!(
            "it is not by the key of {place} for a token with {named}"
        )),
    }
}
