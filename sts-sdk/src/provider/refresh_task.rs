//! The task that performs a refresh, and makes its outcome known.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tracing::{debug, warn};

use super::Shared;
use super::cached_token::{Held, Stage};
use super::error::TokenError;
use super::random;
use super::retry::{Failed, Start};
use super::single_flight::Progress;
use crate::clock::Moment;

/// How long not to refresh in the background after a refresh was cut off with its runtime.
const CUT_OFF: Duration = Duration::from_secs(1);

/// What performs a refresh. Dropped before its end, as with its runtime, it makes room for another.
pub(super) struct Pilot {
    pub(super) shared: Arc<Shared>,
    pub(super) id: u64,
    pub(super) replace: Arc<AtomicBool>,
    pub(super) progress: watch::Sender<Progress>,
}

impl Pilot {
    pub(super) async fn fly(self, start: Start) {
        // A runtime that stood still may find several of them.
        if !self.shared.flights().is_current(self.id) {
            self.progress.send_replace(Progress::Superseded);
            return;
        }
        let struggling = |failed: &Failed| {
            debug!(error = %failed.error, retry_in = ?failed.wait, "trying again");
            self.note(failed, false);
            self.progress.send_replace(Progress::Struggling);
        };
        let outcome = match self.shared.refresher.refresh(start, struggling).await {
            Ok(token) => Ok(self.succeeded(token)),
            Err(failed) => Err(self.failed(failed)),
        };
        self.progress.send_replace(Progress::Landed(outcome));
    }

    /// What others have to know of a failure, also if this refresh does not come to its end.
    fn note(&self, failed: &Failed, is_the_end: bool) {
        let now = self.shared.refresher.clock.now();
        let mut flights = self.shared.flights();
        flights.failed += u64::from(is_the_end);
        let is_current = if is_the_end {
            flights.end(self.id)
        } else {
            flights.is_current(self.id)
        };
        // A straggler does not know what has happened since.
        if !is_current {
            return;
        }
        flights.failures = failed.failures;
        flights.hold_off = Some(now.after(failed.wait));
        let previous = flights.last_error.replace(failed.error.clone());
        drop(flights);
        // It may hold an error of the caller's own, which does what it likes when it is dropped.
        drop(previous);
    }

    fn succeeded(&self, token: Held) -> Arc<Held> {
        let now = self.shared.refresher.clock.now();
        // Held throughout, so that nobody joins what is decided.
        let mut flights = self.shared.flights();
        let is_current = flights.end(self.id);
        let replace = is_current && self.replace.load(Ordering::Relaxed);
        let (held, is_new) = self.hold(token, replace, &now);
        flights.tokens += 1;
        let mut previous = None;
        if is_current {
            flights.failures = 0;
            previous = flights.last_error.take();
            flights.hold_off = (!is_new).then(|| {
                // STS hands out what it issued before. It does so for a while, so there is no hurry.
                let wait = (held.remaining(&now) / 4).max(Duration::from_secs(1));
                now.after(wait.mul_f64(0.5 + random::unit() / 2.0))
            });
        }
        drop(flights);
        drop(previous);
        if is_new {
            debug!(lifetime_s = held.token.lifetime().as_secs(), "got a token");
        } else {
            debug!("got a token that lives no longer than the one held");
        }
        held
    }

    /// Holds `new` from here on, unless what is held lives longer; with whether it does.
    fn hold(&self, new: Held, replace: bool, now: &Moment) -> (Arc<Held>, bool) {
        let new = Arc::new(new);
        let mut held = self.shared.held.load_full();
        loop {
            let usable = held.stage(now) != Stage::Gone;
            if usable && !replace && new.remaining(now) <= held.remaining(now) {
                return (held, false);
            }
            let previous = self.shared.held.compare_and_swap(&held, Arc::clone(&new));
            if Arc::ptr_eq(&previous, &held) {
                return (new, true);
            }
            held = Arc::clone(&previous);
        }
    }

    fn failed(&self, failed: Failed) -> TokenError {
        warn!(error = %failed.error, retry_in = ?failed.wait, "no token");
        self.note(&failed, true);
        failed.error
    }
}

impl Drop for Pilot {
    fn drop(&mut self) {
        let now = self.shared.refresher.clock.now();
        let mut flights = self.shared.flights();
        if flights.end(self.id) && flights.hold_off(&now).is_none() {
            // Runtimes that are made for a call cut every refresh off: not one for each call.
            flights.hold_off = Some(now.after(CUT_OFF));
        }
    }
}
