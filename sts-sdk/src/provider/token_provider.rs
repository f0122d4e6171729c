//! The provider, as callers see it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use reqwest::header::HeaderValue;

use super::cached_token::{Content, Stage};
#[cfg(feature = "blocking")]
use super::error::Kind;
use super::error::TokenError;
use super::refresher::Refresher;
use super::shared::Shared;
use super::status::{State, Status};
use super::tag::Tag;
use super::token::Token;
use crate::clock::BoxFuture;

/// Gives a valid access token at any moment, to any number of tasks on any number of tokio runtimes.
///
/// Cheap to clone; all clones share one token. Make one for each identity pool and keep it.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use sts_sdk::TokenProvider;
/// use sts_sdk::subject_token::TokenFile;
///
/// let tokens = TokenProvider::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(TokenFile::new("/var/run/secrets/tokens/confluent"))
///     .build()?;
///
/// let token = tokens.token().await?;
/// println!("valid until {:?}", token.expires_at());
/// let header = tokens.authorization().await?;
/// # Ok(())
/// # }
/// ```
///
/// # When a token is refreshed
///
/// A token's age is counted from just before its exchange. It is read on the monotonic and on the wall clock, and
/// the larger of the two counts: neither a suspended machine nor a clock that is set back makes an expired token
/// look valid. L is the token's lifetime, as the reply says.
///
/// | from this age on | for L = 900 s | what happens |
/// | --- | --- | --- |
/// | 0 | 0 s | it is served |
/// | L/2 to 3L/5, drawn at random | 450 to 540 s | it is served; a refresh starts in the background |
/// | L − min(60 s, L/6) | 840 s | callers wait for a new one; once an attempt has failed, or half of the time until the next row has passed, it is served |
/// | L − min(5 s, L/20) | 895 s | it is not served |
///
/// The first token of a provider, and the first one after a failure, is refreshed from L/6 to 3L/5 on (150 to 540 s):
/// processes that a common start or a common outage has brought together part.
///
/// There is one refresh at a time. A caller that stops waiting for it does not end it for the others. It is a task of
/// the runtime that the caller was on. If that runtime ends, or runs no tasks for a second, another refresh takes its
/// place on the runtime of another caller. Nothing is refreshed unless somebody asks for a token or
/// [`keep_fresh`](Self::keep_fresh) does, and nothing starts when a provider is made.
///
/// A runtime must have its time and I/O drivers enabled (`enable_all`); otherwise there is an error, and a panic of tokio's
/// whose message is printed once. It must be driven: `Handle::block_on` does not drive a current-thread runtime.
///
/// A program without async takes `blocking::TokenProvider` (feature `blocking`), or calls `Runtime::block_on` of a
/// current-thread runtime that it keeps. Such a runtime does nothing between the calls: a refresh that a call starts
/// in the background gets on only during later calls, at the latest in one that waits for it, shortly before the end:
///
/// ```no_run
/// use sts_sdk::TokenProvider;
/// use sts_sdk::subject_token::EnvironmentVariable;
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
///     let tokens = TokenProvider::builder()
///         .identity_pool_id("pool-abc")
///         .subject_token(EnvironmentVariable::new("CONFLUENT_ID_TOKEN"))
///         .build()?;
///     let header = runtime.block_on(tokens.authorization())?;
///     Ok(())
/// }
/// ```
///
/// # When a refresh fails
///
/// One deadline covers subject token, exchange and retries. How soon there is another attempt, n being the number of
/// such failures in a row before it:
///
/// | failure | wait |
/// | --- | --- |
/// | [transient](TokenError::is_transient) | any time up to the larger of min(30 s, 2ⁿ s) and, while a token is cached, half of the time until callers would wait for another, at most 120 s |
/// | STS asks for a wait: `Retry-After`, or `X-RateLimit-Reset` of a 429 | that, at most 300 s, and then any time up to the larger of a quarter of it and the bound above |
/// | permanent: any other | b/2 to b, b being 4 s · 2ⁿ, at most 80 s |
/// | a second token in a row [invalidated](Self::invalidate) within min(60 s, L/6) of being obtained | the same with a count of its own |
///
/// - A refresh makes another attempt after a transient failure, five times at most, if the wait leaves time for it
///   before the deadline: a quarter of the deadline, at most 5 s. Otherwise it fails at once, and the next one makes no
///   attempt before the wait is over.
/// - After 400 or 401 as the first permanent failure in a row, the subject token is fetched anew at once and, if it is
///   another one, exchanged.
/// - The count of permanent failures starts anew after a success, and when a subject token that was refused at least
///   twice gives way to another.
/// - Until the wait after a permanent failure is over, callers get its error if there is no token.
///
/// After a failed refresh, callers get the cached token without waiting while it may be served. If there is none, all
/// who wait for a refresh get the same error. No error is kept for good: there
/// is always another attempt.
///
/// # Logs
///
/// Each refresh is one span named `refresh` at level INFO of the crate `tracing`, with the provider's name; within
/// it are the spans of exchanges. A refresh that fails is a warning in it, and so is a first failure while there is no
/// token to serve, which is a mistake in the configuration as likely as not. So is, outside of the span, a second token in
/// a row that is [invalidated](Self::invalidate) early. That another subject token is exchanged after a 400 or 401 is at
/// level INFO, with the error. All else is at level DEBUG.
///
/// A host that does not answer at all fails when the time-out of connecting has passed, after 10 s.
#[derive(Clone)]
pub struct TokenProvider(pub(super) Arc<Shared>);

impl TokenProvider {
    pub(super) fn new(refresher: Refresher) -> Self {
        Self(Arc::new(Shared::new(refresher)))
    }

    /// Longest time that a refresh may take.
    #[cfg(feature = "blocking")]
    pub(crate) fn deadline(&self) -> Duration {
        self.0.refresher.deadline
    }

    /// The error of a caller that has waited for longer than a refresh may take.
    #[cfg(feature = "blocking")]
    pub(crate) fn overdue(&self) -> TokenError {
        self.0.overdue()
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn error(&self, kind: Kind) -> TokenError {
        self.0.refresher.error(kind)
    }

    /// A valid access token: the cached one if it may be served, otherwise a new one.
    ///
    /// # Errors
    ///
    /// None could be obtained. A refresh fails at its [deadline](crate::TokenProviderBuilder::deadline); a caller waits
    /// for at most one second more than that.
    #[inline]
    pub async fn token(&self) -> Result<Token, TokenError> {
        let now = self.0.refresher.clock.now();
        let cached = self.0.cached.load();
        if !now.has_reached(&cached.refresh_at) {
            return Ok(Token::new(cached));
        }
        if cached.stage(&now) == Stage::Due {
            if self.0.quiet_until.is_over(&now) {
                self.0.optional_refresh(&cached);
            }
            return Ok(Token::new(cached));
        }
        drop(cached);
        // Boxed, which keeps the future small for those who do not get here.
        Box::pin(self.0.next_token()).await.map(Token::from)
    }

    /// The value of an `authorization` header that presents a valid access token (RFC 6750, section 2.1),
    /// marked sensitive. [`Token::authorization`](crate::AccessToken::authorization) gives it without a copy.
    ///
    /// # Errors
    ///
    /// As for [`token`](Self::token).
    #[inline]
    pub async fn authorization(&self) -> Result<HeaderValue, TokenError> {
        let token = self.token().await?;
        Ok(token.authorization().clone())
    }

    /// Stops serving `token`, after an API has answered it with 401: the next caller waits for a new one.
    ///
    /// Returns `true` if `token` was the one that the provider served until now, and `false` if it does nothing since
    /// `token` was replaced or invalidated before, by another task for example. In either case the request can be
    /// repeated once, with what [`token`](Self::token) gives next.
    ///
    /// Takes the [`Token`] or its [`Tag`].
    ///
    /// An API that refuses every token must not cause an exchange for each: if two tokens in a row are invalidated
    /// within min(60 s, a sixth of their lifetime) of being obtained, the next exchange waits for 2 to 4 s, after the
    /// third for 4 to 8 s and so on, up to 40 to 80 s. Meanwhile callers get an error that says so. A token that is held
    /// for longer ends this.
    ///
    /// Not for 403, which says that the identity pool may not do what was asked.
    pub fn invalidate(&self, token: impl AsRef<Tag>) -> bool {
        self.0.invalidate(*token.as_ref())
    }

    /// A token from a refresh that is under way, or from one that starts now. Until it is there, other callers
    /// get the cached token.
    ///
    /// # Errors
    ///
    /// As for [`token`](Self::token), also where the cached token may still be served.
    pub async fn refresh(&self) -> Result<Token, TokenError> {
        self.0.refreshed().await.map(Token::from)
    }

    /// Gets a first token, so that later callers need not wait; at the start of a program, say.
    ///
    /// # Errors
    ///
    /// As for [`token`](Self::token).
    pub async fn warm_up(&self) -> Result<(), TokenError> {
        self.token().await.map(drop)
    }

    /// A wait by the provider's clock; `None` on a runtime that has no timers.
    pub(crate) fn timer(&self, duration: Duration) -> Option<BoxFuture<'static, ()>> {
        self.0.timer_if_any(duration)
    }

    /// What the provider is doing.
    #[must_use]
    pub fn status(&self) -> Status {
        let refresher = &self.0.refresher;
        let now = refresher.clock.now();
        let refresh_state = self.0.refresh_state();
        let cached = self.0.cached.load();
        let token = (cached.content == Content::Token).then_some(&*cached);
        Status {
            name: refresher.name.to_string(),
            state: match (cached.content, cached.stage(&now)) {
                (Content::Nothing, _) => State::Empty,
                (Content::Invalidated, _) => State::Invalidated,
                (Content::Token, Stage::Fresh) => State::Fresh,
                (Content::Token, Stage::Due) => State::Due,
                (Content::Token, Stage::Expiring) => State::Expiring,
                (Content::Token, Stage::Unusable) => State::Expired,
            },
            tag: token.map(|token| token.tag),
            age: token.map(|token| now.since(&token.obtained_at)),
            refresh_in: token.map(|token| now.until(&token.refresh_at)),
            expires_in: token.map(|token| token.remaining(&now)),
            refreshing: refresh_state.current(&now).is_some(),
            last_error: refresh_state.last_error.clone(),
            retry_in: refresh_state.not_before(&now).map(|end| now.until(&end)),
            subject_token: refresher.claims().clone(),
            exchanges: refresher.exchanges.load(Ordering::Relaxed),
            tokens: refresh_state.tokens,
            failures: refresh_state.failed,
        }
    }
}

/// What [`status`](Self::status) says, without a token.
impl fmt::Debug for TokenProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status();
        f.debug_struct("TokenProvider")
            .field("name", &status.name)
            .field("state", &status.state)
            .finish_non_exhaustive()
    }
}
