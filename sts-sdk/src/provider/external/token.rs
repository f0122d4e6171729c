//! An external token as a provider hands it out.

use std::fmt;
use std::time::{Duration, SystemTime};

use reqwest::header::HeaderValue;

use crate::provider::tag::Tag;
use crate::provider::token::Token;
use crate::secret::Secret;
use crate::subject_token::Claims;

/// An external token of an [`ExternalTokenProvider`](crate::ExternalTokenProvider): a JWT that the workload's own
/// identity provider issued.
#[derive(Clone)]
pub struct ExternalToken(Token);

impl ExternalToken {
    pub(crate) fn new(token: Token) -> Self {
        Self(token)
    }

    /// The token itself: visible ASCII characters.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        self.0.secret()
    }

    /// The value of the `authorization` header that presents the token (RFC 6750, section 2.1). It is marked sensitive.
    #[must_use]
    pub fn authorization(&self) -> &HeaderValue {
        self.0.authorization()
    }

    /// Tells this token from others. A token that its source gives again keeps its tag.
    #[must_use]
    pub fn tag(&self) -> Tag {
        self.0.tag()
    }

    /// How long it was valid when the provider first got it.
    #[must_use]
    pub fn lifetime(&self) -> Duration {
        self.0.lifetime()
    }

    /// When it stops being valid, by the wall clock. The provider stops serving it up to 5 s earlier.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.0.expires_at()
    }

    /// What it says of itself, which nobody has verified. Read at each call.
    #[must_use]
    pub fn claims(&self) -> Claims {
        // It was read before it was cached.
        Claims::of_jwt(self.secret().expose_secret()).unwrap_or_default()
    }
}

impl AsRef<Tag> for ExternalToken {
    fn as_ref(&self) -> &Tag {
        self.0.as_ref()
    }
}

impl fmt::Debug for ExternalToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExternalToken")
            .field("tag", &self.tag())
            .field("expires_at", &self.expires_at())
            .finish_non_exhaustive()
    }
}
