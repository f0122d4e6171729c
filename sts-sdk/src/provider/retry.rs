//! One refresh: attempts and the waits between them, within one deadline.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::StatusCode;

use super::backoff;
use super::cached_token::CachedToken;
use super::catch_panic::catch_panic;
use super::deadline;
use super::error::{Kind, Step, TokenError};
use super::refresher::Refresher;
use crate::clock::Moment;
use crate::exchange::ExchangeError;

/// What a refresh takes over from those before it.
pub(super) struct Start {
    /// Transient failures in a row so far.
    pub(super) transient_failures: u32,
    /// When the first attempt may be made, if not at once.
    pub(super) not_before: Option<Moment>,
}

/// How a refresh failed.
pub(super) struct Failed {
    pub(super) error: TokenError,
    /// Transient failures in a row, with this refresh's.
    pub(super) transient_failures: u32,
    /// How long not to try again.
    pub(super) wait: Duration,
}

/// How far a refresh has come, for when it does not come to its end.
struct Log {
    step: Step,
    transient_failures: u32,
    last_error: Option<TokenError>,
}

impl Refresher {
    /// Gets a token. `retrying` is called after each failure that is followed by a retry.
    pub(super) async fn refresh(
        &self,
        start: Start,
        retrying: impl Fn(&Failed) + Send + Sync,
    ) -> Result<CachedToken, Failed> {
        let log = Mutex::new(Log {
            step: Step::Waiting,
            transient_failures: start.transient_failures,
            last_error: None,
        });
        let in_time = async {
            let attempts = self.attempts(start.not_before, &log, &retrying);
            deadline::before(self.clock.sleep(self.deadline), attempts).await
        };
        let outcome = catch_panic(in_time).await;
        let Log {
            step,
            transient_failures,
            last_error,
        } = log.into_inner().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Some(Some(outcome)) => outcome,
            Some(None) => {
                let transient_failures = transient_failures.saturating_add(1);
                Err(Failed {
                    error: self.error(Kind::Deadline {
                        deadline: self.deadline,
                        step,
                        before: last_error,
                    }),
                    transient_failures,
                    wait: backoff::after_transient(transient_failures, self.max_backoff, None),
                })
            }
            None => Err(Failed {
                error: self.error(Kind::Panicked(step)),
                transient_failures,
                wait: backoff::after_permanent(),
            }),
        }
    }

    async fn attempts(
        &self,
        not_before: Option<Moment>,
        log: &Mutex<Log>,
        retrying: &(impl Fn(&Failed) + Send + Sync),
    ) -> Result<CachedToken, Failed> {
        let log = || log.lock().unwrap_or_else(PoisonError::into_inner);
        let started = self.clock.now();
        if let Some(not_before) = not_before {
            self.clock.sleep(started.until(&not_before)).await;
        }
        let mut retries = 0;
        let mut subject_token_renewed = false;
        loop {
            let error = match self.attempt(|step| log().step = step).await {
                Ok(token) => return Ok(token),
                Err(error) => error,
            };
            // The subject token may have expired on its way, or a newer one may have replaced it.
            if !subject_token_renewed && is_of_subject_token(&error) {
                subject_token_renewed = true;
                log().last_error = Some(error);
                continue;
            }
            let transient = error.is_transient();
            let transient_failures = {
                let mut log = log();
                log.transient_failures = log.transient_failures.saturating_add(transient.into());
                log.step = Step::Waiting;
                log.last_error = Some(error.clone());
                log.transient_failures
            };
            let wait = if transient {
                let asked = error.retry_after();
                backoff::after_transient(transient_failures, self.max_backoff, asked)
            } else {
                backoff::after_permanent()
            };
            let left = self
                .deadline
                .saturating_sub(self.clock.now().since(&started));
            let failed = Failed {
                error,
                transient_failures,
                wait,
            };
            if !transient || retries >= self.max_retries || wait >= left {
                return Err(failed);
            }
            retries += 1;
            retrying(&failed);
            self.clock.sleep(wait).await;
        }
    }
}

/// Whether another subject token may help.
fn is_of_subject_token(error: &TokenError) -> bool {
    let status = error.exchange().and_then(ExchangeError::status);
    matches!(
        status,
        Some(StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED)
    )
}
