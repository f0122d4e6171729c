//! A point in time.

use std::time::{Duration, SystemTime};

/// A point in time on two clocks, of which either may be wrong: the monotonic one may stand still while a
/// machine is suspended, the wall clock may be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Time since a point that the [`Clock`](crate::Clock) chooses. Never goes back.
    pub monotonic: Duration,
    /// The time of day, which may be set forward and back.
    pub wall: SystemTime,
}

impl Moment {
    /// The time from `earlier` to here: the larger of the two clocks' readings.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Duration {
        let monotonic = self.monotonic.saturating_sub(earlier.monotonic);
        let wall = self.wall.duration_since(earlier.wall);
        monotonic.max(wall.unwrap_or_default())
    }

    /// The time from here until either clock comes to `point`.
    #[must_use]
    pub fn until(&self, point: &Self) -> Duration {
        let wall = point.wall.duration_since(self.wall).unwrap_or_default();
        point.monotonic.saturating_sub(self.monotonic).min(wall)
    }

    /// The moment that is `duration` after this one on both clocks.
    #[must_use]
    pub fn after(&self, duration: Duration) -> Self {
        Self {
            monotonic: self.monotonic.saturating_add(duration),
            // A moment that the wall clock cannot show counts as reached.
            wall: self.wall.checked_add(duration).unwrap_or(self.wall),
        }
    }

    /// Whether either clock has come to `point`.
    #[inline]
    #[must_use]
    pub fn has_reached(&self, point: &Self) -> bool {
        self.monotonic >= point.monotonic || self.wall >= point.wall
    }
}
