//! Linux's coarse clocks: what the kernel noted at its last tick, without asking the hardware.

use std::time::{Duration, SystemTime};

use nix::time::{ClockId, clock_gettime};

use super::Moment;

/// `None` where the kernel has no such clocks.
#[inline]
pub(super) fn now() -> Option<Moment> {
    let monotonic = clock_gettime(ClockId::CLOCK_MONOTONIC_COARSE).ok()?;
    let wall = clock_gettime(ClockId::CLOCK_REALTIME_COARSE).ok()?;
    Some(Moment {
        monotonic: Duration::from(monotonic),
        wall: SystemTime::UNIX_EPOCH.checked_add(Duration::from(wall))?,
    })
}
