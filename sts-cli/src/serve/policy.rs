//! When a token is fetched anew.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use sts_sdk::{
    BoxFuture, ExternalToken, ExternalTokenProvider, Secret, Token, TokenError, TokenProvider,
};
use tokio::time::timeout;
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
        if !token.is_worn() || !self.may_fetch(Instant::now()) {
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

    /// Whether a token may be fetched `now`, which counts as fetching one.
    fn may_fetch(&self, now: Instant) -> bool {
        let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        if fetched.is_some_and(|before| now.duration_since(before) < BETWEEN) {
            return false;
        }
        *fetched = Some(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// Tokens of 100 s, of which so many seconds are left, and how often one was fetched.
    #[derive(Clone, Default)]
    struct Fake(Arc<[AtomicU64; 2]>);

    impl Fake {
        fn with_left(&self, seconds: u64) {
            self.0[0].store(seconds, Ordering::Relaxed);
        }

        fn fetched(&self) -> u64 {
            self.0[1].load(Ordering::Relaxed)
        }

        fn issued(&self) -> Issued {
            // A little more, since time passes.
            let left =
                Duration::from_secs(self.0[0].load(Ordering::Relaxed)) + Duration::from_millis(500);
            Issued {
                secret: Secret::from("a-token"),
                lifetime: Duration::from_secs(100),
                expires_at: SystemTime::now() + left,
            }
        }
    }

    impl Tokens for Fake {
        fn token(&self) -> BoxFuture<'_, Result<Issued, TokenError>> {
            Box::pin(async { Ok(self.issued()) })
        }

        fn refresh(&self) -> BoxFuture<'_, Result<Issued, TokenError>> {
            self.0[1].fetch_add(1, Ordering::Relaxed);
            Box::pin(async { Ok(self.issued()) })
        }
    }

    #[tokio::test]
    async fn a_token_that_has_nine_tenths_left_is_not_fetched_anew() {
        let tokens = Fake::default();
        let policy = Policy::new(tokens.clone());
        // The last is too early after the one before.
        for (left, fetched) in [(99, 0), (90, 0), (89, 1), (50, 1)] {
            tokens.with_left(left);
            assert_eq!(policy.token().await.unwrap().left().as_secs(), left);
            assert_eq!(tokens.fetched(), fetched, "{left}");
        }
    }

    #[test]
    fn a_source_that_gives_the_same_again_is_asked_every_ten_seconds_at_most() {
        let policy = Policy::new(Fake::default());
        let start = Instant::now();
        for (second, may) in [
            (0, true),
            (0, false),
            (9, false),
            (10, true),
            (15, false),
            (20, true),
        ] {
            assert_eq!(
                policy.may_fetch(start + Duration::from_secs(second)),
                may,
                "{second}"
            );
        }
    }

    /// A token of 20 s is worn after 2 s, and fetched 10 s after the one before.
    #[test]
    fn a_short_token_is_not_fetched_sooner_than_after_ten_seconds() {
        let issued = |left: u64| Issued {
            secret: Secret::from("a-token"),
            lifetime: Duration::from_secs(20),
            expires_at: SystemTime::now() + Duration::from_secs(left),
        };
        assert!(!issued(17).is_worn() && !issued(11).is_worn());
        assert!(issued(9).is_worn());
    }
}
