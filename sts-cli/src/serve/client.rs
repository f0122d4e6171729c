//! The one client that the endpoint knows.

use std::fmt::Write;
use std::path::Path;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use sts_sdk::Secret;

use crate::bounded::read_text;
use crate::environment;
use crate::failure::Failure;
use crate::shown::shown;

/// The fewest characters of a secret that is given: nobody is to find it by trying.
const SHORTEST: usize = 16;
/// The variable that may hold the secret.
const VARIABLE: &str = "CONFLUENT_STS_ENDPOINT_CLIENT_SECRET";

/// An id and a secret.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: Secret,
}

impl Client {
    /// With the id and the secret that are given, and random ones in their places otherwise.
    pub(crate) fn new(id: Option<&str>, secret_file: Option<&Path>) -> Result<Self, Failure> {
        let id = match id {
            Some(id) if is_id(id) => id.to_owned(),
            Some(_) => {
                return Err(Failure::usage(
                    "--endpoint-client-id must be visible ASCII characters without ':'; leave it out for a random one",
                ));
            }
            None => format!("confluent-sts-{}", random::<4>()?),
        };
        Ok(Self {
            id,
            secret: secret(secret_file)?,
        })
    }

    /// One that lasts as long as this process.
    pub(crate) fn random() -> Result<Self, Failure> {
        let id = format!("confluent-sts-{}", random::<4>()?);
        Ok(Self {
            id,
            secret: Secret::from(random::<32>()?),
        })
    }

    /// Whether it is this one. How long that takes says nothing about the secret, not even how long it is.
    pub(crate) fn is(&self, id: &str, secret: &str) -> bool {
        let equal = |one: &str, other: &str| {
            let (one, other) = (
                digest(&SHA256, one.as_bytes()),
                digest(&SHA256, other.as_bytes()),
            );
            verify_slices_are_equal(one.as_ref(), other.as_ref()).is_ok()
        };
        let secret_is_right = equal(self.secret.expose_secret(), secret);
        equal(&self.id, id) & secret_is_right
    }
}

/// What HTTP Basic can carry (RFC 7617, section 2), on one line of a file of variables.
fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b':')
}

fn secret(file: Option<&Path>) -> Result<Secret, Failure> {
    let (given, place) = if let Some(file) = file {
        let name = shown(&file.display().to_string());
        let text = read_text(file).map_err(|error| {
            Failure::usage(format!(
                "the endpoint's client secret cannot be read from {name}: {error}"
            ))
        })?;
        (Secret::from(text), name)
    } else if let Some(given) = environment::variable(VARIABLE)? {
        (Secret::from(given), VARIABLE.to_owned())
    } else {
        return Ok(Secret::from(random::<32>()?));
    };
    let text = given.expose_secret().trim();
    if text.len() < SHORTEST || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Failure::usage(format!(
            "the endpoint's client secret in {place} must be at least {SHORTEST} visible ASCII characters; \
             leave it out for a random one"
        )));
    }
    Ok(Secret::from(text))
}

/// `2 * N` hexadecimal digits.
fn random<const N: usize>() -> Result<String, Failure> {
    let mut bytes = [0; N];
    let filled = aws_lc_rs::rand::fill(&mut bytes);
    filled.map_err(|_| Failure::local("this system has no random numbers; look at its log"))?;
    let mut text = String::with_capacity(2 * N);
    for byte in bytes {
        // Nothing can be in the way of a text in memory.
        write!(text, "{byte:02x}").ok();
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::Client;

    #[test]
    fn one_client_is_let_in() {
        let client = Client::random().unwrap();
        let (id, secret) = (client.id.clone(), client.secret.expose_secret());
        assert_eq!(secret.len(), 64);
        assert!(client.is(&id, secret));
        for (id, secret) in [
            (&*id, &secret[1..]),
            (&*id, ""),
            ("", secret),
            (&*id, &secret.to_uppercase()),
        ] {
            assert!(
                !client.is(id, secret)
                    || secret == secret.to_uppercase() && client.secret.expose_secret() == secret
            );
        }
        assert_ne!(Client::random().unwrap().secret.expose_secret(), secret);
    }
}
