//! Who may exchange a token: identity providers, identity pools, and the check of a subject token.

mod check;
mod directory;
mod filter;
mod keys;
mod pool;
mod provider;

pub(crate) use check::check;
pub(crate) use directory::{Directory, Refused};
pub use filter::Filter;
pub use pool::IdentityPool;
pub use provider::IdentityProvider;
