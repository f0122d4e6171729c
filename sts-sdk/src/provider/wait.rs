//! What a caller waits for, and for how long.

use std::sync::Arc;
use std::time::Duration;

use super::cached_token::{CachedToken, Stage};
use super::deadline;
use super::error::{Kind, Step, TokenError};
use super::refresh_handle::{RUNTIME_TIMEOUT, RefreshHandle, Waited};
use super::shared::Shared;
use super::single_flight::OptionalRefresh;

impl Shared {
    /// A newer token than the cached one; the cached one if there is none and it may still be served.
    ///
    /// After each wait it is decided anew what may be served: time has passed, and the cached token may have
    /// been invalidated.
    pub(super) async fn next_token(self: &Arc<Self>) -> Result<Arc<CachedToken>, TokenError> {
        let end = self.end_of_wait();
        let mut has_waited = false;
        loop {
            let now = self.refresher.clock.now();
            let cached = self.cached.load_full();
            match cached.stage(&now) {
                Stage::Fresh | Stage::Due => return Ok(cached),
                Stage::Expiring if has_waited => return Ok(cached),
                Stage::Expiring => match self.optional_refresh(&cached) {
                    OptionalRefresh::NotNow => return Ok(cached),
                    OptionalRefresh::Replaced => {}
                    OptionalRefresh::Underway(mut refresh) => {
                        has_waited = true;
                        // Half of what is left, so that the caller has the other half to use the token.
                        let timeout = self.timer(now.until(&cached.serve_until) / 2);
                        let waited = refresh.done_or_retrying(|time| self.timer(time));
                        let waited = deadline::before(timeout, waited).await;
                        if matches!(waited, Some(Waited::RuntimeGone)) {
                            self.give_up(&refresh);
                        }
                    }
                },
                Stage::Unusable => {
                    if let Some(refresh) = self.required_refresh(&cached)? {
                        has_waited = true;
                        let outcome = self.outcome_of(refresh, end).await;
                        if let Err(error) = outcome
                            && self.is_unusable()
                        {
                            return Err(error);
                        }
                    }
                }
            }
        }
    }

    /// The token of a refresh, whatever is cached.
    pub(super) async fn refreshed(self: &Arc<Self>) -> Result<Arc<CachedToken>, TokenError> {
        let end = self.end_of_wait();
        let replaced = self.cached.load().tag;
        loop {
            let token = self.outcome_of(self.forced_refresh()?, end).await?;
            // It may have expired by the time that this task runs again. A refresh that was given up may find the one
            // that it was to replace. A source may give an external token again.
            let is_usable = |token: &Arc<CachedToken>| {
                (token.tag != replaced || token.fingerprint.is_some())
                    && token.stage(&self.refresher.clock.now()) != Stage::Unusable
            };
            if let Some(token) = token.filter(is_usable) {
                return Ok(token);
            }
        }
    }

    /// Whether nothing is cached that may be served.
    fn is_unusable(&self) -> bool {
        let now = self.refresher.clock.now();
        self.cached.load().stage(&now) == Stage::Unusable
    }

    /// When the wait of a caller that comes now ends: somewhat later than a refresh that starts now, on the
    /// monotonic clock, which does not jump.
    fn end_of_wait(&self) -> Duration {
        let now = self.refresher.clock.now().monotonic;
        now.saturating_add(self.refresher.deadline + RUNTIME_TIMEOUT)
    }

    /// The token of `refresh`; `None` where another one must be waited for.
    ///
    /// # Errors
    ///
    /// It failed, or there is nothing to wait for, or no time.
    async fn outcome_of(
        &self,
        mut refresh: RefreshHandle,
        end: Duration,
    ) -> Result<Option<Arc<CachedToken>>, TokenError> {
        let left = end.saturating_sub(self.refresher.clock.now().monotonic);
        let waited = refresh.done(|time| self.timer(time));
        match deadline::before(self.timer(left), waited).await {
            Some(Waited::Done(outcome)) => outcome.map(Some),
            Some(Waited::Superseded | Waited::Retrying) => Ok(None),
            Some(Waited::RuntimeGone) => {
                self.give_up(&refresh);
                if refresh.is_on_current_runtime() {
                    return Err(self.refresher.error(Kind::ShuttingDown));
                }
                Ok(None)
            }
            None => Err(self.overdue()),
        }
    }

    /// The error of a caller that has waited for longer than a refresh may take.
    pub(super) fn overdue(&self) -> TokenError {
        let before = self.refresh_state().last_error.clone();
        self.refresher.error(Kind::Deadline {
            deadline: self.refresher.deadline,
            step: Step::Refresh,
            before,
        })
    }
}
