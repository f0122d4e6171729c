/// An identity pool: which tokens of an identity provider it takes, and which of their claims is the identity.
///
/// ```
/// use sts_emulator::IdentityPool;
///
/// let pool = IdentityPool::new("pool-abc")
///     .filter(r#"claims.aud == "confluent" && claims.sub.startsWith("system:")"#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityPool {
    pub(crate) id: String,
    pub(crate) issuer: Option<String>,
    pub(crate) identity_claim: String,
    pub(crate) filter: Option<String>,
}

impl IdentityPool {
    /// A pool of the emulator's own identity provider that takes every token of it; the identity is `sub`.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            issuer: None,
            identity_claim: "claims.sub".to_owned(),
            filter: None,
        }
    }

    /// The issuer of the [identity provider](crate::IdentityProvider) that the pool is of.
    #[must_use]
    pub fn identity_provider(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// The claim that is the identity: `claims.sub`, `claims.a.b`, `claims["a.b"]`, or the name alone.
    #[must_use]
    pub fn identity_claim(mut self, claim: impl Into<String>) -> Self {
        self.identity_claim = claim.into();
        self
    }

    /// Takes only tokens whose claims match. [The crate's page](crate#filters) has the language.
    #[must_use]
    pub fn filter(mut self, filter: impl Into<String>) -> Self {
        self.filter = Some(filter.into());
        self
    }
}
