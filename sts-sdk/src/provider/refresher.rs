//! One attempt to get a token: subject token, then exchange.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::cached_token::{CachedToken, Stage};
use super::error::{Kind, TokenError, Wanted};
use super::exchange::Exchange;
use super::failures::{Failures, Fingerprint};
use super::held_back::HeldBack;
use super::requests::Requests;
use super::thresholds::Spread;
use crate::clock::Clock;
use crate::exchange::ExchangeError;
use crate::redact::line;
use crate::secret::Secret;
use crate::subject_token::{Claims, SubjectToken, SubjectTokenSource};

/// RFC 8693, section 3.
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

/// What a refresh needs.
pub(super) struct Refresher {
    pub(super) name: Arc<str>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) source: Arc<dyn SubjectTokenSource>,
    pub(super) obtain: Obtain,
    pub(super) deadline: Duration,
    pub(super) max_retries: u32,
    pub(super) max_backoff: Duration,
    /// Makes fingerprints of subject tokens.
    pub(super) fingerprints: RandomState,
    /// Exchanges that were tried and have ended.
    pub(super) exchanges: AtomicU64,
    pub(super) claims: Mutex<Option<Claims>>,
    /// An external token that was invalidated.
    pub(super) held_back: HeldBack,
}

/// What a subject token is for.
pub(super) enum Obtain {
    /// It is exchanged for an access token.
    Exchange(Requests, Box<dyn Exchange>),
    /// It is handed on, as an external token.
    HandOn,
}

/// A subject token that can be exchanged.
pub(super) struct Fetched {
    /// As its source gave it.
    pub(super) token: SubjectToken,
    pub(super) fingerprint: Fingerprint,
    /// What it says of itself; why it is no JWT.
    pub(super) claims: Result<Claims, &'static str>,
}

/// Counts an exchange when it ends, in whatever way, unless it was not sent.
struct Counted<'a>(Option<&'a AtomicU64>);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        if let Some(count) = self.0 {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Refresher {
    /// Asks the source for a subject token.
    pub(super) async fn fetch(&self) -> Result<Fetched, TokenError> {
        let token = self.source.subject_token().await;
        let token = token.map_err(|error| self.error(Kind::SubjectToken(error)))?;
        match checked(token.secret()) {
            Ok(text) => {
                let claims = Claims::of_jwt(text);
                let fingerprint = self.fingerprints.hash_one(text);
                *self.claims() = claims.as_ref().ok().cloned();
                Ok(Fetched {
                    token,
                    fingerprint,
                    claims,
                })
            }
            Err(why) => Err(self.unusable(&token, why.to_owned())),
        }
    }

    /// The error of a `token` that cannot be used.
    pub(super) fn unusable(&self, token: &SubjectToken, why: String) -> TokenError {
        // A source that keeps it must get another.
        self.source.refused(token);
        let source = self.described();
        self.error(Kind::UnusableSubjectToken { source, why })
    }

    /// What errors call the source.
    pub(super) fn described(&self) -> String {
        line(&self.source.describe())
    }

    /// Whether it could be taken, if it is to be a JWT.
    pub(super) fn check_jwt(&self, fetched: &Fetched) -> Result<(), TokenError> {
        let checked = match &fetched.claims {
            Ok(claims) => claims.check_time(self.clock.now().wall),
            Err(why) => Err((*why).to_owned()),
        };
        checked.map_err(|why| self.unusable(&fetched.token, why))
    }

    /// What the last subject token says of itself.
    pub(super) fn claims(&self) -> MutexGuard<'_, Option<Claims>> {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a token of a subject token. `spread` is for the token that it gets.
    pub(super) async fn obtain(
        &self,
        fetched: &Fetched,
        spread: Spread,
    ) -> Result<CachedToken, TokenError> {
        match &self.obtain {
            Obtain::Exchange(requests, exchange) => {
                self.exchange(requests, &**exchange, fetched, spread).await
            }
            Obtain::HandOn => self.hand_on(fetched, spread),
        }
    }

    async fn exchange(
        &self,
        requests: &Requests,
        exchange: &dyn Exchange,
        fetched: &Fetched,
        spread: Spread,
    ) -> Result<CachedToken, TokenError> {
        let token = Secret::from(fetched.token.secret().expose_secret().trim());
        let request = requests.request(token);
        let request =
            request.map_err(|why| self.error(Kind::Exchange(ExchangeError::request(why))))?;
        if request.subject_token_type == JWT && !exchange.takes_any_text() {
            self.check_jwt(fetched)?;
        }
        // STS counts the lifetime from when it issues the token, which is later.
        let before = self.clock.now();
        let mut counted = Counted(Some(&self.exchanges));
        let token = exchange.exchange(request).await.map_err(|error| {
            if error.is_invalid_request() {
                counted.0 = None;
            }
            self.error(Kind::Exchange(error))
        })?;
        let lifetime = token.lifetime();
        let token = CachedToken::new(token, before, spread);
        if token.stage(&self.clock.now()) == Stage::Unusable {
            return Err(self.error(Kind::Expired(lifetime)));
        }
        Ok(token)
    }

    /// Notes a failure, and says how long to wait before the next attempt. `cached_for` is as for [`Failures::failed`].
    pub(super) fn note(
        &self,
        failures: &mut Failures,
        error: &TokenError,
        cached_for: Option<Duration>,
    ) -> Duration {
        let wait = failures.failed(error, cached_for, self.max_backoff);
        if error.is_held_back() {
            // From then on it is served, however often it was given in vain.
            wait.min(self.held_back.rest(&self.clock.now()))
        } else {
            wait
        }
    }

    /// The time that a refresh keeps for an attempt when it waits before that.
    pub(super) fn time_for_attempt(&self) -> Duration {
        (self.deadline / 4).min(Duration::from_secs(5))
    }

    pub(super) fn error(&self, kind: Kind) -> TokenError {
        let what = match self.obtain {
            Obtain::Exchange(..) => Wanted::AccessToken,
            Obtain::HandOn => Wanted::ExternalToken,
        };
        TokenError::new(what, &self.name, kind)
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
