//! Linux's coarse clocks: what the kernel noted at its last tick, without asking the hardware.

use std::time::{Duration, SystemTime};

use rustix::time::{ClockId, Timespec, clock_gettime};

use crate::clock::moment::Moment;

#[inline]
pub(super) fn now() -> Moment {
    Moment {
        monotonic: duration(clock_gettime(ClockId::MonotonicCoarse)),
        wall: SystemTime::UNIX_EPOCH + duration(clock_gettime(ClockId::RealtimeCoarse)),
    }
}

/// What a clock shows since 1970. Linux does not let it be set to an earlier time.
#[inline]
fn duration(time: Timespec) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}
