//! What a callback of SASL OAUTHBEARER returns.

use std::error::Error;
use std::fmt;
use std::time::SystemTime;

use super::extensions::Extensions;
use crate::provider::external::ExternalToken;
use crate::secret::Secret;

/// What a Kafka client's callback for SASL OAUTHBEARER returns: token, expiry, principal and extensions.
///
/// | client | callback | what it returns |
/// | --- | --- | --- |
/// | librdkafka | `oauthbearer_token_refresh_cb` | `rd_kafka_oauthbearer_set_token(token, expires_at_ms, principal, extensions)` |
/// | confluent-kafka for Python | `oauth_cb` | `(token, expires_at_ms / 1000, principal, dict(extensions))` |
/// | Java | `OAuthBearerToken`, `SaslExtensions` | `value()`, `lifetimeMs()`, `principalName()`, the map of extensions |
#[derive(Clone)]
pub struct SaslToken {
    token: Secret,
    expires_at_ms: i64,
    principal: String,
    extensions: Extensions,
}

/// An external token has no `sub`, or an empty one: Kafka clients take the principal from it, and refuse a token without.
///
/// Configure the identity provider so that its tokens have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPrincipal;

impl SaslToken {
    /// What presents `token` with `extensions`.
    ///
    /// # Errors
    ///
    /// The token has no `sub`.
    pub fn new(token: &ExternalToken, extensions: &Extensions) -> Result<Self, NoPrincipal> {
        let principal = token.claims().subject.unwrap_or_default();
        if principal.is_empty() {
            return Err(NoPrincipal);
        }
        let end = token.expires_at().duration_since(SystemTime::UNIX_EPOCH);
        let end = end.unwrap_or_default().as_millis();
        Ok(Self {
            token: token.secret().clone(),
            expires_at_ms: i64::try_from(end).unwrap_or(i64::MAX),
            principal,
            extensions: extensions.clone(),
        })
    }

    /// The token itself: visible ASCII characters.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.token
    }

    /// When the token stops being valid, in milliseconds since 1970.
    #[must_use]
    pub fn expires_at_ms(&self) -> i64 {
        self.expires_at_ms
    }

    /// Whom the token is about, its `sub`. For the client's logs: the broker reads the principal from the
    /// token itself.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// What is presented beside the token.
    #[must_use]
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// The initial client response (RFC 7628, section 3.1) that a client sends: what is in a `SaslAuthenticate` request.
    #[must_use]
    pub fn initial_response(&self) -> Secret {
        self.response("n,,")
    }

    /// The same for a client that acts as `identity` (RFC 5801, section 4: its commas and equal signs are encoded).
    /// Kafka brokers refuse one that is not the principal.
    #[must_use]
    pub fn initial_response_as(&self, identity: &str) -> Secret {
        let name = identity.replace('=', "=3D").replace(',', "=2C");
        self.response(&format!("n,a={name},"))
    }

    fn response(&self, header: &str) -> Secret {
        let mut parts = vec![
            header,
            "\u{1}auth=Bearer ",
            self.token.expose_secret(),
            "\u{1}",
        ];
        for (name, value) in self.extensions.iter() {
            parts.extend([name, "=", value, "\u{1}"]);
        }
        parts.push("\u{1}");
        // In one allocation, which the secret overwrites with zeros.
        Secret::from(parts.concat())
    }
}

/// Without the token and the principal, which may name a person.
impl fmt::Debug for SaslToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SaslToken")
            .field("expires_at_ms", &self.expires_at_ms)
            .field("extensions", &self.extensions)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for NoPrincipal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the external token has no `sub`, from which Kafka clients take the principal; configure the identity \
             provider so that its tokens have one",
        )
    }
}

impl Error for NoPrincipal {}
