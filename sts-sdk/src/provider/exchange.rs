//! What a provider exchanges subject tokens with.

use crate::client::Client;
use crate::clock::BoxFuture;
use crate::exchange::AccessToken;
use crate::exchange::ExchangeError;
use crate::generated::types::StsV1TokenExchangeRequest;
use crate::secret::Secret;

/// Exchanges subject tokens: an STS, or its stand-in for tests.
pub(crate) trait Exchange: Send + Sync {
    fn exchange(&self, subject_token: Secret) -> BoxFuture<'_, Result<AccessToken, ExchangeError>>;
}

/// The exchanges of one identity pool.
pub(crate) struct PoolExchange {
    pub(crate) client: Client,
    pub(crate) identity_pool_id: String,
    /// The lifetime to ask for, in seconds; the specification's default unless set.
    pub(crate) lifetime: Option<u64>,
}

impl PoolExchange {
    /// # Errors
    ///
    /// The specification does not allow the request.
    pub(crate) fn request(&self, token: Secret) -> Result<StsV1TokenExchangeRequest, String> {
        let request = StsV1TokenExchangeRequest::builder()
            .identity_pool_id(&self.identity_pool_id)
            .subject_token(token);
        let request = match self.lifetime {
            Some(lifetime) => request.expires_in(lifetime),
            None => request,
        };
        request.try_into().map_err(|error| format!("{error}"))
    }
}

impl Exchange for PoolExchange {
    fn exchange(&self, subject_token: Secret) -> BoxFuture<'_, Result<AccessToken, ExchangeError>> {
        Box::pin(async {
            let request = self
                .request(subject_token)
                .map_err(ExchangeError::request)?;
            self.client.exchange(request).await
        })
    }
}
