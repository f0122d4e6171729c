//! The token that a provider holds, and how it is lent out.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use arc_swap::Guard;

use super::random;
use super::thresholds::Thresholds;
use crate::clock::Moment;
use crate::exchange::AccessToken;

/// What a provider holds: a token with its thresholds on both clocks, or none.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) soft: Moment,
    pub(crate) hard: Moment,
    pub(crate) never: Moment,
    pub(crate) dead: Moment,
    /// The moment before the exchange.
    pub(crate) obtained: Moment,
    pub(crate) tag: Tag,
    pub(crate) token: AccessToken,
    pub(crate) content: Content,
}

/// Whether there is a token in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Token,
    Nothing,
    Invalidated,
}

/// What may be done with a held token at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Serve it.
    Fresh,
    /// Serve it and refresh it in the background.
    Due,
    /// Wait for its successor; serve it if there is none.
    Expiring,
    /// Do not serve it.
    Gone,
}

impl Held {
    pub(crate) fn new(token: AccessToken, obtained: Moment) -> Self {
        let at = Thresholds::new(token.lifetime(), random::unit());
        // The first clone of a value allocates, so that all others need not.
        drop(token.authorization().clone());
        Self {
            soft: obtained.after(at.soft),
            hard: obtained.after(at.hard),
            never: obtained.after(at.never),
            dead: obtained.after(at.dead),
            obtained,
            tag: Tag::next(),
            token,
            content: Content::Token,
        }
    }

    /// Holds no token: past every threshold.
    pub(crate) fn none(content: Content) -> Self {
        let past = Moment {
            monotonic: Duration::ZERO,
            wall: SystemTime::UNIX_EPOCH,
        };
        Self {
            soft: past,
            hard: past,
            never: past,
            dead: past,
            obtained: past,
            tag: Tag(0),
            token: AccessToken::none(),
            content,
        }
    }

    pub(crate) fn stage(&self, now: &Moment) -> Stage {
        if self.content != Content::Token || now.has_reached(&self.never) {
            Stage::Gone
        } else if now.has_reached(&self.hard) {
            Stage::Expiring
        } else if now.has_reached(&self.soft) {
            Stage::Due
        } else {
            Stage::Fresh
        }
    }

    /// How long it is still valid.
    pub(crate) fn remaining(&self, now: &Moment) -> Duration {
        now.until(&self.dead)
    }
}

/// Tells one token of a [`TokenProvider`](crate::TokenProvider) from another: what was derived from a token may
/// be kept for as long as the tag stays the same. Unique within the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tag(u64);

impl Tag {
    fn next() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// An access token on loan from a [`TokenProvider`](crate::TokenProvider), with all that [`AccessToken`] has.
///
/// Borrowed without counting references, which makes it cheap to get; a thread that holds more than eight
/// of them at once pays for a count. It stays readable for as long as it is held, also when the provider has
/// a newer one.
pub struct Token(Guard<Arc<Held>>);

impl Token {
    #[inline]
    pub(crate) fn new(guard: Guard<Arc<Held>>) -> Self {
        Self(guard)
    }

    pub(crate) fn held(&self) -> &Arc<Held> {
        &self.0
    }

    /// Tells this token from others.
    #[must_use]
    pub fn tag(&self) -> Tag {
        self.0.tag
    }

    /// When it stops being valid, by the wall clock: the moment before its exchange plus its
    /// [`lifetime`](AccessToken::lifetime). The provider stops serving it up to 5 s earlier.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.0.dead.wall
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
        Self::from(Arc::clone(self.held()))
    }
}

impl From<Arc<Held>> for Token {
    fn from(held: Arc<Held>) -> Self {
        Self(Guard::from_inner(held))
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
