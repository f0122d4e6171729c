//! The task that performs a refresh, and makes its outcome known.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tracing::{debug, warn};

use super::cached_token::{CachedToken, Content, Stage};
use super::error::TokenError;
use super::failures::Failures;
use super::random;
use super::refresh_handle::Progress;
use super::retry::{Failed, Observer, Start};
use super::shared::Shared;
use crate::clock::Moment;

/// How long not to refresh in the background after a refresh was dropped with its runtime.
const PAUSE_AFTER_DROP: Duration = Duration::from_secs(1);
/// How long not to ask the source of an external token again that gives the same one, at least.
const ASK_AGAIN: Duration = Duration::from_secs(10);

/// What performs a refresh. If it is dropped before its end, as with its runtime, it makes room for another.
pub(super) struct RefreshTask {
    pub(super) shared: Arc<Shared>,
    pub(super) id: u64,
    pub(super) forced: Arc<AtomicBool>,
    pub(super) progress: watch::Sender<Progress>,
}

impl RefreshTask {
    pub(super) async fn run(self, start: Start) {
        // A runtime that was not driven for a while may have several of them.
        if !self.shared.refresh_state().is_current(self.id) {
            self.progress.send_replace(Progress::Superseded);
            return;
        }
        let outcome = self.shared.refresher.refresh(start, &self).await;
        let outcome = outcome.and_then(|token| self.succeeded(token));
        let outcome = outcome.map_err(|failed| self.failed(failed));
        self.progress.send_replace(Progress::Done(outcome));
    }

    /// Records what others have to know of a failure, also if this refresh does not come to its end.
    fn record(&self, failed: &Failed, is_the_end: bool) {
        let now = self.shared.refresher.clock.now();
        let mut state = self.shared.refresh_state();
        state.failed += u64::from(is_the_end);
        let is_current = if is_the_end {
            state.end(self.id)
        } else {
            state.is_current(self.id)
        };
        // A refresh that was given up does not know what has happened since.
        if !is_current {
            return;
        }
        state.failures = failed.failures;
        state.not_before = Some(now.after(failed.wait));
        let previous = state.last_error.replace(failed.error.clone());
        // After the lock is released: it may hold an error of the caller's own, whose `Drop` can do anything.
        drop(state);
        drop(previous);
    }

    fn succeeded(&self, token: CachedToken) -> Result<Arc<CachedToken>, Failed> {
        let refresher = &self.shared.refresher;
        let now = refresher.clock.now();
        // Locked throughout, so that nobody joins a refresh whose outcome is decided.
        let mut state = self.shared.refresh_state();
        let before = self.shared.cached.load_full();
        // Again: it may have been invalidated since.
        if let Err(error) = refresher.check_again(&token, &before, &now) {
            let mut failures = state.failures;
            let wait = refresher.note(&mut failures, &error, None);
            return Err(Failed {
                error,
                failures,
                wait,
            });
        }
        let is_current = state.end(self.id);
        let forced = is_current && self.forced.load(Ordering::Relaxed);
        let is_same = token.is_same_external(&before);
        let is_shorter = || {
            token.fingerprint.is_none()
                && before.stage(&now) != Stage::Unusable
                && token.remaining(&now) <= before.remaining(&now)
        };
        let is_kept = is_same || !forced && is_shorter();
        let (cached, is_new) = if is_kept {
            (before, false)
        } else {
            if before.content == Content::Token && !before.is_early(&now) {
                state.early_invalidations = 0;
            }
            let token = Arc::new(token);
            self.shared.cache(Arc::clone(&token));
            (token, true)
        };
        state.tokens += u64::from(!is_same);
        let mut previous = None;
        if is_current {
            state.failures = Failures::none();
            state.is_same = is_same;
            previous = state.last_error.take();
            state.not_before = (!is_new).then(|| {
                if is_same {
                    // Most sources give another only near the end, so there is no hurry before.
                    let wait = (now.until(&cached.wait_at) / 10).max(ASK_AGAIN);
                    return now.after(wait.mul_f64(1.0 + random::unit() / 2.0));
                }
                // STS hands out what it issued before. It does so for a while, so there is no hurry.
                let wait = (cached.remaining(&now) / 4).max(Duration::from_secs(1));
                now.after(wait.mul_f64(0.5 + random::unit() / 2.0))
            });
        }
        drop(state);
        drop(previous);
        if is_new {
            debug!(
                lifetime_s = cached.token.lifetime().as_secs(),
                "got a token"
            );
        } else if is_same {
            debug!("the source gives the same token");
        } else {
            debug!("got a token that lives no longer than the cached one");
        }
        Ok(cached)
    }

    fn failed(&self, failed: Failed) -> TokenError {
        warn!(error = %failed.error, retry_in = ?failed.wait, "no token");
        self.record(&failed, true);
        failed.error
    }
}

impl Observer for RefreshTask {
    fn cached_for(&self) -> Option<Duration> {
        let now = self.shared.refresher.clock.now();
        let cached = self.shared.cached.load();
        (cached.stage(&now) != Stage::Unusable).then(|| now.until(&cached.wait_at))
    }

    fn retrying(&self, failed: &Failed) {
        let (error, retry_in) = (&failed.error, failed.wait);
        if failed.failures.is_first() && self.cached_for().is_none() {
            // A mistake in the configuration, as likely as not, and somebody waits.
            warn!(%error, ?retry_in, "no token yet; trying again");
        } else {
            debug!(%error, ?retry_in, "trying again");
        }
        self.record(failed, false);
        self.progress.send_replace(Progress::Retrying);
    }

    fn check(&self, token: &CachedToken) -> Result<(), TokenError> {
        let refresher = &self.shared.refresher;
        let cached = self.shared.cached.load();
        refresher.check_again(token, &cached, &refresher.clock.now())
    }

    fn waiting(&self, until: Moment) {
        let mut state = self.shared.refresh_state();
        if state.is_current(self.id) {
            state.set_next_attempt(until);
        }
    }
}

impl Drop for RefreshTask {
    fn drop(&mut self) {
        let now = self.shared.refresher.clock.now();
        let mut state = self.shared.refresh_state();
        if state.end(self.id) && state.not_before(&now).is_none() {
            // A program that makes a runtime for each call drops a refresh with each, and must not start one at each.
            state.not_before = Some(now.after(PAUSE_AFTER_DROP));
        }
    }
}
