//! The HTTP client, built without a panic.

use std::panic::{self, AssertUnwindSafe};

use reqwest::{Client, ClientBuilder};

use super::certificates::{self, Certificates};
use crate::build_error::BuildError;
use crate::panic_text::panic_text;

enum NotBuilt {
    NoProvider,
    Refused(reqwest::Error),
}

/// What `reqwest` makes of `builder`, to which `certificates` were applied.
pub(super) fn build(
    builder: ClientBuilder,
    certificates: &Certificates,
) -> Result<Client, BuildError> {
    let refused = match attempt(builder) {
        Ok(client) => return Ok(client),
        Err(NotBuilt::NoProvider) => return Err(BuildError::no_crypto_provider()),
        Err(NotBuilt::Refused(error)) => error,
    };
    // `reqwest` does not say what is at fault: it is what it refuses by itself.
    match attempt(certificates::builder()) {
        Ok(_) => {}
        Err(NotBuilt::NoProvider) => return Err(BuildError::no_crypto_provider()),
        Err(NotBuilt::Refused(error)) => return Err(BuildError::tls(error)),
    }
    certificates.refused_by(|builder| attempt(builder).is_ok())?;
    Err(BuildError::http_client(refused))
}

/// Where rustls has no crypto provider, `reqwest` panics. Nothing can be asked before: whether it needs one depends on
/// what the rest of the program enables of it.
fn attempt(builder: ClientBuilder) -> Result<Client, NotBuilt> {
    match panic::catch_unwind(AssertUnwindSafe(|| builder.build())) {
        Ok(built) => built.map_err(NotBuilt::Refused),
        Err(panicked) if panic_text(&*panicked).contains("crypto provider") => {
            Err(NotBuilt::NoProvider)
        }
        Err(panicked) => panic::resume_unwind(panicked),
    }
}
