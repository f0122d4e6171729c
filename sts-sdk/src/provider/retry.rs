//! One refresh: attempts and the waits between them, within one deadline.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::StatusCode;
use tracing::info;

use super::cached_token::CachedToken;
use super::catch_panic::catch_panic;
use super::deadline;
use super::error::{Kind, Step, TokenError};
use super::failures::Failures;
use super::refresher::{Fetched, Refresher};
use crate::clock::Moment;
use crate::exchange::ExchangeError;
use crate::panic_text::panic_text;

/// What a refresh takes over from those before it.
pub(super) struct Start {
    pub(super) failures: Failures,
    /// When the first attempt may be made, if not at once.
    pub(super) not_before: Option<Moment>,
}

/// How a refresh failed.
pub(super) struct Failed {
    pub(super) error: TokenError,
    /// The failures in a row, with this one.
    pub(super) failures: Failures,
    /// How long not to try again.
    pub(super) wait: Duration,
}

/// Who is to get the token of a refresh.
pub(super) trait Observer: Send + Sync {
    /// For how long callers do not miss another token, if one is cached.
    fn cached_for(&self) -> Option<Duration>;

    /// Called after each failure that is followed by a retry.
    fn retrying(&self, failed: &Failed);

    /// Called when a wait for the next attempt has begun.
    fn waiting(&self, until: Moment);

    /// Whether `token` may take the place of the one that is cached, or is that one.
    fn check(&self, token: &CachedToken) -> Result<(), TokenError>;
}

/// How far a refresh has come, for when it does not come to its end.
struct Progress {
    step: Step,
    failures: Failures,
    last_error: Option<TokenError>,
}

struct Log(Mutex<Progress>);

impl Log {
    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn began(&self, step: Step) {
        self.lock().step = step;
    }
}

impl Refresher {
    /// Gets a token.
    pub(super) async fn refresh(
        &self,
        start: Start,
        observer: &impl Observer,
    ) -> Result<CachedToken, Failed> {
        let log = Log(Mutex::new(Progress {
            step: Step::Waiting,
            failures: start.failures,
            last_error: None,
        }));
        let in_time = async {
            let attempts = self.attempts(start.not_before, &log, observer);
            deadline::before(self.clock.sleep(self.deadline), attempts).await
        };
        let outcome = catch_panic(in_time).await;
        let (step, last_error) = {
            let mut log = log.lock();
            (log.step, log.last_error.take())
        };
        let error = match outcome {
            Ok(Some(outcome)) => return outcome,
            Ok(None) => Kind::Deadline {
                deadline: self.deadline,
                step,
                before: last_error,
            },
            // Tokio's, whose interface does not tell before.
            Err(panicked) if panic_text(&*panicked).contains("IO is disabled") => Kind::NoIo,
            Err(_) => Kind::Panicked(step),
        };
        Err(self.failed(self.error(error), &log, observer))
    }

    async fn attempts(
        &self,
        not_before: Option<Moment>,
        log: &Log,
        observer: &impl Observer,
    ) -> Result<CachedToken, Failed> {
        let started = self.clock.now();
        if let Some(not_before) = not_before {
            self.wait_until(not_before, observer).await;
        }
        let mut retries = 0;
        loop {
            let error = match self.attempt(log, observer).await {
                Ok(token) => return Ok(token),
                Err(error) => error,
            };
            log.began(Step::Waiting);
            let failed = self.failed(error, log, observer);
            let end = self.clock.now().since(&started) + failed.wait + self.time_for_attempt();
            let in_time = end <= self.deadline;
            if !failed.error.is_transient() || retries >= self.max_retries || !in_time {
                return Err(failed);
            }
            retries += 1;
            observer.retrying(&failed);
            let until = self.clock.now().after(failed.wait);
            self.wait_until(until, observer).await;
        }
    }

    /// Waits before an attempt.
    async fn wait_until(&self, until: Moment, observer: &impl Observer) {
        let wait = self.clock.sleep(self.clock.now().until(&until));
        // After the clock knows of it: who hears of the wait may move the clock.
        observer.waiting(until);
        // It may have moved before.
        if !self.clock.now().has_reached(&until) {
            wait.await;
        }
    }

    async fn attempt(
        &self,
        log: &Log,
        observer: &impl Observer,
    ) -> Result<CachedToken, TokenError> {
        let fetched = self.next_subject_token(log).await?;
        let error = match self.obtain_logged(&fetched, log, observer).await {
            Ok(token) => return Ok(token),
            Err(error) => error,
        };
        // The subject token may have expired on its way, or a newer one may have replaced it.
        if !is_of_subject_token(&error) || !log.lock().failures.is_first_permanent() {
            return Err(error);
        }
        log.lock().last_error = Some(error.clone());
        let again = self.next_subject_token(log).await?;
        if again.fingerprint == fetched.fingerprint {
            return Err(error);
        }
        info!(%error, "the subject token was refused; exchanging the one that its source gives now");
        self.obtain_logged(&again, log, observer).await
    }

    async fn next_subject_token(&self, log: &Log) -> Result<Fetched, TokenError> {
        log.began(Step::SubjectToken);
        self.tell_invalidated();
        let fetched = self.fetch().await?;
        log.lock().failures.fetched(fetched.fingerprint);
        Ok(fetched)
    }

    async fn obtain_logged(
        &self,
        fetched: &Fetched,
        log: &Log,
        observer: &impl Observer,
    ) -> Result<CachedToken, TokenError> {
        log.began(Step::Exchange);
        let spread = log.lock().failures.spread();
        let outcome = self.obtain(fetched, spread).await;
        let outcome = outcome.and_then(|token| observer.check(&token).map(|()| token));
        if outcome.as_ref().is_err_and(is_refusal) {
            log.lock().failures.refused(fetched.fingerprint);
            log.began(Step::SubjectToken);
            self.source.refused(&fetched.token);
        }
        outcome
    }

    /// Notes a failure of an attempt.
    fn failed(&self, error: TokenError, log: &Log, observer: &impl Observer) -> Failed {
        let cached_for = observer.cached_for();
        let mut log = log.lock();
        log.last_error = Some(error.clone());
        let wait = self.note(&mut log.failures, &error, cached_for);
        Failed {
            error,
            failures: log.failures,
            wait,
        }
    }
}

/// Whether the subject token would be refused again: STS said so, or it is an external token that is of no use.
fn is_refusal(error: &TokenError) -> bool {
    if error.is_given_again() {
        return true;
    }
    let status = error.exchange().and_then(ExchangeError::status);
    status.is_some_and(|status| status.is_client_error()) && !error.is_transient()
}

/// Whether another subject token may help at once.
fn is_of_subject_token(error: &TokenError) -> bool {
    let status = error.exchange().and_then(ExchangeError::status);
    matches!(
        status,
        Some(StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED)
    )
}
