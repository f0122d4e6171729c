//! How AWS signs tokens.

/// The algorithm with which AWS signs a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AwsSigningAlgorithm {
    /// RSA with SHA-256.
    #[default]
    Rs256,
    /// ECDSA on the curve P-384 with SHA-384.
    Es384,
}

impl AwsSigningAlgorithm {
    /// As AWS and RFC 7518 (section 3.1) name it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es384 => "ES384",
        }
    }
}
