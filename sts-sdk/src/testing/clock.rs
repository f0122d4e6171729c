//! A clock that is set by hand.

use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::{Notify, oneshot};

use crate::clock::{BoxFuture, Clock, Moment};

/// A clock that moves only when told. Clones share the time.
///
/// It starts at an arbitrary moment.
#[derive(Clone)]
pub struct ManualClock(Arc<Inner>);

struct Inner {
    times: Mutex<Times>,
    somebody_waits: Notify,
}

struct Times {
    now: Moment,
    /// When each of those who wait is due, on the monotonic clock.
    waiting: Vec<(Duration, oneshot::Sender<()>)>,
}

impl Default for ManualClock {
    fn default() -> Self {
        let now = Moment {
            monotonic: Duration::from_secs(86_400),
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000),
        };
        let times = Mutex::new(Times {
            now,
            waiting: Vec::new(),
        });
        Self(Arc::new(Inner {
            times,
            somebody_waits: Notify::new(),
        }))
    }
}

impl ManualClock {
    /// Lets `duration` pass on both clocks, and wakes those whose wait is over.
    pub fn advance(&self, duration: Duration) {
        let mut times = self.times();
        times.now = times.now.after(duration);
        let now = times.now.monotonic;
        let waiting = std::mem::take(&mut times.waiting);
        let (due, waiting) = waiting.into_iter().partition(|(due, _)| *due <= now);
        times.waiting = waiting;
        drop(times);
        for (_, waiter) in due {
            // One who has stopped waiting need not be woken.
            let _: Result<(), ()> = waiter.send(());
        }
    }

    /// Lets `duration` pass on the wall clock only, as while a machine is suspended.
    pub fn suspend(&self, duration: Duration) {
        let mut times = self.times();
        times.now.wall += duration;
    }

    /// Sets the wall clock back by `duration`.
    pub fn set_back(&self, duration: Duration) {
        let mut times = self.times();
        times.now.wall -= duration;
    }

    /// How long each of those who wait has yet to wait, shortest first.
    #[must_use]
    pub fn waits(&self) -> Vec<Duration> {
        let mut times = self.times();
        times.waiting.retain(|(_, waiter)| !waiter.is_closed());
        let now = times.now.monotonic;
        let waits = times.waiting.iter().map(|(due, _)| due.saturating_sub(now));
        let mut waits: Vec<Duration> = waits.collect();
        waits.sort();
        waits
    }

    /// Ends when at least `count` waits are under way, whoever waits for whatever: a refresh for its deadline from its
    /// start, and for the next attempt after a failure; each caller for the end of its own wait. What a test wants to
    /// wait for is rather [`until_retry`](super::until_retry) or [`until_refresh_ends`](super::until_refresh_ends).
    pub async fn until_waiting(&self, count: usize) {
        loop {
            let mut changed = pin!(self.0.somebody_waits.notified());
            changed.as_mut().enable();
            if self.waits().len() >= count {
                return;
            }
            changed.await;
        }
    }

    fn times(&self) -> MutexGuard<'_, Times> {
        self.0.times.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Moment {
        self.times().now
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        if duration.is_zero() {
            return Box::pin(async {});
        }
        let (waiter, woken) = oneshot::channel();
        let mut times = self.times();
        let due = times.now.monotonic.saturating_add(duration);
        times.waiting.push((due, waiter));
        drop(times);
        self.0.somebody_waits.notify_waiters();
        Box::pin(async {
            // If the clock was dropped, the wait never ends.
            if woken.await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ManualClock").field(&self.now()).finish()
    }
}
