//! The access token that an exchange returns.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};

use crate::generated::types::StsV1TokenExchangeReply;
use crate::secret::Secret;

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
    /// Stands for no token.
    pub(crate) fn none() -> Self {
        Self {
            secret: Secret::from(String::new()),
            authorization: HeaderValue::from_static(""),
            lifetime: Duration::ZERO,
            issued_token_type: String::new(),
            headers: HeaderMap::new(),
        }
    }

    /// The access token of `reply`, if it is usable and of the type that was `requested`; otherwise why not.
    pub(crate) fn from_reply(
        reply: StsV1TokenExchangeReply,
        requested: &str,
    ) -> Result<Self, &'static str> {
        let token = reply.access_token.expose_secret();
        if token.is_empty() {
            return Err("its access_token is empty");
        }
        // Without an early end, so that the compiler checks many bytes at once.
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
        let authorization =
            bearer(token).ok_or("its access_token has characters that no token has")?;
        Ok(Self {
            authorization,
            secret: reply.access_token,
            lifetime: Duration::from_secs(lifetime),
            issued_token_type: reply.issued_token_type,
            headers: HeaderMap::new(),
        })
    }

    /// A JWT that is presented as it is, without an exchange; why it cannot be.
    pub(crate) fn external(jwt: Secret, lifetime: Duration) -> Result<Self, &'static str> {
        let authorization =
            bearer(jwt.expose_secret()).ok_or("has characters that no token has")?;
        Ok(Self {
            authorization,
            secret: jwt,
            lifetime,
            issued_token_type: String::new(),
            headers: HeaderMap::new(),
        })
    }

    /// The same with the headers of its reply.
    pub(super) fn with_headers(self, headers: HeaderMap) -> Self {
        Self { headers, ..self }
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

/// The value of the `authorization` header that presents `token`, marked sensitive.
fn bearer(token: &str) -> Option<HeaderValue> {
    let mut authorization = HeaderValue::try_from(["Bearer ", token].concat()).ok()?;
    authorization.set_sensitive(true);
    Some(authorization)
}
