//! When a token is fetched anew.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use sts_sdk::{
    BoxFuture, ExternalToken, ExternalTokenProvider, Secret, Token, TokenError, TokenProvider,
};
use tokio::time::{Instant, timeout};
use tracing::info;

/// Shortest time between two fetches of tokens that are not needed yet.
const BETWEEN: Duration = Duration::from_secs(10);
/// How long a client waits for a newer token while there is another.
const PATIENCE: Duration = Duration::from_secs(5);

/// A token as it is handed out.
pub(crate) struct Issued {
    pub(crate) secret: Secret,
    lifetime: Duration,
    expires_at: SystemTime,
}

impl Issued {
    pub(crate) fn left(&self) -> Duration {
        self.expires_at
            .duration_since(SystemTime::now())
            .unwrap_or_default()
    }

    /// Whether less than nine tenths of its life are left, and it was obtained more than 10 s ago.
    fn is_worn(&self) -> bool {
        let left = self.left();
        left * 10 < self.lifetime * 9 && left + BETWEEN <= self.lifetime
    }
}

/// Where tokens come from.
pub(crate) trait Tokens: Send + Sync {
    fn token(&self) -> BoxFuture<'_, Result<Issued, TokenError>>;
    fn refresh(&self) -> BoxFuture<'_, Result<Issued, TokenError>>;
}

impl Tokens for ExternalTokenProvider {
    fn token(&self) -> BoxFuture<'_, Result<Issued, TokenError>> {
        Box::pin(async { self.token().await.map(Issued::from) })
    }

    fn refresh(&self) -> BoxFuture<'_, Result<Issued, TokenError>> {
        Box::pin(async { self.refresh().await.map(Issued::from) })
    }
}

impl Tokens for TokenProvider {
    fn token(&self) -> BoxFuture<'_, Result<Issued, TokenError>> {
        Box::pin(async { self.token().await.map(Issued::from) })
    }

    fn refresh(&self) -> BoxFuture<'_, Result<Issued, TokenError>> {
        Box::pin(async { self.refresh().await.map(Issued::from) })
    }
}

impl From<ExternalToken> for Issued {
    fn from(token: ExternalToken) -> Self {
        Self {
            secret: token.secret().clone(),
            lifetime: token.lifetime(),
            expires_at: token.expires_at(),
        }
    }
}

impl From<Token> for Issued {
    fn from(token: Token) -> Self {
        Self {
            secret: token.secret().clone(),
            lifetime: token.lifetime(),
            expires_at: token.expires_at(),
        }
    }
}

/// Hands out tokens that have most of their lives before them: a client that renews its own some minutes before the end
/// would otherwise get one that it renews at once. A source that cannot mint gives the same again.
pub(crate) struct Policy {
    tokens: Box<dyn Tokens>,
    fetched: Mutex<Option<Instant>>,
}

impl Policy {
    pub(crate) fn new(tokens: impl Tokens + 'static) -> Self {
        Self {
            tokens: Box::new(tokens),
            fetched: Mutex::default(),
        }
    }

    /// A token, fetched anew if less than nine tenths of its life are left, at most once in 10 s.
    pub(crate) async fn token(&self) -> Result<Issued, TokenError> {
        let token = self.tokens.token().await?;
        if !token.is_worn() || !self.may_fetch() {
            return Ok(token);
        }
        match timeout(PATIENCE, self.tokens.refresh()).await {
            Ok(Ok(newer)) => Ok(newer),
            Ok(Err(error)) => {
                info!(%error, "the token before is handed out");
                Ok(token)
            }
            Err(_) => Ok(token),
        }
    }

    fn may_fetch(&self) -> bool {
        let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if fetched.is_some_and(|before| now.duration_since(before) < BETWEEN) {
            return false;
        }
        *fetched = Some(now);
        true
    }
}
