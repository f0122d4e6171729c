//! The time as the emulator sees it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A source of the time, and how far the emulator is ahead of it. Clones share both.
#[derive(Clone)]
pub(crate) struct Clock {
    source: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    /// In seconds.
    ahead: Arc<AtomicI64>,
}

impl Clock {
    pub(crate) fn new(source: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self {
            source: Arc::new(source),
            ahead: Arc::default(),
        }
    }

    /// Milliseconds since 1970.
    pub(crate) fn milliseconds(&self) -> i64 {
        let milliseconds = match (self.source)().duration_since(UNIX_EPOCH) {
            Ok(since) => whole(since),
            Err(before) => -whole(before.duration()),
        };
        milliseconds.saturating_add(self.ahead.load(Ordering::Relaxed).saturating_mul(1000))
    }

    /// Seconds since 1970, rounded down.
    pub(crate) fn seconds(&self) -> i64 {
        self.milliseconds().div_euclid(1000)
    }

    /// Sets the emulator's time forward, or back if `seconds` is negative.
    pub(crate) fn advance(&self, seconds: i64) {
        let add = |ahead: i64| Some(ahead.saturating_add(seconds));
        let (write, read) = (Ordering::Relaxed, Ordering::Relaxed);
        self.ahead.fetch_update(write, read, add).ok();
    }

    /// How many seconds the emulator is ahead of its source.
    pub(crate) fn ahead(&self) -> i64 {
        self.ahead.load(Ordering::Relaxed)
    }

    pub(crate) fn reset(&self) {
        self.ahead.store(0, Ordering::Relaxed);
    }
}

fn whole(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(SystemTime::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Clock");
        shown.field("ahead", &self.ahead()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_set_forward_and_back() {
        let clock = Clock::new(|| UNIX_EPOCH + Duration::from_millis(10_500));
        assert_eq!((clock.seconds(), clock.milliseconds()), (10, 10_500));
        clock.clone().advance(5);
        assert_eq!((clock.seconds(), clock.ahead()), (15, 5));
        clock.advance(-20);
        assert_eq!(clock.seconds(), -5);
        clock.advance(i64::MIN);
        clock.advance(i64::MIN);
        assert_eq!(clock.ahead(), i64::MIN);
        clock.reset();
        assert_eq!(clock.seconds(), 10);
    }

    #[test]
    fn a_time_before_1970_is_negative() {
        let clock = Clock::new(|| UNIX_EPOCH - Duration::from_millis(1500));
        assert_eq!(clock.seconds(), -2);
    }
}
