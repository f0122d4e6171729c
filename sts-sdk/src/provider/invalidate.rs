//! What happens when an API does not take a token.

use std::sync::Arc;

use tracing::warn;

use super::backoff;
use super::cached_token::{CachedToken, Content};
use super::error::Kind;
use super::shared::Shared;
use super::tag::Tag;

impl Shared {
    /// Stops serving the token that has this tag. From the second on that is invalidated early, the next exchange waits.
    /// Whether it was served.
    pub(super) fn invalidate(&self, tag: Tag) -> bool {
        if self.cached.load().tag != tag {
            return false;
        }
        let now = self.refresher.clock.now();
        let mut state = self.refresh_state();
        let cached = self.cached.load();
        if cached.tag != tag {
            return false;
        }
        self.cache(Arc::new(CachedToken::none(Content::Invalidated)));
        let tokens = if cached.is_early(&now) {
            state.early_invalidations.saturating_add(1)
        } else {
            0
        };
        state.early_invalidations = tokens;
        self.refresher.held_back.note(&cached, tokens, &now);
        let Some(before) = tokens.checked_sub(2) else {
            return true;
        };
        let wait = backoff::after_permanent(before);
        let end = now.after(wait);
        let within = cached.early();
        let error = self.refresher.error(Kind::Invalidated { tokens, within });
        let mut previous = None;
        // A longer wait stays, and so does its reason.
        if state.not_before.is_none_or(|other| end.has_reached(&other)) {
            state.not_before = Some(end);
            previous = state.last_error.replace(error.clone());
        }
        // After the lock is released: it may hold an error of the caller's own, whose `Drop` can do anything.
        drop(state);
        drop(previous);
        warn!(provider = &*self.refresher.name, %error, retry_in = ?wait, "tokens are invalidated time and again");
        true
    }
}
