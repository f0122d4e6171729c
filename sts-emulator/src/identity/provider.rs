use std::path::PathBuf;

/// An identity provider whose tokens are exchanged: its issuer, and where its keys are.
///
/// ```
/// use sts_emulator::IdentityProvider;
///
/// let provider = IdentityProvider::new("https://idp.example")
///     .jwks_url("https://idp.example/keys")
///     .audience("confluent");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProvider {
    pub(crate) issuer: String,
    pub(crate) keys: Keys,
    pub(crate) audiences: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// At `jwks_uri` of the OpenID discovery document.
    Discovery,
    Url(String),
    File(PathBuf),
    Text(String),
}

impl IdentityProvider {
    /// The identity provider with this value of `iss`. Unless told otherwise, its keys are found by its OpenID
    /// discovery document, at `/.well-known/openid-configuration` below the issuer.
    #[must_use]
    pub fn new(issuer: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            keys: Keys::Discovery,
            audiences: Vec::new(),
        }
    }

    /// Reads the keys (RFC 7517, section 5) from this URL when they are first needed, and again when a token names one
    /// that is not among them, at most every 10 seconds.
    #[must_use]
    pub fn jwks_url(mut self, url: impl Into<String>) -> Self {
        self.keys = Keys::Url(url.into());
        self
    }

    /// Reads the keys from this file, as often as from a URL.
    #[must_use]
    pub fn jwks_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.keys = Keys::File(file.into());
        self
    }

    /// The keys themselves, a JSON Web Key Set.
    #[must_use]
    pub fn jwks(mut self, text: impl Into<String>) -> Self {
        self.keys = Keys::Text(text.into());
        self
    }

    /// Takes only tokens for this audience, or for another one that is given in the same way. Without any, all are taken.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }
}
