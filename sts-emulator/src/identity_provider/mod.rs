//! The emulator's own identity provider: subject tokens for whoever asks, and what verifies them.

mod any_token;
mod metadata;
mod token;

pub(crate) use any_token::any_token;
pub(crate) use metadata::{identity_provider, jwks, sts};
pub(crate) use token::{PARAMETERS, answer};
