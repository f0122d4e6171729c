//! For the tests of crates that use this one: providers that need no STS, an STS within the process that answers as
//! told, and a clock that is set by hand.
//!
//! With the feature `testing`, which only the tests of a program need:
//!
//! ```toml
//! [dev-dependencies]
//! sts-sdk = { path = "../sts-sdk/sts-sdk", features = ["testing"] }
//! tokio = { version = "1", features = ["macros", "rt"] }
//! ```
//!
//! # Code that needs a token
//!
//! ```
//! use sts_sdk::testing::{self, Answer};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
//! # runtime.block_on(async {
//! let tokens = testing::fixed("a-token");
//! assert_eq!(tokens.token().await.unwrap().secret().expose_secret(), "a-token");
//!
//! // Code that must cope with there being none.
//! let refused = r#"{"errors": [{"code": "pool_not_found", "detail": "There is no such pool."}]}"#;
//! let tokens = testing::failing(Answer::status(403).body(refused));
//! let error = tokens.token().await.unwrap_err();
//! assert!(error.to_string().ends_with("403 Forbidden: There is no such pool. (code pool_not_found)"));
//! # });
//! ```
//!
//! # What is sent
//!
//! ```
//! use std::time::Duration;
//! use sts_sdk::testing::{Answer, FakeSts};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
//! # runtime.block_on(async {
//! let sts = FakeSts::new(|_| Answer::token("a-token", Duration::from_secs(900)));
//! let tokens = sts.provider().identity_pool_id("pool-abc").build().unwrap();
//! tokens.token().await.unwrap();
//! let request = sts.last_request().unwrap();
//! assert_eq!(request.identity_pool_id, "pool-abc");
//! assert_eq!(request.subject_token.expose_secret(), "a-subject-token");
//! # });
//! ```
//!
//! # Time
//!
//! [`ManualClock`] moves when told. The waits of a provider are partly random: wait for what it does, and then move the
//! clock by as much as it says. A complete test of a rate limit:
//!
//! ```test_harness
//! use std::time::Duration;
//! use sts_sdk::testing::{self, Answer, FakeSts, ManualClock};
//!
//! #[tokio::test]
//! async fn a_rate_limit_is_waited_for() {
//!     let clock = ManualClock::default();
//!     let sts = FakeSts::new(|nth| match nth {
//!         0 => Answer::status(429).retry_after(Duration::from_secs(5)),
//!         _ => Answer::token("a-token", Duration::from_secs(900)),
//!     });
//!     let tokens = sts.provider().clock(clock.clone()).build().unwrap();
//!     let caller = tokio::spawn({
//!         let tokens = tokens.clone();
//!         async move { tokens.token().await }
//!     });
//!     let wait = testing::until_retry(&tokens).await;
//!     assert!(wait >= Duration::from_secs(5));
//!     clock.advance(wait);
//!     let token = caller.await.unwrap().unwrap();
//!     assert_eq!(token.secret().expose_secret(), "a-token");
//!     assert_eq!(sts.exchanges(), 2);
//! }
//! ```
//!
//! A refresh in the background has started when the call that found its token due returns:
//!
//! ```
//! use std::time::Duration;
//! use sts_sdk::testing::{self, Answer, FakeSts, ManualClock};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
//! # runtime.block_on(async {
//! let clock = ManualClock::default();
//! let sts = FakeSts::new(|nth| Answer::token(format!("token-{nth}"), Duration::from_secs(900)));
//! let tokens = sts.provider().clock(clock.clone()).build().unwrap();
//! tokens.token().await.unwrap();
//! clock.advance(Duration::from_secs(540));
//! assert_eq!(tokens.token().await.unwrap().secret().expose_secret(), "token-0");
//! testing::until_refresh_ends(&tokens).await;
//! assert_eq!(tokens.token().await.unwrap().secret().expose_secret(), "token-1");
//! # });
//! ```
//!
//! If that refresh fails, the wait after it may be longer than its deadline allows; drawn at random, now it is and now it
//! is not. A call after the wait is right in both cases, as it starts a refresh unless one goes on:
//!
//! ```
//! use std::time::Duration;
//! use sts_sdk::testing::{self, Answer, FakeSts, ManualClock};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
//! # runtime.block_on(async {
//! let clock = ManualClock::default();
//! let sts = FakeSts::new(|nth| match nth {
//!     1 => Answer::status(503),
//!     nth => Answer::token(format!("token-{nth}"), Duration::from_secs(900)),
//! });
//! let tokens = sts.provider().clock(clock.clone()).build().unwrap();
//! tokens.token().await.unwrap();
//! clock.advance(Duration::from_secs(540));
//! tokens.token().await.unwrap();
//! clock.advance(testing::until_retry(&tokens).await);
//! tokens.token().await.unwrap();
//! testing::until_refresh_ends(&tokens).await;
//! assert_eq!(tokens.token().await.unwrap().secret().expose_secret(), "token-2");
//! # });
//! ```
//!
//! A test of retries alone needs no clock: with tokio's paused time (`#[tokio::test(start_paused = true)]`, and the
//! feature `test-util` of tokio), each wait is over as soon as nothing else is left to do. The ages of tokens are not
//! tokio's: for those take a [`ManualClock`].
//!
//! A stand-in that is reached over HTTP is in the workspace crate `sts-emulator`.

mod answer;
mod clock;
mod fake_sts;

use std::sync::Arc;
use std::time::Duration;

pub use answer::Answer;
pub use clock::ManualClock;
pub use fake_sts::FakeSts;

use crate::provider::TokenProvider;
use crate::provider::requests::Requests;
use crate::secret::Secret;
use crate::subject_token::StaticToken;

/// A provider whose tokens are all `token`: visible ASCII characters, at least one. With anything else it fails
/// as with an STS that sends such a token.
#[must_use]
pub fn fixed(token: impl Into<Secret>) -> TokenProvider {
    let token = token.into();
    always(Answer::token(token, Duration::from_secs(900)))
}

/// A provider for which every exchange ends with `answer`. A refresh does not retry, but callers that come after a
/// transient failure wait as they do with any provider.
#[must_use]
pub fn failing(answer: Answer) -> TokenProvider {
    always(answer)
}

/// Ends when an attempt of `tokens` has failed and the next one waits, at once if it does already. Returns how long that
/// wait has yet to last on the provider's clock, longer than zero: [`advance`](ManualClock::advance) by it.
///
/// Where the wait leaves time before the deadline, a refresh under way waits, and goes on by itself. Otherwise it has failed,
/// and the next call of [`token`](TokenProvider::token) after the wait starts another one. A wait can be long while a token
/// is cached: [half of the time](TokenProvider#when-a-refresh-fails) for which callers do not miss another.
pub async fn until_retry(tokens: &TokenProvider) -> Duration {
    tokens.until_retry().await
}

/// Ends when no refresh of `tokens` is under way, at once if none is: it does not wait for one to start, which a call of
/// [`token`](TokenProvider::token) does. What came of it is in [`TokenProvider::status`].
pub async fn until_refresh_ends(tokens: &TokenProvider) {
    tokens.until_idle().await;
}

fn always(answer: Answer) -> TokenProvider {
    let sts = FakeSts::new(move |_| answer.clone());
    let source = Arc::new(StaticToken::new(fake_sts::SUBJECT_TOKEN));
    let requests = Requests::of_pool(fake_sts::IDENTITY_POOL);
    let builder = TokenProvider::builder().max_retries(0);
    builder.assemble(fake_sts::NAME.to_owned(), source, requests, Box::new(sts))
}
