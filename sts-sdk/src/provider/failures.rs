//! What a provider remembers of failures.

use std::time::Duration;

use super::backoff;
use super::error::TokenError;
use super::thresholds::Spread;

/// Tells subject tokens apart without keeping them: a hash, keyed anew for each provider.
pub(super) type Fingerprint = u64;

/// The failures since the last token.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Failures {
    /// Transient failures in a row.
    transient: u32,
    /// Permanent failures in a row.
    permanent: u32,
    /// The subject token that was refused last, and how often in a row.
    refused: Option<(Fingerprint, u32)>,
    /// Whether the last attempt succeeded.
    succeeded: bool,
}

impl Failures {
    /// Notes which subject token is about to be exchanged.
    ///
    /// One that was refused time and again and gives way to another is what somebody has corrected. Those of a source
    /// that mints one at each read are refused once each, which says nothing.
    pub(super) fn fetched(&mut self, token: Fingerprint) {
        if let Some((refused, times)) = self.refused
            && refused != token
            && times >= 2
        {
            self.permanent = 0;
            self.refused = None;
        }
    }

    /// Notes that STS refused a subject token.
    pub(super) fn refused(&mut self, token: Fingerprint) {
        self.refused = match self.refused {
            Some((refused, times)) if refused == token => Some((token, times.saturating_add(1))),
            _ => Some((token, 1)),
        };
    }

    /// Notes a failure, and says how long to wait before the next attempt. `held` is for how long callers do not
    /// miss another token, if one is cached.
    pub(super) fn failed(
        &mut self,
        error: &TokenError,
        held: Option<Duration>,
        max_backoff: Duration,
    ) -> Duration {
        self.succeeded = false;
        let count = if error.is_transient() {
            &mut self.transient
        } else {
            &mut self.permanent
        };
        let before = *count;
        *count = before.saturating_add(1);
        if error.is_transient() {
            backoff::after_transient(before, max_backoff, held, error.retry_after())
        } else {
            backoff::after_permanent(before)
        }
    }

    /// After a success.
    pub(super) fn none() -> Self {
        Self {
            succeeded: true,
            ..Self::default()
        }
    }

    /// Whether no attempt has failed for good since the last token.
    pub(super) fn is_first_permanent(&self) -> bool {
        self.permanent == 0
    }

    /// Whether exactly one attempt has failed.
    pub(super) fn is_first(&self) -> bool {
        self.transient.saturating_add(self.permanent) == 1
    }

    /// How far apart the refreshes of those are that obtain a token now.
    pub(super) fn spread(&self) -> Spread {
        if self.succeeded {
            Spread::Narrow
        } else {
            Spread::Wide
        }
    }
}
