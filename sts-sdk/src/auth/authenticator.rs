//! The authenticator, as callers see it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;

use super::credentials::Credentials;
use super::hosts::Hosts;
use super::message::{Outgoing, Place};
use crate::provider::TokenProvider;

/// Gives requests to Confluent Cloud a valid token, and repeats those whose token is refused.
///
/// Cheap to clone; all clones share the provider of tokens.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use sts_sdk::auth::Authenticator;
/// use sts_sdk::subject_token::TokenFile;
/// use sts_sdk::{TokenProvider, reqwest};
///
/// let tokens = TokenProvider::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(TokenFile::new("/var/run/secrets/tokens/confluent"))
///     .build()?;
/// let authenticator = Authenticator::new(tokens);
/// let client = reqwest::Client::new();
/// let response = authenticator.send(client.get("https://api.confluent.cloud/org/v2/environments")).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Which requests get a token
///
/// Those over https to a host on a list: the servers of the specification, `confluent.cloud`, `confluentgov.com`, what
/// [`host`](super::AuthenticatorBuilder::host) adds, and all names below these. `evilconfluent.cloud` is not among
/// them, nor is `confluent.cloud.` with its dot at the end, nor a URL with a user name or a password. The port does
/// not matter. Plain http gets a token at a loopback host that was added by name, and nowhere else.
///
/// Any other request is sent as it is, and nothing of what follows applies to it. So is one that has an `authorization`
/// header: it stays. A header that comes later is not seen, such as a default header of a `reqwest` client: the token
/// takes its place.
///
/// # When a request is repeated
///
/// | response | what happens |
/// | --- | --- |
/// | 401 | that token is [invalidated](TokenProvider::invalidate), and the request is repeated once with the next one |
/// | 401, and there is no other token | the caller gets the 401 |
/// | 403, or anything else | the caller gets it |
/// | 429 | the caller gets it, unless [`wait_for_rate_limit`](super::AuthenticatorBuilder::wait_for_rate_limit) says to wait and repeat it once |
///
/// A body that is a stream cannot be copied: such a request is sent once. Its token is invalidated all the same.
///
/// An API that refuses every token does not cause an exchange for each request: the provider makes its callers
/// [wait](TokenProvider#when-a-refresh-fails), and they get the 401.
///
/// # Redirects
///
/// Each request that the authenticator sees is judged on its own. It does not see redirects that the HTTP client below
/// it follows:
///
/// | face | what follows redirects | what becomes of the token |
/// | --- | --- | --- |
/// | [`send`](Self::send), [`execute`](Self::execute), [`hooks`](super::hooks), the middleware | `reqwest`, up to ten by default | it is sent along to the same scheme, host and port, and to no other: `reqwest` removes `authorization` there |
/// | the `tower` layer over `reqwest::Client` | the same | the same |
/// | the `tower` layer below what follows redirects, such as `FollowRedirect` of `tower-http` | what is above the layer | each request is judged |
/// | the `tower` layer above it | what is below the layer | what that does; `FollowRedirect` removes `authorization` for other origins |
///
/// A redirect to another host of the list therefore arrives without a token, unless the layer is below. A 401 from
/// another server than the one that the request was sent to does not invalidate the token, which that server has not
/// seen; this is known of `reqwest`'s responses alone. `reqwest::redirect::Policy::none()` hands the redirect to the
/// caller.
#[derive(Clone)]
pub struct Authenticator(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) credentials: Credentials,
    pub(super) hosts: Hosts,
    /// Longest wait after a 429, if there is to be one.
    pub(super) rate_limit: Option<Duration>,
}

impl Authenticator {
    /// An authenticator with the hosts of Confluent Cloud. It does not wait for rate limits.
    #[must_use]
    pub fn new(tokens: TokenProvider) -> Self {
        Self(Arc::new(Inner {
            credentials: Credentials::AccessToken(tokens),
            hosts: Hosts::of_confluent(),
            rate_limit: None,
        }))
    }

    /// Whether a request to `url` gets a token, unless it has an `authorization` of its own.
    #[must_use]
    pub fn allows(&self, url: &Url) -> bool {
        Place::of_url(url).is_some_and(|place| self.0.hosts.allow(&place))
    }
}

impl Inner {
    pub(super) fn allows(&self, request: &impl Outgoing) -> bool {
        request
            .place()
            .is_some_and(|place| self.hosts.allow(&place))
    }
}

impl From<TokenProvider> for Authenticator {
    fn from(tokens: TokenProvider) -> Self {
        Self::new(tokens)
    }
}

/// Without any token.
impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator")
            .field("credentials", &self.0.credentials)
            .field("hosts", &self.0.hosts.names().collect::<Vec<_>>())
            .field("rate_limit", &self.0.rate_limit)
            .finish()
    }
}
