//! A refresh under way, as seen by those who wait for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;

use super::cached_token::CachedToken;
use super::deadline;
use super::error::TokenError;
use crate::clock::{BoxFuture, Moment};

/// How long another runtime may take to run a task before it counts as not driven.
pub(super) const RUNTIME_TIMEOUT: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(super) struct RefreshHandle {
    pub(super) id: u64,
    pub(super) progress: watch::Receiver<Progress>,
    /// The runtime that it runs on.
    pub(super) runtime: Handle,
    /// When its deadline has passed for certain.
    pub(super) overdue_at: Moment,
    /// Whether its token is wanted even if it does not live longer than the cached one.
    pub(super) forced: Arc<AtomicBool>,
}

/// How far a refresh has come.
pub(super) enum Progress {
    Underway,
    /// An attempt failed, another follows.
    Retrying,
    /// Another refresh took its place before it began.
    Superseded,
    Done(Result<Arc<CachedToken>, TokenError>),
}

/// How waiting for a refresh ended.
pub(super) enum Waited {
    Done(Result<Arc<CachedToken>, TokenError>),
    /// An attempt failed: it is not known when there will be a token.
    Retrying,
    /// Another refresh took its place.
    Superseded,
    /// Its runtime is gone, or nobody drives it.
    RuntimeGone,
}

impl RefreshHandle {
    /// Asks for its token even if that does not live longer than the cached one.
    pub(super) fn force(&self) {
        self.forced.store(true, Ordering::Relaxed);
    }

    /// Whether it runs on the runtime that this is called from.
    pub(super) fn is_on_current_runtime(&self) -> bool {
        Handle::try_current().is_ok_and(|current| current.id() == self.runtime.id())
    }

    /// Waits for its end. `timer` is that of the provider's clock.
    pub(super) async fn done(&mut self, timer: impl Timer) -> Waited {
        self.wait(false, timer).await
    }

    /// Waits for its end, or until an attempt has failed.
    pub(super) async fn done_or_retrying(&mut self, timer: impl Timer) -> Waited {
        self.wait(true, timer).await
    }

    async fn wait(&mut self, not_for_retries: bool, timer: impl Timer) -> Waited {
        let is_on_current_runtime = self.is_on_current_runtime();
        loop {
            match &*self.progress.borrow_and_update() {
                Progress::Done(outcome) => return Waited::Done(outcome.clone()),
                Progress::Retrying if not_for_retries => return Waited::Retrying,
                Progress::Superseded => return Waited::Superseded,
                Progress::Retrying | Progress::Underway => {}
            }
            let changed = self.progress.changed();
            let changed = if is_on_current_runtime {
                Some(changed.await)
            } else {
                deadline::before(not_driven(&self.runtime, &timer), changed).await
            };
            if !matches!(changed, Some(Ok(()))) {
                return Waited::RuntimeGone;
            }
        }
    }
}

/// Waits for a time.
pub(super) trait Timer: Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync {}

impl<F: Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync> Timer for F {}

/// Ends when `runtime` runs no tasks any more.
async fn not_driven(runtime: &Handle, timer: &impl Timer) {
    loop {
        let echo = runtime.spawn(async {});
        let echo = deadline::before(timer(RUNTIME_TIMEOUT), echo).await;
        if !matches!(echo, Some(Ok(()))) {
            return;
        }
        timer(RUNTIME_TIMEOUT).await;
    }
}
