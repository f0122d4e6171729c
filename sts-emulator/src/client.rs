use std::fmt;

/// A client of the emulator's own identity provider, for the grant `client_credentials`.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Client {
    /// A client with this id and secret.
    #[must_use]
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
