//! Providers for programs and threads without async.
//!
//! A [`TokenProvider`] here is a face of the one at the root of the crate: both serve the same token, and may be used side by
//! side. What it waits for runs on a tokio runtime of this module, which all providers of a process share: one thread, from
//! the first [`new`](TokenProvider::new) until the process ends.
//!
//! ```no_run
//! use sts_sdk::blocking::TokenProvider;
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let tokens = TokenProvider::new(sts_sdk::TokenProvider::from_env()?)?;
//!     let header = tokens.authorization()?;
//!     let token = tokens.token()?;
//!     println!("valid until {:?}", token.expires_at());
//!     Ok(())
//! }
//! ```
//!
//! It may be called from any thread: from `main`, from a callback of a library in another language, and from a task of a
//! tokio runtime of either kind, which it blocks meanwhile. There, the provider at the root of the crate is the better
//! choice. The exception is this module's own thread, which runs the async code of sources: a source that calls a blocking
//! provider there gets an error where it would have to wait.
//!
//! A call returns at once while a token may be served; refreshes in the background go on without calls. Otherwise it waits
//! for at most the provider's [deadline](crate::TokenProviderBuilder::deadline) and two seconds.
//!
//! A child that is made by `fork` without `exec` does not inherit that thread. Providers that were made before the fork do
//! not work in it: calls that have to wait fail after the deadline and two seconds. Those that it makes itself do; the
//! first of them starts a thread of the child's own.

mod provider;
mod runtime;

pub use provider::{ExternalTokenProvider, TokenProvider};
