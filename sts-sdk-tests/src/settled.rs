//! Waiting for what a provider does in the background.

use sts_sdk::TokenProvider;

/// Lets other tasks run until no refresh of `tokens` is under way.
pub async fn settled(tokens: &TokenProvider) {
    while tokens.status().refreshing {
        tokio::task::yield_now().await;
    }
}
