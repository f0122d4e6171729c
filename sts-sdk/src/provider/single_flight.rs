//! One refresh at a time, for any number of callers on any number of runtimes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tracing::instrument::WithSubscriber;
use tracing::{Instrument, info_span};

use super::Shared;
use super::cached_token::Held;
use super::deadline::until;
use super::error::{Kind, TokenError};
use super::refresh_task::Pilot;
use super::retry::Start;
use crate::clock::Moment;

/// How long another runtime may take to run a task before it counts as standing still.
pub(crate) const STANDSTILL: Duration = Duration::from_secs(1);

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

pub(super) enum Progress {
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
    /// When the next one may start; past where none makes it wait.
    pub(super) hold_off: Option<Moment>,
    /// Why the last one failed, if it did.
    pub(crate) last_error: Option<TokenError>,
    /// Transient failures in a row.
    pub(super) failures: u32,
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

    /// When the next one may start, if not now.
    pub(crate) fn hold_off(&self, now: &Moment) -> Option<Moment> {
        self.hold_off.filter(|end| !now.has_reached(end))
    }

    pub(super) fn is_current(&self, id: u64) -> bool {
        self.current.as_ref().is_some_and(|flight| flight.id == id)
    }

    /// Makes room for another refresh; whether this one was the one under way.
    pub(super) fn end(&mut self, id: u64) -> bool {
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
            None if flights.hold_off(&now).is_some() => return Renewal::NotNow,
            None => self.start(flights, &home, &now, None),
        };
        if failing {
            Renewal::NotNow
        } else {
            Renewal::Underway(flight)
        }
    }

    /// For a caller that needs another token than `seen`: what to wait for. Starts a refresh unless one is under
    /// way; `None` if another token is held by now.
    ///
    /// # Errors
    ///
    /// As for [`replace`](Self::replace).
    pub(crate) fn obtain(self: &Arc<Self>, seen: &Arc<Held>) -> Result<Option<Flight>, TokenError> {
        let flights = self.flights();
        if !self.is_held(seen) {
            return Ok(None);
        }
        self.join_or_start(flights).map(Some)
    }

    /// For a caller that wants a new token whatever is held: what to wait for. Starts a refresh unless one is
    /// under way.
    ///
    /// # Errors
    ///
    /// The last refresh failed, and it is too early for another; or there is no tokio runtime.
    pub(crate) fn replace(self: &Arc<Self>) -> Result<Flight, TokenError> {
        let flight = self.join_or_start(self.flights())?;
        flight.replace.store(true, Ordering::Relaxed);
        Ok(flight)
    }

    fn join_or_start(
        self: &Arc<Self>,
        flights: MutexGuard<'_, Flights>,
    ) -> Result<Flight, TokenError> {
        let home = Handle::try_current();
        let home = home.map_err(|_| self.refresher.error(Kind::NoRuntime))?;
        let now = self.refresher.clock.now();
        if let Some(flight) = flights.underway(&now) {
            return Ok(flight.clone());
        }
        // A wait without an error binds only those who have a token.
        let failure = flights.last_error.as_ref().zip(flights.hold_off(&now));
        if let Some((last, end)) = failure
            && (!last.is_transient() || now.until(&end) >= self.refresher.deadline)
        {
            return Err(last.clone());
        }
        let not_before = failure.map(|(_, end)| end);
        Ok(self.start(flights, &home, &now, not_before))
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
