//! JSON Web Tokens (RFC 7519) in compact form, signed with RS256, ES256 or `EdDSA`, and the keys for them.

mod algorithm;
mod jwks;
mod signing_key;
mod token;
mod verifying_key;

pub use algorithm::Algorithm;
pub(crate) use jwks::read as read_jwks;
pub(crate) use signing_key::KeyRing;
pub(crate) use token::Token;
pub(crate) use verifying_key::VerifyingKey;
