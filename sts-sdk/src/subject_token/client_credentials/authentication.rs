//! How a client shows that it is itself.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

#[cfg(feature = "private-key")]
use super::private_key::PrivateKey;
use super::secret_text::SecretText;
use crate::secret::Secret;
use crate::subject_token::error::SubjectTokenError;
use crate::subject_token::source::SubjectTokenSource;
use crate::subject_token::token::SubjectToken;

/// RFC 7523, section 2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

#[derive(Clone)]
pub(super) enum Authentication {
    None,
    /// No secret is an error of the request.
    Secret {
        secret: Option<SecretText>,
        in_body: bool,
    },
    /// A JWT from another source.
    Assertion(Arc<dyn SubjectTokenSource>),
    #[cfg(feature = "private-key")]
    Key(PrivateKey),
}

/// What is sent of it.
#[derive(Default)]
pub(super) struct Sent {
    /// User name and password of HTTP Basic authentication.
    pub(super) basic: Option<(String, Secret)>,
    pub(super) parameters: Vec<(&'static str, Secret)>,
    /// What must not be printed of an answer.
    pub(super) secret: Option<Secret>,
    /// The assertion, if it comes from another source.
    of_source: Option<SubjectToken>,
}

impl Authentication {
    pub(super) fn with_secret(self, secret: Secret) -> Self {
        self.with(SecretText::Text(secret))
    }

    pub(super) fn with_secret_file(self, path: PathBuf) -> Self {
        self.with(SecretText::file("the client secret file", path))
    }

    fn with(self, secret: SecretText) -> Self {
        let in_body = matches!(self, Self::Secret { in_body: true, .. });
        let secret = Some(secret);
        Self::Secret { secret, in_body }
    }

    pub(super) fn in_body(self) -> Self {
        let secret = match self {
            Self::Secret { secret, .. } => secret,
            _ => None,
        };
        Self::Secret {
            secret,
            in_body: true,
        }
    }

    /// What shows the client at `token_url`.
    #[cfg_attr(not(feature = "private-key"), expect(unused_variables))]
    pub(super) async fn credentials(
        &self,
        client_id: &str,
        token_url: &str,
        now: SystemTime,
    ) -> Result<Sent, SubjectTokenError> {
        let id = ("client_id", Secret::from(client_id));
        let (secret, in_body) = match self {
            Self::None => (None, true),
            Self::Secret { secret, in_body } => {
                let secret = secret.as_ref().ok_or_else(|| {
                    SubjectTokenError::permanent(
                        "the client has no secret; give it with client_secret or client_secret_file",
                    )
                })?;
                (Some(secret.read().await?), *in_body)
            }
            Self::Assertion(source) => {
                let token = source.subject_token().await?;
                let assertion = Secret::from(token.secret().expose_secret().trim());
                return Ok(Sent {
                    of_source: Some(token),
                    ..Sent::assertion(id, assertion)
                });
            }
            #[cfg(feature = "private-key")]
            Self::Key(key) => {
                let assertion = key.assertion(client_id, token_url, now).await?;
                return Ok(Sent::assertion(id, assertion));
            }
        };
        Ok(match secret {
            Some(secret) if in_body => Sent {
                parameters: vec![id, ("client_secret", secret.clone())],
                secret: Some(secret),
                ..Sent::default()
            },
            // Both are encoded as a form first (RFC 6749, section 2.3.1).
            Some(secret) => Sent {
                basic: Some((
                    encoded(client_id),
                    Secret::from(encoded(secret.expose_secret())),
                )),
                secret: Some(secret),
                ..Sent::default()
            },
            None => Sent {
                parameters: vec![id],
                ..Sent::default()
            },
        })
    }

    /// The identity provider refused what was `sent`.
    pub(super) fn refused(&self, sent: &Sent) {
        if let (Self::Assertion(source), Some(token)) = (self, &sent.of_source) {
            source.refused(token);
        }
    }
}

impl Sent {
    fn assertion(id: (&'static str, Secret), assertion: Secret) -> Self {
        let kind = ("client_assertion_type", Secret::from(ASSERTION_TYPE));
        Self {
            parameters: vec![id, kind, ("client_assertion", assertion.clone())],
            secret: Some(assertion),
            ..Self::default()
        }
    }
}

fn encoded(text: &str) -> String {
    let pair = serde_urlencoded::to_string([("", text)]).unwrap_or_default();
    pair.trim_start_matches('=').to_owned()
}

impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Secret { in_body: true, .. } => "SecretInBody",
            Self::Secret { .. } => "Secret",
            Self::Assertion(_) => "Assertion",
            #[cfg(feature = "private-key")]
            Self::Key(_) => "PrivateKey",
        })
    }
}
