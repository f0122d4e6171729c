//! The request of an exchange.

use progenitor_client::{ClientHooks, OperationInfo, RequestBuilderExt};
use reqwest::Url;
use reqwest::header::{ACCEPT, HeaderValue};

use crate::generated::{
    Client, Error,
    types::{Failure, StsV1TokenExchangeRequest},
};
use crate::transport::Received;

/// The generated operation.
pub(crate) const EXCHANGE: OperationInfo = OperationInfo {
    operation_id: "exchange_sts_v1_oauth_token",
};
/// Where it sends its requests, below the base URL.
const PATH: &str = "/sts/v1/oauth2/token";

/// Where exchanges of a client of `base_url` are sent, if it is a URL.
pub(crate) fn endpoint(base_url: &str) -> Option<Url> {
    Url::parse(&[base_url, PATH].concat()).ok()
}

impl Client {
    /// Sends what the generated operation sends, and leaves a reply unread: whoever checks a reply before
    /// that operation reads it has to read it as well.
    pub(crate) async fn call(
        &self,
        request: &StsV1TokenExchangeRequest,
    ) -> Result<Received, Error<Failure>> {
        // A transport can be taken over from a client of another base URL.
        let is_ours = |url: &&Url| url.as_str().strip_suffix(PATH) == Some(&self.baseurl);
        let post = match self.inner.endpoint.as_ref().filter(is_ours) {
            Some(url) => self.client.post(url.clone()),
            None => self.client.post([&self.baseurl, PATH].concat()),
        };
        let mut request = post
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .form_urlencoded(request)?
            .build()?;
        self.pre(&mut request, &EXCHANGE).await?;
        Ok(self.transmit(request, &EXCHANGE).await?)
    }
}
