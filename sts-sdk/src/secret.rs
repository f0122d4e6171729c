//! A string that is never printed.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroize;

/// A credential: the subject token of a request, the access token of a reply.
///
/// `Debug` prints a placeholder, and the memory is overwritten with zeros when the value is dropped. Only
/// [`expose_secret`](Self::expose_secret) and serialisation, which the wire needs, give the text away: do not
/// serialise requests or replies into logs.
///
/// ```
/// # use sts_sdk::Secret;
/// let token = Secret::from("eyJhbGciOi...");
/// assert_eq!(format!("{token:?}"), "Secret([redacted])");
/// assert_eq!(token.expose_secret(), "eyJhbGciOi...");
/// ```
///
/// There is no `Display`, which would put a placeholder into a header:
///
/// ```compile_fail,E0277
/// # use sts_sdk::Secret;
/// # let token = Secret::from("eyJhbGciOi...");
/// let header = format!("Bearer {token}");
/// ```
#[derive(Clone)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Secret(
    #[cfg_attr(feature = "schemars", schemars(with = "String", extend("format" = "password")))]
    Zeroed,
);

/// A text whose memory is overwritten with zeros when it is dropped.
#[derive(Clone)]
struct Zeroed(String);

impl Drop for Zeroed {
    fn drop(&mut self) {
        // Faster: unused capacity is overwritten as one block, characters one by one.
        self.0.clear();
        self.0.zeroize();
    }
}

impl Secret {
    /// The text itself. Take care where it goes.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroed(text))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose_secret())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}
