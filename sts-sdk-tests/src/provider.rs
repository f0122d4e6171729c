//! What tests of a provider share.

use std::time::Duration;

use sts_sdk::TokenProvider;
use sts_sdk::testing::{self, Answer, FakeSts, ManualClock};

/// `seconds` as a duration.
#[must_use]
pub fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The answer `token-0` for 0 and so on, each of 900 s.
#[must_use]
pub fn token(nth: u64) -> Answer {
    Answer::token(format!("token-{nth}"), seconds(900))
}

/// A provider on a clock that is set by hand, with an STS that answers as told.
///
/// # Panics
///
/// It cannot be built.
#[must_use]
#[expect(clippy::expect_used, reason = "all that is needed is given")]
pub fn provider(
    answer: impl Fn(u64) -> Answer + Send + Sync + 'static,
) -> (ManualClock, FakeSts, TokenProvider) {
    let clock = ManualClock::default();
    let sts = FakeSts::new(answer);
    let tokens = sts.provider().clock(clock.clone()).build();
    (clock, sts, tokens.expect("the provider is complete"))
}

/// The text of the token that `tokens` serves.
///
/// # Panics
///
/// There is none.
#[expect(clippy::expect_used, reason = "a test fails by panicking")]
pub async fn text(tokens: &TokenProvider) -> String {
    let token = tokens.token().await.expect("a token is served");
    token.secret().expose_secret().to_owned()
}

/// Waits until no refresh of `tokens` is under way.
pub async fn settled(tokens: &TokenProvider) {
    testing::until_refresh_ends(tokens).await;
}
