//! The operating system's clocks.

// `--cfg sts_sdk_portable_clock` lets Linux compile and test the clock of the other systems.
#[cfg_attr(
    all(target_os = "linux", not(sts_sdk_portable_clock)),
    path = "linux.rs"
)]
#[cfg_attr(
    any(not(target_os = "linux"), sts_sdk_portable_clock),
    path = "portable.rs"
)]
mod now;

use std::time::Duration;

use crate::clock::clock::{BoxFuture, Clock};
use crate::clock::moment::Moment;

/// The operating system's clocks; waits with tokio's timer.
///
/// On Linux the coarse clocks are read, which are cheaper and at most one tick (1 to 10 ms) late.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SystemClock;

impl Clock for SystemClock {
    #[inline]
    fn now(&self) -> Moment {
        now::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}
