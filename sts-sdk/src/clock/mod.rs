//! The time, as a token provider sees it.

// `--cfg sts_sdk_portable_clock` lets Linux compile and test the clock of the other systems.
#[cfg_attr(
    all(target_os = "linux", not(sts_sdk_portable_clock)),
    path = "linux.rs"
)]
#[cfg_attr(
    any(not(target_os = "linux"), sts_sdk_portable_clock),
    path = "portable.rs"
)]
mod system;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

/// A future that was boxed to be named.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a [`TokenProvider`](crate::TokenProvider) takes for the time. [`SystemClock`] unless another is given.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The time on both clocks. Called at every access to a token.
    fn now(&self) -> Moment;

    /// Waits for `duration` on the monotonic clock.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// A point in time on two clocks, of which either may be wrong: the monotonic one may stand still while a
/// machine is suspended, the wall clock may be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Time since a point that the [`Clock`] chooses. Never goes back.
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
            // Past what a wall clock can show, it counts as reached.
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

/// The operating system's clocks; waits with tokio's timer.
///
/// On Linux the coarse clocks are read, which are cheaper and at most one tick (1 to 10 ms) late.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SystemClock;

impl Clock for SystemClock {
    #[inline]
    fn now(&self) -> Moment {
        system::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}
