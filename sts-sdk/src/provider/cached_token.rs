//! The token that a provider has cached.

use std::time::{Duration, SystemTime};

use super::failures::Fingerprint;
use super::random;
use super::tag::Tag;
use super::thresholds::{self, Spread, Thresholds};
use crate::clock::Moment;
use crate::exchange::AccessToken;

/// A token with its thresholds on both clocks, or none.
#[derive(Debug)]
pub(crate) struct CachedToken {
    /// From here on it is refreshed in the background.
    pub(super) refresh_at: Moment,
    /// From here on callers wait for another one.
    pub(super) wait_at: Moment,
    /// From here on it is not served.
    pub(super) serve_until: Moment,
    /// From here on it is not valid.
    pub(super) expires_at: Moment,
    /// The moment before the exchange.
    pub(super) obtained_at: Moment,
    pub(super) tag: Tag,
    pub(super) token: AccessToken,
    /// Of an external token, which its source may give again.
    pub(super) fingerprint: Option<Fingerprint>,
    pub(super) content: Content,
}

/// Whether there is a token in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Token,
    Nothing,
    Invalidated,
}

/// What may be done with a cached token at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Serve it.
    Fresh,
    /// Serve it and refresh it in the background.
    Due,
    /// Wait for another one; serve it if there is none.
    Expiring,
    /// Do not serve it.
    Unusable,
}

impl CachedToken {
    pub(super) fn new(token: AccessToken, obtained_at: Moment, spread: Spread) -> Self {
        let age = Thresholds::new(token.lifetime(), spread, random::unit());
        // The first clone of a header value allocates. Made here, later ones need not.
        drop(token.authorization().clone());
        Self {
            refresh_at: obtained_at.after(age.refresh_at),
            wait_at: obtained_at.after(age.wait_at),
            serve_until: obtained_at.after(age.serve_until),
            expires_at: obtained_at.after(age.expires_at),
            obtained_at,
            tag: Tag::next(),
            token,
            fingerprint: None,
            content: Content::Token,
        }
    }

    /// The same, which is handed on from its source.
    pub(super) fn with_fingerprint(self, fingerprint: Fingerprint) -> Self {
        Self {
            fingerprint: Some(fingerprint),
            ..self
        }
    }

    /// Whether it is the same external token as `other`.
    pub(super) fn is_same_external(&self, other: &Self) -> bool {
        self.fingerprint.is_some() && self.fingerprint == other.fingerprint
    }

    /// No token: past every threshold.
    pub(super) fn none(content: Content) -> Self {
        let past = Moment {
            monotonic: Duration::ZERO,
            wall: SystemTime::UNIX_EPOCH,
        };
        Self {
            refresh_at: past,
            wait_at: past,
            serve_until: past,
            expires_at: past,
            obtained_at: past,
            tag: Tag::NONE,
            token: AccessToken::none(),
            fingerprint: None,
            content,
        }
    }

    pub(super) fn stage(&self, now: &Moment) -> Stage {
        if self.content != Content::Token || now.has_reached(&self.serve_until) {
            Stage::Unusable
        } else if now.has_reached(&self.wait_at) {
            Stage::Expiring
        } else if now.has_reached(&self.refresh_at) {
            Stage::Due
        } else {
            Stage::Fresh
        }
    }

    /// The time within which it counts as early that it is invalidated.
    pub(super) fn early(&self) -> Duration {
        thresholds::early(self.token.lifetime())
    }

    /// Whether it was obtained only just now.
    pub(super) fn is_early(&self, now: &Moment) -> bool {
        now.since(&self.obtained_at) < self.early()
    }

    /// How long it is still valid.
    pub(super) fn remaining(&self, now: &Moment) -> Duration {
        now.until(&self.expires_at)
    }
}
