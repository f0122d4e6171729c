//! The service that the layer makes of another.

use std::error::Error;
use std::fmt;
use std::future::{Future, poll_fn};
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use tower_service::Service;

use super::copy::CopyBody;
use crate::auth::attempt::Attempt;
use crate::auth::authenticator::Authenticator;
use crate::auth::message::{Incoming, Outgoing};
use crate::clock::BoxFuture;

/// What a service that is made of others returns for an error.
type BoxError = Box<dyn Error + Send + Sync>;

/// A service whose requests are authenticated; from [`AuthenticatorLayer`](super::AuthenticatorLayer).
#[derive(Clone)]
pub struct AuthenticatorService<S, C> {
    service: S,
    authenticator: Authenticator,
    copy: C,
}

/// The response to come.
pub struct ResponseFuture<R>(BoxFuture<'static, Result<R, BoxError>>);

impl<S, C> AuthenticatorService<S, C> {
    pub(super) fn new(service: S, authenticator: Authenticator, copy: C) -> Self {
        Self {
            service,
            authenticator,
            copy,
        }
    }

    fn start<M, R>(
        &mut self,
        request: M,
        copy: impl Fn(&M) -> Option<M> + Send + Sync + 'static,
    ) -> ResponseFuture<R>
    where
        S: Service<M, Response = R, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
        M: Outgoing + Send + 'static,
        R: Incoming + Send + 'static,
    {
        // The one that was polled ready is the one to call.
        let other = self.service.clone();
        let service = mem::replace(&mut self.service, other);
        let authenticator = self.authenticator.clone();
        ResponseFuture(Box::pin(send(service, authenticator, request, copy)))
    }
}

/// Sends `request` with a service that is ready.
async fn send<S, M, R>(
    mut service: S,
    authenticator: Authenticator,
    mut request: M,
    copy: impl Fn(&M) -> Option<M>,
) -> Result<R, BoxError>
where
    S: Service<M, Response = R, Error: Into<BoxError>>,
    M: Outgoing,
    R: Incoming,
{
    let mut attempt = Attempt::begin(&authenticator.0, &mut request, &copy).await?;
    loop {
        let response = service.call(request).await.map_err(Into::into)?;
        let next = attempt.judge(&response);
        match attempt.again(next, &copy).await {
            Some(again) => request = again,
            None => return Ok(response),
        }
        drop(response);
        let ready = poll_fn(|context| service.poll_ready(context)).await;
        ready.map_err(Into::into)?;
    }
}

impl<S, C, B, R> Service<http::Request<B>> for AuthenticatorService<S, C>
where
    S: Service<http::Request<B>, Response = http::Response<R>, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + 'static,
    C: CopyBody<B> + Clone + Send + Sync + 'static,
    B: Send + 'static,
    R: Send + 'static,
{
    type Response = http::Response<R>;
    type Error = BoxError;
    type Future = ResponseFuture<http::Response<R>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.service.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let bodies = self.copy.clone();
        self.start(request, move |request| {
            let mut copy = http::Request::new(bodies.copy_body(request.body())?);
            *copy.method_mut() = request.method().clone();
            *copy.uri_mut() = request.uri().clone();
            *copy.version_mut() = request.version();
            *copy.headers_mut() = request.headers().clone();
            *copy.extensions_mut() = request.extensions().clone();
            Some(copy)
        })
    }
}

impl<S, C> Service<reqwest::Request> for AuthenticatorService<S, C>
where
    S: Service<reqwest::Request, Response = reqwest::Response, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + 'static,
{
    type Response = reqwest::Response;
    type Error = BoxError;
    type Future = ResponseFuture<reqwest::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.service.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, request: reqwest::Request) -> Self::Future {
        self.start(request, reqwest::Request::try_clone)
    }
}

impl<R> Future for ResponseFuture<R> {
    type Output = Result<R, BoxError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl<S: fmt::Debug, C> fmt::Debug for AuthenticatorService<S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticatorService")
            .field("service", &self.service)
            .field("authenticator", &self.authenticator)
            .finish_non_exhaustive()
    }
}

impl<R> fmt::Debug for ResponseFuture<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseFuture")
    }
}
