//! One refresh at a time, for any number of callers on any number of runtimes.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tracing::instrument::WithSubscriber;
use tracing::{Instrument, info_span};

use super::cached_token::{CachedToken, Stage};
use super::error::{Kind, TokenError};
use super::refresh_handle::{Progress, RUNTIME_TIMEOUT, RefreshHandle};
use super::refresh_task::RefreshTask;
use super::retry::Start;
use super::shared::{LockedState, Shared};
use crate::clock::Moment;

/// What a caller that has a token to fall back on can do.
pub(super) enum OptionalRefresh {
    /// Wait for it.
    Underway(RefreshHandle),
    /// Use the token that it has.
    NotNow,
    /// Look again: another token is cached, or none.
    Replaced,
}

/// What somebody can do who wants the token to be refreshed as soon as that is due.
pub(super) enum DueRefresh {
    /// Wait for its end.
    Underway(RefreshHandle),
    /// Come back after a time, or when another token is cached, or none.
    In(Duration),
}

impl Shared {
    /// For a caller that has `seen` to fall back on: what to wait for, if anything. Starts a refresh unless one
    /// is under way or has just ended, or the last one makes the next one wait.
    pub(super) fn optional_refresh(self: &Arc<Self>, seen: &Arc<CachedToken>) -> OptionalRefresh {
        let Ok(runtime) = Handle::try_current() else {
            return OptionalRefresh::NotNow;
        };
        let now = self.refresher.clock.now();
        let state = self.refresh_state();
        if !self.is_cached(seen) {
            return OptionalRefresh::Replaced;
        }
        // Another token is no likelier than before.
        let in_vain = state.last_error.is_some() || state.is_same;
        let refresh = match state.current(&now) {
            Some(refresh) => refresh.clone(),
            None if state.not_before(&now).is_some() || !self.has_timers() => {
                return OptionalRefresh::NotNow;
            }
            None => self.start(state, &runtime, &now, None, false),
        };
        if in_vain {
            OptionalRefresh::NotNow
        } else {
            OptionalRefresh::Underway(refresh)
        }
    }

    /// For a task that refreshes without being asked, within a runtime: what to wait for. Starts a refresh if that is
    /// due, unless one is under way or it is too early after the last one.
    pub(super) fn due_refresh(self: &Arc<Self>) -> DueRefresh {
        let now = self.refresher.clock.now();
        let state = self.refresh_state();
        if let Some(refresh) = state.current(&now) {
            return DueRefresh::Underway(refresh.clone());
        }
        let cached = self.cached.load();
        let due_at = match cached.stage(&now) {
            Stage::Unusable => None,
            Stage::Fresh | Stage::Due | Stage::Expiring => Some(cached.refresh_at),
        };
        let until = |moment: Option<Moment>| moment.map(|moment| now.until(&moment));
        let wait = until(due_at).max(until(state.not_before));
        match (wait.filter(|wait| !wait.is_zero()), Handle::try_current()) {
            (None, Ok(runtime)) => {
                DueRefresh::Underway(self.start(state, &runtime, &now, None, false))
            }
            (wait, _) => DueRefresh::In(wait.unwrap_or(RUNTIME_TIMEOUT)),
        }
    }

    /// For a caller that needs another token than `seen`: what to wait for. Starts a refresh unless one is under
    /// way; `None` if another token has been cached since.
    ///
    /// # Errors
    ///
    /// As for [`forced_refresh`](Self::forced_refresh).
    pub(super) fn required_refresh(
        self: &Arc<Self>,
        seen: &Arc<CachedToken>,
    ) -> Result<Option<RefreshHandle>, TokenError> {
        let state = self.refresh_state();
        if !self.is_cached(seen) {
            return Ok(None);
        }
        self.join_or_start(state, false).map(Some)
    }

    /// For a caller that wants a new token whatever is cached: what to wait for. Starts a refresh unless one is
    /// under way, whose token is then cached even if it does not live longer than the cached one.
    ///
    /// # Errors
    ///
    /// The last refresh failed, and it is too early for another; or there is no tokio runtime, or one without timers.
    pub(super) fn forced_refresh(self: &Arc<Self>) -> Result<RefreshHandle, TokenError> {
        self.join_or_start(self.refresh_state(), true)
    }

    fn join_or_start(
        self: &Arc<Self>,
        state: LockedState<'_>,
        forced: bool,
    ) -> Result<RefreshHandle, TokenError> {
        let runtime = Handle::try_current();
        let runtime = runtime.map_err(|_| self.refresher.error(Kind::NoRuntime))?;
        let now = self.refresher.clock.now();
        if let Some(refresh) = state.current(&now) {
            if forced {
                // Under the lock, under which the refresh decides whether to cache its token.
                refresh.force();
            }
            return Ok(refresh.clone());
        }
        // A wait that no error caused is only for those who have a token.
        let failure = state.last_error.as_ref().zip(state.not_before(&now));
        if let Some((last, end)) = failure
            && (!last.is_transient() || !self.leaves_time(now.until(&end)))
        {
            return Err(last.clone());
        }
        if !self.has_timers() {
            return Err(self.refresher.error(Kind::NoTimers));
        }
        let not_before = failure.map(|(_, end)| end);
        Ok(self.start(state, &runtime, &now, not_before, forced))
    }

    /// Whether a refresh that waits for so long has time for an attempt after that.
    fn leaves_time(&self, wait: Duration) -> bool {
        wait + self.refresher.time_for_attempt() <= self.refresher.deadline
    }

    fn start(
        self: &Arc<Self>,
        mut state: LockedState<'_>,
        runtime: &Handle,
        now: &Moment,
        not_before: Option<Moment>,
        forced: bool,
    ) -> RefreshHandle {
        let (sender, progress) = watch::channel(Progress::Underway);
        let refresh = RefreshHandle {
            id: state.next_id(),
            progress,
            runtime: runtime.clone(),
            overdue_at: now.after(self.refresher.deadline + RUNTIME_TIMEOUT),
            forced: Arc::new(AtomicBool::new(forced)),
        };
        state.set_current(refresh.clone());
        let start = Start {
            failures: state.failures,
            not_before,
        };
        // A runtime that is shutting down drops the task at once, which takes the lock.
        drop(state);
        let task = RefreshTask {
            shared: Arc::clone(self),
            id: refresh.id,
            forced: Arc::clone(&refresh.forced),
            progress: sender,
        };
        // It serves all callers, and is no part of what the first of them is doing.
        let span = info_span!(parent: None, "refresh", provider = &*self.refresher.name);
        let task = task.run(start).instrument(span);
        runtime.spawn(task.with_current_subscriber());
        refresh
    }

    /// Lets another refresh start in the place of one whose runtime does not run it.
    pub(super) fn give_up(&self, refresh: &RefreshHandle) {
        self.refresh_state().end(refresh.id);
    }
}
