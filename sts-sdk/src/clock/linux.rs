//! Linux's coarse clocks: what the kernel noted at its last tick, without asking the hardware.

use std::time::{Duration, SystemTime};

use rustix::time::{ClockId, Timespec, clock_gettime};

use super::Moment;

#[inline]
pub(super) fn now() -> Moment {
    Moment {
        monotonic: duration(clock_gettime(ClockId::MonotonicCoarse)),
        wall: SystemTime::UNIX_EPOCH + duration(clock_gettime(ClockId::RealtimeCoarse)),
    }
}

/// Of a clock that is not set to before 1970, which Linux does not allow.
#[inline]
fn duration(time: Timespec) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}
