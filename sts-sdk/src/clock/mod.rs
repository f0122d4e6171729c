//! The time, as a token provider sees it.

mod clock;
mod moment;
pub(crate) mod system;

pub use clock::{BoxFuture, Clock};
pub use moment::Moment;
