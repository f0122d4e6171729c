//! One refresh at a time, for any number of callers on any number of runtimes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tracing::instrument::WithSubscriber;
use tracing::{Instrument, debug, info_span, warn};

use super::Shared;
use super::error::{Kind, TokenError};
use super::held::{Held, Stage};
use super::race::until;
use super::random;
use super::refresh::{Failed, Start};
use crate::clock::Moment;

/// How long another runtime may take to run a task before it counts as standing still.
pub(crate) const STANDSTILL: Duration = Duration::from_secs(1);
/// How long not to refresh in the background after a refresh was cut off with its runtime.
const CUT_OFF: Duration = Duration::from_secs(1);

/// A refresh under way, as seen by those who wait for it.
#[derive(Clone)]
pub(crate) struct Flight {
    id: u64,
    progress: watch::Receiver<Progress>,
    /// The runtime it runs on.
    home: Handle,
    /// When its deadline has passed for certain.
    overdue: Moment,
    /// Whether its token is wanted even if it does not live longer than the one held.
    replace: Arc<AtomicBool>,
}

enum Progress {
    Underway,
    /// Another one took its place before it began.
    Superseded,
    /// An attempt failed, another follows.
    Struggling,
    Landed(Result<Arc<Held>, TokenError>),
}

/// What becomes of waiting for a refresh.
pub(crate) enum Arrival {
    Landed(Result<Arc<Held>, TokenError>),
    /// It is not known when there will be a token.
    Struggling,
    /// Another one took its place.
    Superseded,
    /// Its runtime is gone or stands still.
    Lost,
}

/// What a caller with a token to fall back on can do.
pub(crate) enum Renewal {
    /// Wait for it.
    Underway(Flight),
    /// Take what it has.
    NotNow,
    /// Look again: another token is held, or none.
    Replaced,
}

/// What is known of refreshes.
#[derive(Default)]
pub(crate) struct Flights {
    last_id: u64,
    current: Option<Flight>,
    /// When the next one may start, where the last one makes it wait.
    pub(crate) hold_off: Option<Moment>,
    /// Why the last one failed, if it did.
    pub(crate) last_error: Option<TokenError>,
    /// Transient failures in a row.
    failures: u32,
    pub(crate) tokens: u64,
    pub(crate) failed: u64,
}

impl Flights {
    /// The refresh under way. One that should long have ended is on a runtime that stands still.
    pub(crate) fn underway(&self, now: &Moment) -> Option<&Flight> {
        self.current
            .as_ref()
            .filter(|flight| !now.has_reached(&flight.overdue))
    }

    fn is_current(&self, id: u64) -> bool {
        self.current.as_ref().is_some_and(|flight| flight.id == id)
    }

    fn end(&mut self, id: u64) -> bool {
        let is_current = self.is_current(id);
        if is_current {
            self.current = None;
        }
        is_current
    }
}

impl Shared {
    pub(crate) fn flights(&self) -> MutexGuard<'_, Flights> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For a caller that has `seen` to fall back on: what to wait for, if it is worth it. Starts a refresh
    /// unless one is under way or has just ended, or the last one makes it wait.
    pub(crate) fn renew(self: &Arc<Self>, seen: &Arc<Held>) -> Renewal {
        let Ok(home) = Handle::try_current() else {
            return Renewal::NotNow;
        };
        let now = self.refresher.clock.now();
        let flights = self.flights();
        if !self.is_held(seen) {
            return Renewal::Replaced;
        }
        let failing = flights.last_error.is_some();
        let flight = match flights.underway(&now) {
            Some(flight) => flight.clone(),
            None if flights.hold_off.is_some_and(|end| !now.has_reached(&end)) => {
                return Renewal::NotNow;
            }
            None => self.start(flights, &home, &now, None),
        };
        if failing {
            Renewal::NotNow
        } else {
            Renewal::Underway(flight)
        }
    }

    /// For a caller that needs a new token: what to wait for. Starts a refresh unless one is under way; `None`
    /// if another one than `seen` is held by now.
    ///
    /// # Errors
    ///
    /// The last refresh failed, and it is too early for another; or there is no tokio runtime.
    pub(crate) fn obtain(
        self: &Arc<Self>,
        seen: Option<&Arc<Held>>,
    ) -> Result<Option<Flight>, TokenError> {
        let error = |kind| self.refresher.error(kind);
        let home = Handle::try_current().map_err(|_| error(Kind::NoRuntime))?;
        let now = self.refresher.clock.now();
        let flights = self.flights();
        if seen.is_some_and(|seen| !self.is_held(seen)) {
            return Ok(None);
        }
        let flight = if let Some(flight) = flights.underway(&now) {
            flight.clone()
        } else {
            let mut not_before = None;
            if let (Some(last), Some(end)) = (&flights.last_error, flights.hold_off)
                && !now.has_reached(&end)
            {
                if !last.is_transient() || now.until(&end) >= self.refresher.deadline {
                    return Err(last.clone());
                }
                not_before = Some(end);
            }
            self.start(flights, &home, &now, not_before)
        };
        flight.replace.fetch_or(seen.is_none(), Ordering::Relaxed);
        Ok(Some(flight))
    }

    /// Whether no other token has been obtained since. To be asked with the lock held, which a refresh takes
    /// between storing its token and making room for the next one.
    fn is_held(&self, seen: &Arc<Held>) -> bool {
        Arc::ptr_eq(&self.held.load(), seen)
    }

    fn start(
        self: &Arc<Self>,
        mut flights: MutexGuard<'_, Flights>,
        home: &Handle,
        now: &Moment,
        not_before: Option<Moment>,
    ) -> Flight {
        let (sender, progress) = watch::channel(Progress::Underway);
        flights.last_id += 1;
        let flight = Flight {
            id: flights.last_id,
            progress,
            home: home.clone(),
            overdue: now.after(self.refresher.deadline + STANDSTILL),
            replace: Arc::default(),
        };
        flights.current = Some(flight.clone());
        let start = Start {
            failures: flights.failures,
            not_before,
        };
        // A runtime that is shutting down drops the task at once, which takes the lock.
        drop(flights);
        let pilot = Pilot {
            shared: Arc::clone(self),
            id: flight.id,
            replace: Arc::clone(&flight.replace),
            progress: sender,
            has_landed: false,
        };
        // It serves whoever comes, and is no part of what the first of them is doing.
        let span = info_span!(parent: None, "refresh", provider = &*self.refresher.name);
        home.spawn(pilot.fly(start).instrument(span).with_current_subscriber());
        flight
    }

    /// Gives a refresh up whose runtime does not run it.
    pub(crate) fn give_up(&self, flight: &Flight) {
        self.flights().end(flight.id);
    }

    /// Holds `new` from here on, unless what is held lives longer; with whether it does.
    fn hold(&self, new: Held, replace: bool, now: &Moment) -> (Arc<Held>, bool) {
        let new = Arc::new(new);
        let mut held = self.held.load_full();
        loop {
            let usable = held.stage(now) != Stage::Gone;
            if usable && !replace && new.remaining(now) <= held.remaining(now) {
                return (held, false);
            }
            let previous = self.held.compare_and_swap(&held, Arc::clone(&new));
            if Arc::ptr_eq(&previous, &held) {
                return (new, true);
            }
            held = Arc::clone(&previous);
        }
    }
}

impl Flight {
    /// Whether it runs on the runtime that this is called from.
    pub(crate) fn is_at_home(&self) -> bool {
        Handle::try_current().is_ok_and(|here| here.id() == self.home.id())
    }

    /// Waits for its end; with `early`, only until an attempt has failed.
    pub(crate) async fn arrival(&mut self, early: bool) -> Arrival {
        let is_at_home = self.is_at_home();
        loop {
            match &*self.progress.borrow_and_update() {
                Progress::Landed(outcome) => return Arrival::Landed(outcome.clone()),
                Progress::Struggling if early => return Arrival::Struggling,
                Progress::Superseded => return Arrival::Superseded,
                Progress::Struggling | Progress::Underway => {}
            }
            let changed = self.progress.changed();
            let changed = if is_at_home {
                Some(changed.await)
            } else {
                until(standstill(&self.home), changed).await
            };
            if !matches!(changed, Some(Ok(()))) {
                return Arrival::Lost;
            }
        }
    }
}

/// Ends when the runtime `home` runs no tasks any more.
async fn standstill(home: &Handle) {
    loop {
        let echo = tokio::time::timeout(STANDSTILL, home.spawn(async {})).await;
        if !matches!(echo, Ok(Ok(()))) {
            return;
        }
        tokio::time::sleep(STANDSTILL).await;
    }
}

/// What performs a refresh. Dropped before its end, as with its runtime, it makes room for another.
struct Pilot {
    shared: Arc<Shared>,
    id: u64,
    replace: Arc<AtomicBool>,
    progress: watch::Sender<Progress>,
    has_landed: bool,
}

impl Pilot {
    async fn fly(mut self, start: Start) {
        // A runtime that stood still may find several of them.
        if !self.shared.flights().is_current(self.id) {
            self.progress.send_replace(Progress::Superseded);
            return;
        }
        let struggling = |failed: &Failed| {
            debug!(error = %failed.error, retry_in = ?failed.wait, "trying again");
            self.note(failed);
            self.progress.send_replace(Progress::Struggling);
        };
        let outcome = match self.shared.refresher.refresh(start, struggling).await {
            Ok(token) => Ok(self.succeeded(token)),
            Err(failed) => Err(self.failed(failed)),
        };
        self.has_landed = true;
        self.progress.send_replace(Progress::Landed(outcome));
    }

    /// What others have to know of a failure, also if this refresh does not come to its end.
    fn note(&self, failed: &Failed) {
        let now = self.shared.refresher.clock.now();
        let mut flights = self.shared.flights();
        // A straggler does not know what has happened since.
        if !flights.is_current(self.id) {
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
        let (held, is_new) = self.shared.hold(token, replace, &now);
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

    fn failed(&self, failed: Failed) -> TokenError {
        warn!(error = %failed.error, retry_in = ?failed.wait, "no token");
        self.note(&failed);
        let mut flights = self.shared.flights();
        flights.failed += 1;
        flights.end(self.id);
        failed.error
    }
}

impl Drop for Pilot {
    fn drop(&mut self) {
        let now = self.shared.refresher.clock.now();
        let mut flights = self.shared.flights();
        if flights.end(self.id) && !self.has_landed && flights.hold_off.is_none() {
            // Runtimes that are made for a call cut every refresh off: not one for each call.
            flights.hold_off = Some(now.after(CUT_OFF));
        }
    }
}
