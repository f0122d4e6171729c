//! The SDK.

use sts_sdk::TokenExchangeRequest;

use super::wire::IDENTITY_POOL;
use super::{Exchange, Failure};

pub(super) struct Client(sts_sdk::Client);

impl Client {
    pub(super) fn new(address: &str) -> Result<Self, Failure> {
        let client = sts_sdk::Client::for_base_url(&format!("http://{address}"))?;
        Ok(Self(client))
    }
}

impl Exchange for Client {
    async fn exchange(&mut self, subject_token: &str) -> Result<usize, Failure> {
        let request = TokenExchangeRequest::builder()
            .identity_pool_id(IDENTITY_POOL)
            .subject_token(subject_token);
        let token = self.0.exchange(request).await?;
        Ok(token.secret().expose_secret().len())
    }
}
