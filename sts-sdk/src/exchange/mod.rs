//! The token exchange: what is sent, and what is made of the response.

pub(crate) mod access_token;
pub(crate) mod call;
pub(crate) mod error;
pub(crate) mod reply;
