//! The clock's timer, on runtimes that have none as well.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::{Handle, Id};

use crate::clock::{BoxFuture, Clock};

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

    /// The timer of `clock`; `None` on a runtime without timers.
    ///
    /// Tokio panics where it has no timers, and does not tell before. Its message is printed once: by the panic, which
    /// nothing but a hook for the whole program could prevent.
    pub(super) fn timer_if_any(
        &self,
        clock: &dyn Clock,
        duration: Duration,
    ) -> Option<BoxFuture<'static, ()>> {
        let runtime = Handle::try_current().ok().map(|runtime| runtime.id());
        if runtime.is_some_and(|runtime| self.is(runtime)) {
            return None;
        }
        let timer = catch_unwind(AssertUnwindSafe(|| clock.sleep(duration)));
        if let (Err(_), Some(runtime)) = (&timer, runtime) {
            self.set(runtime);
        }
        timer.ok()
    }
}
