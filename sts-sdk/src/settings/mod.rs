//! The settings that describe a provider and its source of subject tokens, `CONFLUENT_STS_…`.
//!
//! [`TokenProvider::from_env`](crate::TokenProvider::from_env) reads them from environment variables. A program with
//! flags or a file of profiles hands them over by a look-up, to
//! [`TokenProvider::from_settings`](crate::TokenProvider::from_settings),
//! [`TokenProviderBuilder::settings`](crate::TokenProviderBuilder::settings) or
//! [`subject_token::from_settings`](crate::subject_token::from_settings):
//!
//! ```no_run
//! use sts_sdk::{BuildError, Secret, TokenProvider, settings};
//!
//! fn provider(pool: Option<String>) -> Result<TokenProvider, BuildError> {
//!     TokenProvider::from_settings(|name| match name {
//!         "CONFLUENT_STS_IDENTITY_POOL_ID" if pool.is_some() => pool.clone().map(Secret::from),
//!         _ => settings::environment(name),
//!     })
//! }
//! ```
//!
//! White space around a value is removed; a value that is empty then is not set.
#![doc = include_str!("settings.md")]

mod reader;
pub(crate) mod setting;

pub(crate) use reader::Reader;
pub use setting::{ALL, Setting};

use crate::secret::Secret;

/// The look-up in the environment of this process: the variable `name`, if it is set to text.
#[must_use]
pub fn environment(name: &str) -> Option<Secret> {
    std::env::var(name).ok().map(Secret::from)
}
