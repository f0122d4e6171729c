//! What a caller waits for, and for how long.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::Shared;
use super::cached_token::{Held, Stage};
use super::deadline::until;
use super::error::{Kind, Step, TokenError};
use super::single_flight::{Arrival, Flight, Renewal, STANDSTILL};
use crate::clock::BoxFuture;

impl Shared {
    /// The held token's successor; the held token where there is none to be had and it may still be served.
    ///
    /// Whatever was waited for, it is looked at anew what may be served: time has passed, and it may have
    /// been invalidated.
    pub(super) async fn next_token(self: &Arc<Self>) -> Result<Arc<Held>, TokenError> {
        let end = self.end();
        let mut has_waited = false;
        loop {
            let now = self.refresher.clock.now();
            let held = self.held.load_full();
            match held.stage(&now) {
                Stage::Fresh | Stage::Due => return Ok(held),
                Stage::Expiring if has_waited => return Ok(held),
                Stage::Expiring => match self.renew(&held) {
                    Renewal::NotNow => return Ok(held),
                    Renewal::Replaced => {}
                    Renewal::Underway(mut flight) => {
                        has_waited = true;
                        // Half of what is left, so that the other half is left to use it.
                        let patience = self.timer(now.until(&held.never) / 2);
                        let arrival = until(patience, flight.arrival(true)).await;
                        if matches!(arrival, Some(Arrival::Lost)) {
                            self.give_up(&flight);
                        }
                    }
                },
                Stage::Gone => {
                    if let Some(flight) = self.obtain(&held)? {
                        has_waited = true;
                        let landed = self.landed(flight, end).await;
                        if let Err(error) = landed
                            && self.is_gone()
                        {
                            return Err(error);
                        }
                    }
                }
            }
        }
    }

    /// The token of a refresh, whatever is held.
    pub(super) async fn refreshed(self: &Arc<Self>) -> Result<Arc<Held>, TokenError> {
        let end = self.end();
        loop {
            let landed = self.landed(self.replace()?, end).await?;
            // It may have died while this caller was not run.
            let alive = |new: &Arc<Held>| new.stage(&self.refresher.clock.now()) != Stage::Gone;
            if let Some(new) = landed.filter(alive) {
                return Ok(new);
            }
        }
    }

    /// Whether nothing is held that may be served.
    fn is_gone(&self) -> bool {
        let now = self.refresher.clock.now();
        self.held.load().stage(&now) == Stage::Gone
    }

    /// When a caller that comes now is to have an answer: somewhat later than a refresh that starts now, on the
    /// monotonic clock, which does not jump.
    fn end(&self) -> Duration {
        let now = self.refresher.clock.now().monotonic;
        now.saturating_add(self.refresher.deadline + STANDSTILL)
    }

    /// The token of `flight`; `None` where another one must be waited for.
    ///
    /// # Errors
    ///
    /// It failed, or there is nothing to wait for, or no time.
    async fn landed(
        &self,
        mut flight: Flight,
        end: Duration,
    ) -> Result<Option<Arc<Held>>, TokenError> {
        let left = end.saturating_sub(self.refresher.clock.now().monotonic);
        match until(self.timer(left), flight.arrival(false)).await {
            Some(Arrival::Landed(outcome)) => outcome.map(Some),
            Some(Arrival::Superseded | Arrival::Struggling) => Ok(None),
            Some(Arrival::Lost) => {
                self.give_up(&flight);
                if flight.is_at_home() {
                    return Err(self.refresher.error(Kind::ShuttingDown));
                }
                Ok(None)
            }
            None => Err(self.refresher.error(Kind::Deadline {
                deadline: self.refresher.deadline,
                step: Step::Refresh,
                before: self.flights().last_error.clone(),
            })),
        }
    }

    /// The clock's, or one that never ends on a runtime without timers, where refreshes fail by themselves.
    fn timer(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let timer = catch_unwind(AssertUnwindSafe(|| self.refresher.clock.sleep(duration)));
        timer.unwrap_or_else(|_| Box::pin(std::future::pending()))
    }
}
