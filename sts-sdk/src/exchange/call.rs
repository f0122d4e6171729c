//! One exchange, with a reply that is checked.

use progenitor_client::{ClientHooks, RequestBuilderExt};
use reqwest::StatusCode;
use reqwest::header::{ACCEPT, HeaderValue};

use super::access_token::AccessToken;
use super::error::ExchangeError;
use super::operation::{EXCHANGE, PATH, send};
use super::rejected::Rejected;
use super::reply;
use crate::generated::{
    Client, Error,
    types::{Failure, StsV1TokenExchangeRequest},
};
use crate::redact::holds_jwt;
use crate::transport::Received;

/// Exchanges a subject token for an access token, and checks the reply.
pub(crate) async fn exchange(
    client: &Client,
    request: StsV1TokenExchangeRequest,
) -> Result<AccessToken, ExchangeError> {
    // Servers write ids into their logs.
    if holds_jwt(&request.identity_pool_id) {
        let why = "identity_pool_id looks like a JWT; is it the subject token?";
        return Err(ExchangeError::request(why.to_owned()));
    }
    // A union of pools is for the data plane.
    if request.identity_pool_id.contains(',') {
        let why = "identity_pool_id has a comma, and STS takes exactly one identity pool";
        return Err(ExchangeError::request(why.to_owned()));
    }
    let Received {
        status,
        headers,
        body,
        notes,
    } = send_request(client, &request).await?;
    if let Ok(body) = &body
        && status != StatusCode::OK
    {
        return Err(ExchangeError::failure_of(status, headers, body, notes));
    }
    let body = body.map_err(Rejected::from);
    let reply = match body.and_then(|body| reply::read(&headers, &body)) {
        Ok(reply) => reply,
        Err(why) => return Err(ExchangeError::rejected(status, headers, why)),
    };
    match AccessToken::from_reply(reply, &request.requested_token_type) {
        Ok(token) => Ok(token.with_headers(headers)),
        Err(why) => Err(ExchangeError::reply(status, headers, why)),
    }
}

/// Sends what the generated operation sends, and leaves a reply unread, which that operation would read a second
/// time after it was checked.
async fn send_request(
    client: &Client,
    request: &StsV1TokenExchangeRequest,
) -> Result<Received, ExchangeError> {
    let post = match client.inner.parsed_url(&client.baseurl, PATH) {
        Some(url) => client.client.post(url),
        None => client.client.post([&client.baseurl, PATH].concat()),
    };
    let post = post.header(ACCEPT, HeaderValue::from_static("application/json"));
    let post = post.form_urlencoded(request);
    let post = post.map_err(|error: Error<Failure>| ExchangeError::from(error))?;
    let transport = |error| ExchangeError::transport_of(error, client.inner.proxy.clone());
    let mut request = post.build().map_err(transport)?;
    client.pre::<Failure>(&mut request, &EXCHANGE).await?;
    let sent = send(client, request, &EXCHANGE).await;
    sent.map_err(transport)
}
