//! A valid access token at any moment.

mod backoff;
pub(crate) mod builder;
mod cached_token;
mod catch_panic;
pub(crate) mod changes;
mod deadline;
pub(crate) mod error;
pub(crate) mod exchange;
pub(crate) mod external;
mod failures;
mod from_settings;
mod hand_on;
mod held_back;
mod identity_pool_id;
mod invalidate;
pub(crate) mod keep_fresh;
mod quiet;
pub(crate) mod random;
mod refresh_handle;
mod refresh_state;
mod refresh_task;
mod refresher;
pub(crate) mod requests;
mod retry;
mod shared;
mod single_flight;
pub(crate) mod status;
pub(crate) mod tag;
mod thresholds;
mod timer;
pub(crate) mod token;
pub(crate) mod token_provider;
#[cfg(feature = "testing")]
mod until;
mod wait;

pub use token_provider::TokenProvider;
