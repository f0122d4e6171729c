//! An external token that was invalidated, and that its source may give again.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::backoff;
use super::cached_token::CachedToken;
use super::failures::Fingerprint;
use crate::clock::Moment;
use crate::subject_token::SubjectToken;

/// The external token that was invalidated last, if any.
#[derive(Default)]
pub(super) struct HeldBack(Mutex<Option<Held>>);

struct Held {
    fingerprint: Fingerprint,
    /// From here on it is handed on again: what refused it may have been corrected.
    until: Moment,
    /// The token itself, until its source has been told.
    untold: Option<SubjectToken>,
}

impl HeldBack {
    /// Notes that `cached` was invalidated, the last of so many `in_a_row` that were invalidated early. Nothing for an
    /// access token, since each exchange makes another.
    pub(super) fn note(&self, cached: &CachedToken, in_a_row: u32, now: &Moment) {
        let Some(fingerprint) = cached.fingerprint else {
            return;
        };
        let token = SubjectToken::from(cached.token.secret().clone());
        *self.lock() = Some(Held {
            fingerprint,
            until: now.after(backoff::after_permanent(in_a_row.saturating_sub(1))),
            untold: Some(token.valid_until(cached.expires_at.wall)),
        });
    }

    /// The token of which its source has yet to be told.
    pub(super) fn take_untold(&self) -> Option<SubjectToken> {
        self.lock().as_mut()?.untold.take()
    }

    /// Whether the token that has this fingerprint is not to be served yet.
    pub(super) fn holds(&self, fingerprint: Fingerprint, now: &Moment) -> bool {
        let held = self.lock();
        let held = held.as_ref();
        held.is_some_and(|held| held.fingerprint == fingerprint && !now.has_reached(&held.until))
    }

    /// How long the token that was invalidated last is yet to be held back.
    pub(super) fn rest(&self, now: &Moment) -> Duration {
        let held = self.lock();
        held.as_ref()
            .map_or(Duration::ZERO, |held| now.until(&held.until))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
