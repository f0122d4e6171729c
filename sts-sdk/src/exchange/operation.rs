//! Which operation the token exchange is, and how its requests are sent.

use progenitor_client::OperationInfo;
use reqwest::{Request, StatusCode, Url};

use crate::failure;
use crate::generated::Client;
use crate::transport::{Received, Responses};

/// The generated operation.
pub(super) const EXCHANGE: OperationInfo = OperationInfo {
    operation_id: "exchange_sts_v1_oauth_token",
};
/// Where its requests are sent, below the base URL.
pub(crate) const PATH: &str = "/sts/v1/oauth2/token";

/// Where exchanges of a client of `base_url` are sent, if that is a URL.
pub(crate) fn url(base_url: &str) -> Option<Url> {
    Url::parse(&[base_url, PATH].concat()).ok()
}

pub(super) fn is_exchange(info: &OperationInfo) -> bool {
    info.operation_id == EXCHANGE.operation_id
}

/// Sends `request` and receives the response.
pub(super) async fn send(
    client: &Client,
    request: Request,
    info: &OperationInfo,
) -> reqwest::Result<Received> {
    let responses = Responses {
        // Which success another operation has, progenitor tells.
        success: is_exchange(info).then_some(StatusCode::OK),
        failure: failure::normalise,
    };
    let transport = &client.inner;
    transport
        .send(&client.client, request, info, responses)
        .await
}
