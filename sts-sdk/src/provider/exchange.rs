//! What a provider exchanges subject tokens with.

use crate::client::Client;
use crate::clock::BoxFuture;
use crate::exchange::AccessToken;
use crate::exchange::ExchangeError;
use crate::generated::types::StsV1TokenExchangeRequest;

/// Exchanges subject tokens: an STS, or a fake one for tests.
pub(crate) trait Exchange: Send + Sync {
    /// Whether it takes subject tokens that are no JWTs.
    fn takes_any_text(&self) -> bool {
        false
    }

    fn exchange(
        &self,
        request: StsV1TokenExchangeRequest,
    ) -> BoxFuture<'_, Result<AccessToken, ExchangeError>>;
}

impl Exchange for Client {
    fn exchange(
        &self,
        request: StsV1TokenExchangeRequest,
    ) -> BoxFuture<'_, Result<AccessToken, ExchangeError>> {
        Box::pin(Self::exchange(self, request))
    }
}
