//! External tokens: subject tokens that an API takes as they are.

mod builder;
mod provider;
mod token;

pub use builder::ExternalTokenProviderBuilder;
pub use provider::ExternalTokenProvider;
pub use token::ExternalToken;
