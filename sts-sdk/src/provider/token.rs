//! An access token as a provider hands it out.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::Guard;

use super::cached_token::CachedToken;
use super::tag::Tag;
use crate::exchange::AccessToken;

/// An access token of a [`TokenProvider`](crate::TokenProvider), with all that [`AccessToken`] has.
///
/// Cheap to get, since no reference is counted. Only a thread that has more than eight of them at once pays for a
/// count. It stays readable for as long as it is kept, also when the provider has a newer one.
pub struct Token(Guard<Arc<CachedToken>>);

impl Token {
    #[inline]
    pub(super) fn new(guard: Guard<Arc<CachedToken>>) -> Self {
        Self(guard)
    }

    /// Tells this token from others.
    #[must_use]
    pub fn tag(&self) -> Tag {
        self.0.tag
    }

    /// When it stops being valid, by the wall clock: the moment before its exchange plus its
    /// [`lifetime`](AccessToken::lifetime).
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.0.expires_at.wall
    }

    /// Until when the provider serves it, by the wall clock: up to 5 s before [`expires_at`](Self::expires_at).
    #[must_use]
    pub fn served_until(&self) -> SystemTime {
        self.0.serve_until.wall
    }
}

impl Deref for Token {
    type Target = AccessToken;

    #[inline]
    fn deref(&self) -> &AccessToken {
        &self.0.token
    }
}

impl Clone for Token {
    fn clone(&self) -> Self {
        Self::from(Arc::clone(&self.0))
    }
}

impl From<Arc<CachedToken>> for Token {
    fn from(cached: Arc<CachedToken>) -> Self {
        Self(Guard::from_inner(cached))
    }
}

impl AsRef<Tag> for Token {
    fn as_ref(&self) -> &Tag {
        &self.0.tag
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("tag", &self.tag())
            .field("expires_at", &self.expires_at())
            .field("token", &self.0.token)
            .finish()
    }
}
