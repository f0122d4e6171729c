//! One refresh: subject token, exchange and retries, within one deadline.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::StatusCode;

use super::backoff;
use super::cached_token::{Held, Stage};
use super::deadline::{unless_it_panics, until};
use super::error::{Kind, Step, TokenError};
use super::exchange::Exchange;
use crate::clock::{Clock, Moment};
use crate::exchange::ExchangeError;
use crate::secret::Secret;
use crate::subject_token::SubjectTokenSource;

/// What a refresh needs.
pub(crate) struct Refresher {
    pub(crate) name: Arc<str>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) source: Arc<dyn SubjectTokenSource>,
    pub(crate) exchange: Box<dyn Exchange>,
    pub(crate) deadline: Duration,
    pub(crate) max_retries: u32,
    pub(crate) max_backoff: Duration,
    /// Exchanges that were sent.
    pub(crate) exchanges: AtomicU64,
}

/// What a refresh takes over from those before it.
pub(crate) struct Start {
    /// Transient failures in a row so far.
    pub(crate) failures: u32,
    /// When the first attempt may be made, if not at once.
    pub(crate) not_before: Option<Moment>,
}

/// How a refresh failed.
pub(crate) struct Failed {
    pub(crate) error: TokenError,
    /// Transient failures in a row, with this refresh's.
    pub(crate) failures: u32,
    /// How long not to try again.
    pub(crate) wait: Duration,
}

/// How far a refresh has come, for when it is cut off.
struct Log {
    step: Step,
    failures: u32,
    last: Option<TokenError>,
}

impl Refresher {
    /// Gets a token. `struggling` is called after each failure that is followed by a retry.
    pub(crate) async fn refresh(
        &self,
        start: Start,
        struggling: impl Fn(&Failed) + Send + Sync,
    ) -> Result<Held, Failed> {
        let log = Mutex::new(Log {
            step: Step::Waiting,
            failures: start.failures,
            last: None,
        });
        let in_time = async {
            let attempts = self.attempts(start.not_before, &log, &struggling);
            until(self.clock.sleep(self.deadline), attempts).await
        };
        let outcome = unless_it_panics(in_time).await;
        let Log {
            step,
            failures,
            last,
        } = log.into_inner().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Some(Some(outcome)) => outcome,
            Some(None) => {
                let failures = failures.saturating_add(1);
                Err(Failed {
                    error: self.error(Kind::Deadline {
                        deadline: self.deadline,
                        step,
                        before: last,
                    }),
                    failures,
                    wait: backoff::after_transient(failures, self.max_backoff, None),
                })
            }
            None => Err(Failed {
                error: self.error(Kind::Panicked(step)),
                failures,
                wait: backoff::after_permanent(),
            }),
        }
    }

    async fn attempts(
        &self,
        not_before: Option<Moment>,
        log: &Mutex<Log>,
        struggling: &(impl Fn(&Failed) + Send + Sync),
    ) -> Result<Held, Failed> {
        let noted = || log.lock().unwrap_or_else(PoisonError::into_inner);
        let started = self.clock.now();
        if let Some(not_before) = not_before {
            self.clock.sleep(started.until(&not_before)).await;
        }
        let mut retries = 0;
        let mut renewed = false;
        loop {
            let error = match self.attempt(log).await {
                Ok(held) => return Ok(held),
                Err(error) => error,
            };
            // The subject token may have expired or been replaced on its way.
            if !renewed && is_of_subject_token(&error) {
                renewed = true;
                noted().last = Some(error);
                continue;
            }
            let transient = error.is_transient();
            let failures = {
                let mut log = noted();
                log.failures = log.failures.saturating_add(u32::from(transient));
                log.step = Step::Waiting;
                log.last = Some(error.clone());
                log.failures
            };
            let wait = if transient {
                backoff::after_transient(failures, self.max_backoff, error.retry_after())
            } else {
                backoff::after_permanent()
            };
            let left = self
                .deadline
                .saturating_sub(self.clock.now().since(&started));
            let failed = Failed {
                error,
                failures,
                wait,
            };
            if !transient || retries >= self.max_retries || wait >= left {
                return Err(failed);
            }
            retries += 1;
            struggling(&failed);
            self.clock.sleep(wait).await;
        }
    }

    async fn attempt(&self, log: &Mutex<Log>) -> Result<Held, TokenError> {
        let at = |step| log.lock().unwrap_or_else(PoisonError::into_inner).step = step;
        at(Step::SubjectToken);
        let token = self.source.subject_token().await;
        let token = token.map_err(|error| self.error(Kind::SubjectToken(error)))?;
        let token = checked(token).map_err(|why| self.error(Kind::UnusableSubjectToken(why)))?;
        at(Step::Exchange);
        // STS counts from when it issues the token, which is later.
        let before = self.clock.now();
        self.exchanges.fetch_add(1, Ordering::Relaxed);
        let token = self.exchange.exchange(token).await;
        let token = token.map_err(|error| self.error(Kind::Exchange(error)))?;
        let lifetime = token.lifetime();
        let held = Held::new(token, before);
        if held.stage(&self.clock.now()) == Stage::Gone {
            return Err(self.error(Kind::Dead(lifetime)));
        }
        Ok(held)
    }

    pub(crate) fn error(&self, kind: Kind) -> TokenError {
        TokenError::new(&self.name, kind)
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

/// A subject token without the white space around it.
fn checked(token: Secret) -> Result<Secret, &'static str> {
    let text = token.expose_secret();
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err("is empty");
    }
    if trimmed.contains(['\n', '\r']) {
        return Err("has more than one line");
    }
    if !trimmed.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("has characters that no token has");
    }
    Ok(if trimmed.len() == text.len() {
        token
    } else {
        Secret::from(trimmed)
    })
}
