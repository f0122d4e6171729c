//! The clock's timer, on runtimes that have none as well.

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::{Handle, Id};

use super::shared::Shared;
use crate::clock::BoxFuture;

/// The runtime without timers that was met last.
#[derive(Default)]
pub(super) struct WithoutTimers(Mutex<Option<Id>>);

impl WithoutTimers {
    fn is(&self, runtime: Id) -> bool {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) == Some(runtime)
    }

    fn set(&self, runtime: Id) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(runtime);
    }
}

impl Shared {
    /// The clock's timer, which never ends on a runtime without timers.
    pub(super) fn timer(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let timer = self.timer_if_any(duration);
        timer.unwrap_or_else(|| Box::pin(pending()))
    }

    /// Whether the clock can wait on this runtime.
    pub(super) fn has_timers(&self) -> bool {
        self.timer_if_any(Duration::from_secs(1)).is_some()
    }

    /// Tokio panics where it has no timers, and does not tell before. Its message is printed once: by the panic, which
    /// nothing but a hook for the whole program could prevent.
    fn timer_if_any(&self, duration: Duration) -> Option<BoxFuture<'static, ()>> {
        let runtime = Handle::try_current().ok().map(|runtime| runtime.id());
        if runtime.is_some_and(|runtime| self.without_timers.is(runtime)) {
            return None;
        }
        let timer = catch_unwind(AssertUnwindSafe(|| self.refresher.clock.sleep(duration)));
        if let (Err(_), Some(runtime)) = (&timer, runtime) {
            self.without_timers.set(runtime);
        }
        timer.ok()
    }
}
