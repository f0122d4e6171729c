//! The layer.

use tower_layer::Layer;

use super::copy::{ByClone, SentOnce};
use super::service::AuthenticatorService;
use crate::auth::authenticator::Authenticator;

/// A [`Layer`] that authenticates requests, with the feature `tower`. It takes [`http::Request`]s to services that
/// answer with [`http::Response`], and `reqwest`'s requests to `reqwest::Client`, which is a service of its own.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// use sts_sdk::auth::{Authenticator, AuthenticatorLayer};
/// use sts_sdk::{TokenError, TokenProvider, reqwest};
/// use tower::{Service, ServiceBuilder, ServiceExt};
///
/// let authenticator = Authenticator::new(TokenProvider::from_env()?);
/// let mut service = ServiceBuilder::new()
///     .layer(AuthenticatorLayer::new(authenticator))
///     .service(reqwest::Client::new());
/// let url = "https://api.confluent.cloud/org/v2/environments".parse()?;
/// let request = reqwest::Request::new(reqwest::Method::GET, url);
/// match service.ready().await?.call(request).await {
///     Ok(response) => println!("{}", response.status()),
///     Err(error) if error.is::<TokenError>() => println!("nothing was sent: {error}"),
///     Err(error) => println!("no response: {error}"),
/// }
/// # Ok(())
/// # }
/// ```
///
/// The request must have its whole URI, scheme and host included, where it comes to the layer: without them it gets no
/// token. A host is compared as it stands in the URI. One that is written in another way than the list has it, as an
/// IPv6 address can be, gets no token.
///
/// # Bodies
///
/// To be repeated, an `http` request is copied with its body before it is sent. [`new`](Self::new) is for bodies that
/// are `Clone`, as `Full` and `Empty` of `http-body-util` are; [`copy_with`](Self::copy_with) for those that can be
/// copied some other way; [`sent_once`](Self::sent_once) for all others, such as streams. Extensions of the request go
/// along.
///
/// # Errors
///
/// | what happened | what you get |
/// | --- | --- |
/// | a response, whatever its status | the response |
/// | there is no token | a boxed [`TokenError`](crate::TokenError); nothing was sent |
/// | a 401, and no other token | the 401 |
/// | there is no response | the boxed error of the service |
#[derive(Clone, Debug)]
pub struct AuthenticatorLayer<C = ByClone> {
    authenticator: Authenticator,
    copy: C,
}

impl AuthenticatorLayer {
    /// A layer for bodies that are `Clone`.
    #[must_use]
    pub fn new(authenticator: Authenticator) -> Self {
        Self {
            authenticator,
            copy: ByClone,
        }
    }
}

impl<C> AuthenticatorLayer<C> {
    /// The same with a function that copies bodies: `Fn(&B) -> Option<B>`.
    #[must_use]
    pub fn copy_with<F>(self, copy: F) -> AuthenticatorLayer<F> {
        AuthenticatorLayer {
            authenticator: self.authenticator,
            copy,
        }
    }

    /// The same for bodies that cannot be copied: no `http` request is repeated, and a token that is refused is
    /// invalidated.
    #[must_use]
    pub fn sent_once(self) -> AuthenticatorLayer<SentOnce> {
        self.copy_with(SentOnce)
    }
}

impl<S, C: Clone> Layer<S> for AuthenticatorLayer<C> {
    type Service = AuthenticatorService<S, C>;

    fn layer(&self, service: S) -> Self::Service {
        AuthenticatorService::new(service, self.authenticator.clone(), self.copy.clone())
    }
}
