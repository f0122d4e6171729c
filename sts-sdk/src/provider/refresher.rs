//! One attempt to get an access token: subject token, then exchange.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::cached_token::{CachedToken, Stage};
use super::error::{Kind, TokenError};
use super::exchange::Exchange;
use super::failures::Fingerprint;
use super::requests::Requests;
use super::thresholds::Spread;
use crate::clock::Clock;
use crate::exchange::ExchangeError;
use crate::secret::Secret;
use crate::subject_token::{SubjectToken, SubjectTokenSource};

/// What a refresh needs.
pub(super) struct Refresher {
    pub(super) name: Arc<str>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) source: Arc<dyn SubjectTokenSource>,
    pub(super) requests: Requests,
    pub(super) exchange: Box<dyn Exchange>,
    pub(super) deadline: Duration,
    pub(super) max_retries: u32,
    pub(super) max_backoff: Duration,
    /// Makes fingerprints of subject tokens.
    pub(super) fingerprints: RandomState,
    /// Exchanges that were sent.
    pub(super) exchanges: AtomicU64,
}

/// A subject token that can be exchanged.
pub(super) struct Fetched {
    /// As its source gave it.
    pub(super) token: SubjectToken,
    pub(super) fingerprint: Fingerprint,
}

impl Refresher {
    /// Asks the source for a subject token.
    pub(super) async fn fetch(&self) -> Result<Fetched, TokenError> {
        let token = self.source.subject_token().await;
        let token = token.map_err(|error| self.error(Kind::SubjectToken(error)))?;
        let text = checked(token.secret());
        let text = text.map_err(|why| self.error(Kind::UnusableSubjectToken(why)))?;
        Ok(Fetched {
            fingerprint: self.fingerprints.hash_one(text),
            token,
        })
    }

    /// Exchanges a subject token. `spread` is for the access token that it gets.
    pub(super) async fn exchange(
        &self,
        fetched: &Fetched,
        spread: Spread,
    ) -> Result<CachedToken, TokenError> {
        let token = Secret::from(fetched.token.secret().expose_secret().trim());
        let request = self.requests.request(token);
        let request =
            request.map_err(|why| self.error(Kind::Exchange(ExchangeError::request(why))))?;
        // STS counts the lifetime from when it issues the token, which is later.
        let before = self.clock.now();
        self.exchanges.fetch_add(1, Ordering::Relaxed);
        let token = self.exchange.exchange(request).await;
        let token = token.map_err(|error| self.error(Kind::Exchange(error)))?;
        let lifetime = token.lifetime();
        let token = CachedToken::new(token, before, spread);
        if token.stage(&self.clock.now()) == Stage::Unusable {
            return Err(self.error(Kind::Expired(lifetime)));
        }
        Ok(token)
    }

    /// The time that a refresh keeps for an attempt when it waits before that.
    pub(super) fn time_for_attempt(&self) -> Duration {
        (self.deadline / 4).min(Duration::from_secs(5))
    }

    pub(super) fn error(&self, kind: Kind) -> TokenError {
        TokenError::new(&self.name, kind)
    }
}

/// A subject token without the white space around it.
fn checked(token: &Secret) -> Result<&str, &'static str> {
    let text = token.expose_secret().trim();
    if text.is_empty() {
        return Err("is empty");
    }
    if text.contains(['\n', '\r']) {
        return Err("has more than one line");
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("has characters that no token has");
    }
    Ok(text)
}
