//! Refreshing without being asked.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tracing::instrument::WithSubscriber;

use super::deadline;
use super::error::{Kind, TokenError};
use super::refresh_handle::{RUNTIME_TIMEOUT, Waited};
use super::shared::Shared;
use super::single_flight::DueRefresh;
use super::token_provider::TokenProvider;

/// Longest sleep: a machine that was suspended is to be noticed soon after, and a sleep does not count that time.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// Keeps the token of a [`TokenProvider`] fresh for as long as this lives; from [`TokenProvider::keep_fresh`].
#[must_use = "the token is kept fresh until this is dropped"]
pub struct KeepFresh(AbortHandle);

impl TokenProvider {
    /// Refreshes without being asked, for services that ask rarely and must not wait: gets a first token, and then
    /// each further one as soon as it is due, or the one before is [invalidated](Self::invalidate).
    ///
    /// It is a task of the runtime that this is called from, and ends with that runtime or when what this returns is
    /// dropped. Failures and waits are the same as for callers.
    ///
    /// # Errors
    ///
    /// This is not within a tokio runtime, or within one without timers.
    pub fn keep_fresh(&self) -> Result<KeepFresh, TokenError> {
        let runtime = Handle::try_current();
        let runtime = runtime.map_err(|_| self.0.refresher.error(Kind::NoRuntime))?;
        if !self.0.has_timers() {
            return Err(self.0.refresher.error(Kind::NoTimers));
        }
        let task = keep_fresh(Arc::clone(&self.0)).with_current_subscriber();
        Ok(KeepFresh(runtime.spawn(task).abort_handle()))
    }
}

impl Drop for KeepFresh {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl fmt::Debug for KeepFresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeepFresh").finish_non_exhaustive()
    }
}

async fn keep_fresh(shared: Arc<Shared>) {
    let mut tags = shared.tags.subscribe();
    loop {
        tags.borrow_and_update();
        match shared.due_refresh() {
            DueRefresh::Underway(mut refresh) => {
                let timeout = shared.timer(shared.refresher.deadline + RUNTIME_TIMEOUT);
                let waited = refresh.done(|time| shared.timer(time));
                if let Some(Waited::RuntimeGone) = deadline::before(timeout, waited).await {
                    shared.give_up(&refresh);
                }
            }
            DueRefresh::In(wait) => {
                let timer = shared.timer(wait.min(LONGEST_SLEEP));
                deadline::before(timer, tags.changed()).await;
            }
        }
    }
}
