//! Until when nobody who has a token need start a refresh, readable without a lock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use crate::clock::Moment;

/// A moment in nanoseconds; in the past unless it was set.
///
/// Its two clocks are not read at once. Who reads them while they are set takes the lock in vain, or starts the refresh
/// at the next call.
#[derive(Default)]
pub(super) struct QuietUntil {
    monotonic: AtomicU64,
    wall: AtomicU64,
}

impl QuietUntil {
    pub(super) fn set(&self, end: Option<Moment>) {
        let (monotonic, wall) =
            end.map_or((0, 0), |end| (nanos(end.monotonic), since_1970(end.wall)));
        self.monotonic.store(monotonic, Ordering::Relaxed);
        self.wall.store(wall, Ordering::Relaxed);
    }

    /// Whether either clock has come to it.
    #[inline]
    pub(super) fn is_over(&self, now: &Moment) -> bool {
        nanos(now.monotonic) >= self.monotonic.load(Ordering::Relaxed)
            || since_1970(now.wall) >= self.wall.load(Ordering::Relaxed)
    }
}

#[inline]
fn nanos(duration: Duration) -> u64 {
    let nanos = duration.as_secs().saturating_mul(1_000_000_000);
    nanos.saturating_add(u64::from(duration.subsec_nanos()))
}

#[inline]
fn since_1970(wall: SystemTime) -> u64 {
    wall.duration_since(SystemTime::UNIX_EPOCH).map_or(0, nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_over_when_either_clock_says_so() {
        let at = |monotonic, wall| Moment {
            monotonic: Duration::from_secs(monotonic),
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(wall),
        };
        let quiet = QuietUntil::default();
        assert!(quiet.is_over(&at(0, 0)), "unless it is set");
        quiet.set(Some(at(10, 1000)));
        assert!(!quiet.is_over(&at(9, 999)));
        assert!(quiet.is_over(&at(10, 0)) && quiet.is_over(&at(0, 1000)));
        // Farther than the clocks can show, without a panic.
        quiet.set(Some(at(u64::MAX, 1_000_000_000_000)));
        assert!(!quiet.is_over(&at(10, 1000)));
        quiet.set(None);
        assert!(quiet.is_over(&at(0, 0)));
    }
}
