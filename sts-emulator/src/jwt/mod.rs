//! JSON Web Tokens (RFC 7519) in compact form, and the keys that sign and verify them.

mod algorithm;
mod signing_key;
mod token;
mod verifying_key;

pub use algorithm::Algorithm;
pub(crate) use signing_key::KeyRing;
pub use token::Jwt;
pub use verifying_key::VerifyingKey;
