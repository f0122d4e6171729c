//! A token exchange whose outcome is checked.

use std::fmt;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue};

use super::error::ExchangeError;
use super::reply;
use crate::generated::{
    Client, Error, ResponseValue,
    types::{Failure, StsV1TokenExchangeReply, StsV1TokenExchangeRequest},
};
use crate::secret::Secret;
use crate::transport::Received;

/// An access token that Confluent's STS issued, checked for what makes it usable.
#[derive(Clone, Debug)]
pub struct AccessToken {
    secret: Secret,
    authorization: HeaderValue,
    lifetime: Duration,
    issued_token_type: String,
    headers: HeaderMap,
}

impl AccessToken {
    /// What stands where there is no token.
    pub(crate) fn none() -> Self {
        Self {
            secret: Secret::from(String::new()),
            authorization: HeaderValue::from_static(""),
            lifetime: Duration::ZERO,
            issued_token_type: String::new(),
            headers: HeaderMap::new(),
        }
    }

    /// The token itself: visible ASCII characters, at least one.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The value of the `authorization` header that presents the token (RFC 6750, section 2.1). It is
    /// marked sensitive.
    #[must_use]
    pub fn authorization(&self) -> &HeaderValue {
        &self.authorization
    }

    /// How long the token is valid, from when it was issued: the reply's `expires_in`, at least 1 s. STS
    /// may shorten what was asked for.
    #[must_use]
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// What was issued: the `requested_token_type` of the request.
    #[must_use]
    pub fn issued_token_type(&self) -> &str {
        &self.issued_token_type
    }

    /// The headers of the reply; see [`ResponseHeaders`](crate::ResponseHeaders).
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}

impl Client {
    /// Exchanges a subject token for an access token, and checks the reply.
    ///
    /// `request` is a [`StsV1TokenExchangeRequest`] or its builder.
    ///
    /// ```no_run
    /// # async fn exchange() -> Result<(), Box<dyn std::error::Error>> {
    /// use sts_sdk::{Client, types::StsV1TokenExchangeRequest};
    ///
    /// let client = Client::production()?;
    /// let request = StsV1TokenExchangeRequest::builder()
    ///     .identity_pool_id("pool-abc")
    ///     .subject_token(std::env::var("SUBJECT_TOKEN")?);
    /// let token = client.exchange(request).await?;
    /// println!("valid for {} s", token.lifetime().as_secs());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the generated [`exchange_sts_v1_oauth_token`](Self::exchange_sts_v1_oauth_token), and a
    /// reply with an empty access token or one with other characters than visible ASCII, a `token_type`
    /// other than `Bearer` (in any case), an `expires_in` below 1, or an `issued_token_type` that was not
    /// asked for.
    pub async fn exchange<R>(&self, request: R) -> Result<AccessToken, ExchangeError>
    where
        R: TryInto<StsV1TokenExchangeRequest>,
        R::Error: fmt::Display,
    {
        let request: StsV1TokenExchangeRequest = request
            .try_into()
            .map_err(|error| ExchangeError::request(error.to_string()))?;
        let Received {
            status,
            headers,
            body,
        } = self.call(&request).await?;
        if let Ok(body) = &body
            && status != StatusCode::OK
        {
            return Err(failure(status, headers, body).into());
        }
        let reply = match body.and_then(|body| reply::read(&headers, &body)) {
            Ok(reply) => reply,
            Err(why) => return Err(ExchangeError::rejected(status, headers, why)),
        };
        match check(reply, &request.requested_token_type) {
            Ok(token) => Ok(AccessToken { headers, ..token }),
            Err(why) => Err(ExchangeError::reply(status, headers, why)),
        }
    }
}

fn failure(status: StatusCode, headers: HeaderMap, body: &[u8]) -> Error<Failure> {
    match serde_json::from_slice(body) {
        Ok(failure) => Error::ErrorResponse(ResponseValue::new(failure, status, headers)),
        Err(error) => Error::InvalidResponsePayload(Vec::new().into(), error),
    }
}

pub(crate) fn check(
    reply: StsV1TokenExchangeReply,
    requested: &str,
) -> Result<AccessToken, &'static str> {
    let token = reply.access_token.expose_secret();
    if token.is_empty() {
        return Err("its access_token is empty");
    }
    // Every byte is looked at, so that the compiler takes many at once.
    let visible = |all: bool, byte: u8| all & byte.is_ascii_graphic();
    if !token.bytes().fold(true, visible) {
        return Err("its access_token has characters that no token has");
    }
    if !reply.token_type.eq_ignore_ascii_case("Bearer") {
        return Err("its token_type is not Bearer");
    }
    if reply.issued_token_type != requested {
        return Err("its issued_token_type is not the one requested");
    }
    let lifetime = u64::try_from(reply.expires_in).unwrap_or(0);
    if lifetime == 0 {
        return Err("its expires_in is not positive");
    }
    let mut authorization = HeaderValue::try_from(["Bearer ", token].concat())
        .map_err(|_| "its access_token has characters that no token has")?;
    authorization.set_sensitive(true);
    Ok(AccessToken {
        authorization,
        secret: reply.access_token,
        lifetime: Duration::from_secs(lifetime),
        issued_token_type: reply.issued_token_type,
        headers: HeaderMap::new(),
    })
}
