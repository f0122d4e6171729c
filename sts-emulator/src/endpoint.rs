use serde::{Deserialize, Serialize};

/// The endpoints that are counted, logged, and can be told to fail.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Endpoint {
    /// The token exchange.
    #[default]
    Exchange,
    /// The token endpoint of the emulator's own identity provider.
    IdentityProvider,
    /// The protected resource.
    Resource,
}

impl Endpoint {
    /// The name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exchange => "exchange",
            Self::IdentityProvider => "identity_provider",
            Self::Resource => "resource",
        }
    }
}
