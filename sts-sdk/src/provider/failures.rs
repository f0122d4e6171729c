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

    /// Notes a failure, and says how long to wait before the next attempt. `cached_for` is for how long callers do not
    /// miss another token, if one is cached.
    pub(super) fn failed(
        &mut self,
        error: &TokenError,
        cached_for: Option<Duration>,
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
            backoff::after_transient(before, max_backoff, cached_for, error.retry_after())
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::provider::error::{Kind, Step, Wanted};

    const MOST: Duration = Duration::from_secs(30);

    #[derive(Clone, Debug)]
    enum Event {
        Transient,
        /// STS refuses the subject token that has this fingerprint.
        Refused(Fingerprint),
        Success,
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            4 => Just(Event::Transient),
            8 => (0..3_u64).prop_map(Event::Refused),
            1 => Just(Event::Success),
        ]
    }

    fn error(kind: Kind) -> TokenError {
        TokenError::new(Wanted::AccessToken, &Arc::from("a test"), kind)
    }

    /// How many failures count before the last of `refused`: all since a subject token that was refused at least
    /// twice in a row gave way to another.
    fn permanent_before(refused: &[Fingerprint]) -> usize {
        let gave_way = (2..refused.len())
            .rev()
            .find(|&i| refused[i] != refused[i - 1] && refused[i - 1] == refused[i - 2]);
        refused.len() - 1 - gave_way.unwrap_or(0)
    }

    /// `first` doubled so many times, and at most `most`.
    fn bound(first: f64, times: usize, most: f64) -> f64 {
        (first * 2_f64.powi(times.min(10).try_into().unwrap())).min(most)
    }

    proptest! {
        #[test]
        fn waits_are_those_of_the_failures_in_a_row(events in vec(event(), 0..60)) {
            let mut failures = Failures::default();
            let mut refused = Vec::new();
            let mut transient = 0;
            for event in events {
                let (error, least, most) = match event {
                    Event::Success => {
                        failures = Failures::none();
                        refused.clear();
                        transient = 0;
                        prop_assert_eq!(failures.spread(), Spread::Narrow);
                        continue;
                    }
                    Event::Refused(token) => {
                        refused.push(token);
                        failures.fetched(token);
                        failures.refused(token);
                        let most = bound(4.0, permanent_before(&refused), 80.0);
                        (error(Kind::Panicked(Step::Exchange)), most / 2.0, most)
                    }
                    Event::Transient => {
                        transient += 1;
                        let kind = Kind::Deadline { deadline: MOST, step: Step::Exchange, before: None };
                        (error(kind), 0.0, bound(1.0, transient - 1, 30.0))
                    }
                };
                let wait = failures.failed(&error, None, MOST).as_secs_f64();
                prop_assert!(wait >= least - 1e-6 && wait <= most + 1e-6, "{wait}, not {least} to {most}");
                prop_assert_eq!(failures.spread(), Spread::Wide);
            }
        }
    }
}
