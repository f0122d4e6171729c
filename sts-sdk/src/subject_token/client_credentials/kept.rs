//! The token that is kept.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::Moment;
use crate::subject_token::token::SubjectToken;

#[derive(Default)]
pub(super) struct Kept {
    /// Held during a request, so that those who share a source make one.
    requests: tokio::sync::Mutex<()>,
    token: Mutex<Option<(SubjectToken, Moment)>>,
}

impl Kept {
    /// Waits until nobody else makes a request.
    pub(super) async fn requests(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.requests.lock().await
    }

    /// The token, if there is one that may still be given.
    pub(super) fn token(&self, now: &Moment) -> Option<SubjectToken> {
        let mut kept = self.lock();
        if kept.as_ref().is_some_and(|(_, end)| now.has_reached(end)) {
            *kept = None;
        }
        kept.as_ref().map(|(token, _)| token.clone())
    }

    pub(super) fn keep(&self, token: &SubjectToken, end: Moment) {
        *self.lock() = Some((token.clone(), end));
    }

    /// Drops the token if it is `refused`.
    pub(super) fn drop_token(&self, refused: &SubjectToken) {
        let refused = refused.secret().expose_secret();
        let mut kept = self.lock();
        let is_it = kept
            .as_ref()
            .is_some_and(|(token, _)| token.secret().expose_secret() == refused);
        if is_it {
            *kept = None;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<(SubjectToken, Moment)>> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.lock().is_some();
        f.debug_struct("Kept").field("token", &kept).finish()
    }
}
