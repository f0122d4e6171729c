//! Waiting for what a provider does, for tests.

use std::time::Duration;

use super::token_provider::TokenProvider;

impl TokenProvider {
    /// Ends when a failure makes the next attempt wait; for how long yet.
    pub(crate) async fn until_retry(&self) -> Duration {
        let clock = &self.0.refresher.clock;
        let found = self.0.until(|state| {
            let now = clock.now();
            state.next_attempt(&now).map(|at| now.until(&at))
        });
        found.await
    }

    /// Ends when no refresh is under way.
    pub(crate) async fn until_idle(&self) {
        self.0.until(|state| state.is_idle().then_some(())).await;
    }
}
