//! A valid access token at any moment.

mod backoff;
pub(crate) mod builder;
pub(crate) mod error;
pub(crate) mod exchange;
mod flight;
pub(crate) mod held;
mod race;
mod random;
mod refresh;
pub(crate) mod status;
mod thresholds;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwap;
use reqwest::header::HeaderValue;

use crate::clock::BoxFuture;
use builder::TokenProviderBuilder;
use error::{Kind, Step, TokenError};
use flight::{Arrival, Flight, Flights, Renewal, STANDSTILL};
use held::{Content, Held, Stage, Token};
use race::until;
use refresh::Refresher;
use status::{State, Status};

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
/// println!("{} is valid until {:?}", token.secret(), token.expires_at());
/// let header = tokens.authorization().await?;
/// # Ok(())
/// # }
/// ```
///
/// # When a token is refreshed
///
/// A token's age is counted from just before its exchange, by the larger of what the monotonic and the wall
/// clock say: a suspended machine or a clock that is set do not make a dead token look alive. L is its
/// lifetime, as the reply says.
///
/// | from this age on | for L = 900 s | what happens |
/// | --- | --- | --- |
/// | 0 | 0 s | it is served |
/// | L − min(300 s, L/3) + a random part of min(60 s, L/15) | 600 to 660 s | it is served; a refresh starts in the background |
/// | L − min(60 s, L/6) | 840 s | callers wait for its successor; it is served if that fails |
/// | L − min(5 s, L/20) | 895 s | it is not served |
///
/// There is one refresh at a time. Whoever stops waiting for it harms nobody else. It is a task of the runtime
/// that the caller was on; if that runtime ends or stands still, another caller's takes over. Nothing runs
/// between calls, and nothing starts when a provider is made. A runtime must have its time and I/O drivers
/// enabled (`enable_all`).
///
/// # When a refresh fails
///
/// One deadline covers subject token, exchange and retries.
///
/// - A [transient](TokenError::is_transient) failure is tried again after a random time of up to 1 s, 2 s, 4 s and
///   so on, at most 30 s, counted after what STS asks for (`Retry-After`, or `X-RateLimit-Reset`; an
///   hour at most). Waits that do not fit into the deadline end the refresh and hold for the next one.
/// - After 400 or 401 the subject token is fetched anew and the exchange is tried once more, at once.
/// - Any other failure is permanent, and is what callers without a token get for the next 1 to 5 s.
///
/// While the last refresh has failed, callers with a token that may still be served get it without waiting.
/// If there is none, all who wait for a refresh get the same error. No error is remembered for good.
///
/// # Logs
///
/// Each refresh is one span named `refresh` at level INFO of the crate `tracing`, with the provider's name; within
/// it are the spans of exchanges. A refresh that fails is a warning in it, all else is at level DEBUG.
#[derive(Clone)]
pub struct TokenProvider(Arc<Shared>);

/// What the clones of a provider share.
pub(crate) struct Shared {
    held: ArcSwap<Held>,
    refresher: Refresher,
    flights: Mutex<Flights>,
}

impl TokenProvider {
    /// A builder of providers.
    pub fn builder() -> TokenProviderBuilder {
        TokenProviderBuilder::default()
    }

    pub(crate) fn new(refresher: Refresher) -> Self {
        Self(Arc::new(Shared {
            held: ArcSwap::from_pointee(Held::none(Content::Nothing)),
            refresher,
            flights: Mutex::default(),
        }))
    }

    /// A valid access token: the one that is held if it is good, else a new one.
    ///
    /// # Errors
    ///
    /// There is none, or not within the deadline.
    #[inline]
    pub async fn token(&self) -> Result<Token, TokenError> {
        let now = self.0.refresher.clock.now();
        let held = self.0.held.load();
        if !now.has_reached(&held.soft) {
            return Ok(Token::new(held));
        }
        if held.stage(&now) == Stage::Due {
            self.0.renew(&held);
            return Ok(Token::new(held));
        }
        drop(held);
        // Boxed for the sake of those who do not get here.
        Box::pin(self.0.next_token()).await.map(Token::from)
    }

    /// The value of an `authorization` header that presents a valid access token (RFC 6750, section 2.1),
    /// marked sensitive. [`Token::authorization`](crate::AccessToken::authorization) lends it without a copy.
    ///
    /// # Errors
    ///
    /// As for [`token`](Self::token).
    #[inline]
    pub async fn authorization(&self) -> Result<HeaderValue, TokenError> {
        let token = self.token().await?;
        Ok(token.authorization().clone())
    }

    /// Stops serving `token`, after an API has answered it with 401: the next caller waits for another one.
    /// Does nothing if the provider has another one already; whether it did.
    ///
    /// Not for 403, which says that the identity pool may not do what was asked.
    #[expect(clippy::must_use_candidate, reason = "the point is the effect")]
    pub fn invalidate(&self, token: &Token) -> bool {
        let none = Arc::new(Held::none(Content::Invalidated));
        let previous = self.0.held.compare_and_swap(token.held(), none);
        Arc::ptr_eq(&previous, token.held())
    }

    /// A token from a refresh that is under way, or from one that starts now. Until it is there, others are
    /// served the token that is held.
    ///
    /// # Errors
    ///
    /// As for [`token`](Self::token), also where the token that is held may still be served.
    pub async fn refresh(&self) -> Result<Token, TokenError> {
        let shared = &self.0;
        let end = shared.end();
        loop {
            let Some(flight) = shared.obtain(None)? else {
                continue;
            };
            if let Some(outcome) = shared.landed(flight, end).await? {
                return outcome.map(Token::from);
            }
        }
    }

    /// Gets a first token, so that later callers need not wait; at the start of a program, say.
    ///
    /// # Errors
    ///
    /// As for [`token`](Self::token).
    pub async fn warm_up(&self) -> Result<(), TokenError> {
        self.token().await.map(drop)
    }

    /// What the provider is doing.
    #[must_use]
    pub fn status(&self) -> Status {
        let Shared {
            refresher, held, ..
        } = &*self.0;
        let now = refresher.clock.now();
        let flights = self.0.flights();
        let held = held.load();
        let token = (held.content == Content::Token).then_some(&*held);
        Status {
            name: refresher.name.to_string(),
            state: match (held.content, held.stage(&now)) {
                (Content::Nothing, _) => State::Empty,
                (Content::Invalidated, _) => State::Invalidated,
                (Content::Token, Stage::Fresh) => State::Fresh,
                (Content::Token, Stage::Due) => State::Due,
                (Content::Token, Stage::Expiring) => State::Expiring,
                (Content::Token, Stage::Gone) => State::Expired,
            },
            tag: token.map(|held| held.tag),
            age: token.map(|held| now.since(&held.obtained)),
            refresh_in: token.map(|held| now.until(&held.soft)),
            expires_in: token.map(|held| now.until(&held.dead)),
            refreshing: flights.underway(&now).is_some(),
            last_error: flights.last_error.clone(),
            retry_in: flights
                .hold_off
                .filter(|end| !now.has_reached(end))
                .map(|end| now.until(&end)),
            exchanges: refresher.exchanges.load(Ordering::Relaxed),
            tokens: flights.tokens,
            failures: flights.failed,
        }
    }
}

impl Shared {
    /// The held token's successor; the held token where there is none to be had and it may still be served.
    ///
    /// Whatever was waited for, it is looked at anew what may be served: time has passed, and it may have
    /// been invalidated.
    async fn next_token(self: &Arc<Self>) -> Result<Arc<Held>, TokenError> {
        let end = self.end();
        let mut has_waited = false;
        loop {
            let now = self.refresher.clock.now();
            let held = self.held.load_full();
            match held.stage(&now) {
                Stage::Fresh | Stage::Due => return Ok(held),
                Stage::Expiring if has_waited => return Ok(held),
                Stage::Expiring => match self.renew(&held) {
                    Renewal::NotNow => return Ok(held),
                    Renewal::Replaced => {}
                    Renewal::Underway(mut flight) => {
                        has_waited = true;
                        // Half of what is left, so that the other half is left to use it.
                        let patience = self.timer(now.until(&held.never) / 2);
                        let arrival = until(patience, flight.arrival(true)).await;
                        if matches!(arrival, Some(Arrival::Lost)) {
                            self.give_up(&flight);
                        }
                    }
                },
                Stage::Gone => {
                    let Some(flight) = self.obtain(Some(&held))? else {
                        continue;
                    };
                    let Some(outcome) = self.landed(flight, end).await? else {
                        continue;
                    };
                    let now = self.refresher.clock.now();
                    match outcome {
                        Ok(new) if new.stage(&now) != Stage::Gone => return Ok(new),
                        // It died while this caller was not run.
                        Ok(_) => {}
                        Err(error) => {
                            let held = self.held.load_full();
                            if held.stage(&now) == Stage::Gone {
                                return Err(error);
                            }
                        }
                    }
                }
            }
        }
    }

    /// When a caller that comes now is to have an answer: somewhat later than a refresh that starts now, on the
    /// monotonic clock, which does not jump.
    fn end(&self) -> Duration {
        let now = self.refresher.clock.now();
        now.monotonic + self.refresher.deadline + STANDSTILL
    }

    /// How `flight` ended; `None` where another one must be waited for.
    ///
    /// # Errors
    ///
    /// There is nothing to wait for, or no time.
    async fn landed(
        &self,
        mut flight: Flight,
        end: Duration,
    ) -> Result<Option<Result<Arc<Held>, TokenError>>, TokenError> {
        let left = end.saturating_sub(self.refresher.clock.now().monotonic);
        match until(self.timer(left), flight.arrival(false)).await {
            Some(Arrival::Landed(outcome)) => Ok(Some(outcome)),
            Some(Arrival::Superseded | Arrival::Struggling) => Ok(None),
            Some(Arrival::Lost) => {
                self.give_up(&flight);
                if flight.is_at_home() {
                    return Err(self.refresher.error(Kind::ShuttingDown));
                }
                Ok(None)
            }
            None => Err(self.refresher.error(Kind::Deadline {
                deadline: self.refresher.deadline,
                step: Step::Refresh,
                before: self.flights().last_error.clone(),
            })),
        }
    }

    /// The clock's, or one that never ends on a runtime without timers, where refreshes fail by themselves.
    fn timer(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let timer = catch_unwind(AssertUnwindSafe(|| self.refresher.clock.sleep(duration)));
        timer.unwrap_or_else(|_| Box::pin(std::future::pending()))
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
