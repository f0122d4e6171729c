//! The token exchange: what is sent, and what is made of the response.

mod access_token;
mod call;
mod error;
mod hooks;
pub(crate) mod operation;
mod rejected;
mod reply;

pub use access_token::AccessToken;
pub(crate) use call::exchange;
pub use error::ExchangeError;
