//! What the clones of a provider share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;

use super::cached_token::{CachedToken, Content};
use super::refresh_state::RefreshState;
use super::refresher::Refresher;

pub(super) struct Shared {
    pub(super) cached: ArcSwap<CachedToken>,
    pub(super) refresher: Refresher,
    refresh_state: Mutex<RefreshState>,
}

impl Shared {
    pub(super) fn new(refresher: Refresher) -> Self {
        Self {
            cached: ArcSwap::from_pointee(CachedToken::none(Content::Nothing)),
            refresher,
            refresh_state: Mutex::default(),
        }
    }

    pub(super) fn refresh_state(&self) -> MutexGuard<'_, RefreshState> {
        let state = self.refresh_state.lock();
        state.unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether no other token has been cached since `seen`. To be asked under the lock of the refresh state, under
    /// which a refresh caches its token and makes room for the next refresh.
    pub(super) fn is_cached(&self, seen: &Arc<CachedToken>) -> bool {
        Arc::ptr_eq(&self.cached.load(), seen)
    }
}
