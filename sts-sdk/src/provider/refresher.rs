//! One attempt to get an access token: subject token, then exchange.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::cached_token::{CachedToken, Stage};
use super::error::{Kind, Step, TokenError};
use super::exchange::Exchange;
use crate::clock::Clock;
use crate::secret::Secret;
use crate::subject_token::SubjectTokenSource;

/// What a refresh needs.
pub(super) struct Refresher {
    pub(super) name: Arc<str>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) source: Arc<dyn SubjectTokenSource>,
    pub(super) exchange: Box<dyn Exchange>,
    pub(super) deadline: Duration,
    pub(super) max_retries: u32,
    pub(super) max_backoff: Duration,
    /// Exchanges that were sent.
    pub(super) exchanges: AtomicU64,
}

impl Refresher {
    /// Makes one attempt. Tells `began` of each step.
    pub(super) async fn attempt(&self, began: impl Fn(Step)) -> Result<CachedToken, TokenError> {
        began(Step::SubjectToken);
        let token = self.source.subject_token().await;
        let token = token.map_err(|error| self.error(Kind::SubjectToken(error)))?;
        let token = checked(token).map_err(|why| self.error(Kind::UnusableSubjectToken(why)))?;
        began(Step::Exchange);
        // STS counts the lifetime from when it issues the token, which is later.
        let before = self.clock.now();
        self.exchanges.fetch_add(1, Ordering::Relaxed);
        let token = self.exchange.exchange(token).await;
        let token = token.map_err(|error| self.error(Kind::Exchange(error)))?;
        let lifetime = token.lifetime();
        let token = CachedToken::new(token, before);
        if token.stage(&self.clock.now()) == Stage::Unusable {
            return Err(self.error(Kind::Expired(lifetime)));
        }
        Ok(token)
    }

    pub(super) fn error(&self, kind: Kind) -> TokenError {
        TokenError::new(&self.name, kind)
    }
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
