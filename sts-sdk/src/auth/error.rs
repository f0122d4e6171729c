//! Why an authenticated request has no response.

use std::error::Error;
use std::fmt;

use crate::provider::error::TokenError;
use crate::redact::{line, with_causes};
use crate::transport::error_text;

/// Where root certificates are added.
const TRUSTING: &str = "tls_certs_merge of reqwest's builder";

/// Why a request that an [`Authenticator`](super::Authenticator) sends has no response: there is no token, or the
/// request failed. Any response, a 401 included, is no error.
///
/// Displayed as one line without any token, which says all of it, so that there is no `source()`.
pub enum AuthError {
    /// There is no token, and nothing was sent.
    Token(TokenError),
    /// The request failed. A token was presented if the host may have one.
    Request(reqwest::Error),
}

impl AuthError {
    /// The provider's error, if there is no token.
    #[must_use]
    pub fn token(&self) -> Option<&TokenError> {
        match self {
            Self::Token(error) => Some(error),
            Self::Request(_) => None,
        }
    }

    /// The HTTP client's error, if the request failed. Its own text holds the URL of the request.
    #[must_use]
    pub fn request(&self) -> Option<&reqwest::Error> {
        match self {
            Self::Token(_) => None,
            Self::Request(error) => Some(error),
        }
    }
}

impl From<TokenError> for AuthError {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}

impl From<reqwest::Error> for AuthError {
    fn from(error: reqwest::Error) -> Self {
        Self::Request(error)
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(error) => write!(f, "{error}"),
            Self::Request(error) if error.is_redirect() => {
                let root = error.source().map(|cause| with_causes("", cause));
                let root = line(&root.unwrap_or_default());
                write!(f, "the request failed: a redirect was not followed: {root}")
            }
            Self::Request(error) => {
                write!(
                    f,
                    "the request failed: {}",
                    error_text(error, None, TRUSTING)
                )
            }
        }
    }
}

/// As `Display`: the URL of a request may hold what is not for logs.
impl fmt::Debug for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuthError({self})")
    }
}

impl Error for AuthError {}
