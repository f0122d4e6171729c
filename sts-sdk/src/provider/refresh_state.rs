//! What is known of refreshes: the one under way, and how the last one ended.

use super::error::TokenError;
use super::failures::Failures;
use super::refresh_handle::RefreshHandle;
use crate::clock::Moment;

#[derive(Default)]
pub(super) struct RefreshState {
    last_id: u64,
    current: Option<RefreshHandle>,
    /// Until when the refresh under way waits before its next attempt, if it does.
    next_attempt: Option<Moment>,
    /// When the next one may start. `None`, or in the past, if it may start at once.
    pub(super) not_before: Option<Moment>,
    /// Why there is to be no other attempt yet: why the last one failed, or that tokens are invalidated time and again.
    pub(super) last_error: Option<TokenError>,
    /// Whether the source gave the external token again that is cached.
    pub(super) is_same: bool,
    /// The failures since the last token.
    pub(super) failures: Failures,
    /// Tokens in a row that were invalidated early.
    pub(super) early_invalidations: u32,
    /// Tokens that were obtained.
    pub(super) tokens: u64,
    /// Refreshes that failed.
    pub(super) failed: u64,
}

impl RefreshState {
    /// An id for the next refresh.
    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    pub(super) fn set_current(&mut self, refresh: RefreshHandle) {
        self.current = Some(refresh);
        self.next_attempt = None;
    }

    /// Notes that the refresh under way waits before its next attempt.
    pub(super) fn set_next_attempt(&mut self, at: Moment) {
        self.next_attempt = Some(at);
    }

    /// The refresh under way. One that should long have ended is on a runtime that nobody drives, and does not count.
    pub(super) fn current(&self, now: &Moment) -> Option<&RefreshHandle> {
        self.current
            .as_ref()
            .filter(|refresh| !now.has_reached(&refresh.overdue_at))
    }

    pub(super) fn is_current(&self, id: u64) -> bool {
        self.current
            .as_ref()
            .is_some_and(|refresh| refresh.id == id)
    }

    /// Makes room for another refresh; whether this one was the one under way.
    pub(super) fn end(&mut self, id: u64) -> bool {
        let is_current = self.is_current(id);
        if is_current {
            self.current = None;
        }
        is_current
    }

    /// When the next one may start, if not now.
    pub(super) fn not_before(&self, now: &Moment) -> Option<Moment> {
        self.not_before.filter(|end| !now.has_reached(end))
    }

    /// When there may be another attempt after one that failed, if that is waited for: by the refresh under way or, if none
    /// is, before the next one.
    #[cfg(feature = "testing")]
    pub(super) fn next_attempt(&self, now: &Moment) -> Option<Moment> {
        let next = match (&self.current, &self.last_error) {
            (Some(_), _) => self.next_attempt,
            (None, Some(_)) => self.not_before,
            (None, None) => None,
        };
        next.filter(|at| !now.has_reached(at))
    }

    /// Whether no refresh is under way, not even one on a runtime that nobody drives.
    #[cfg(feature = "testing")]
    pub(super) fn is_idle(&self) -> bool {
        self.current.is_none()
    }

    /// Until when nobody who has a token need start a refresh: one is under way, or it is too early for another.
    pub(super) fn quiet_until(&self) -> Option<Moment> {
        match &self.current {
            Some(refresh) => Some(refresh.overdue_at),
            None => self.not_before,
        }
    }
}
