//! The rules: which requests get a token, and which are repeated.

use std::time::Duration;

use reqwest::header::AUTHORIZATION;
use reqwest::{StatusCode, Url};
use tracing::debug;

use super::authenticator::Inner;
use super::message::{Incoming, Outgoing};
use super::rate_limit;
use crate::provider::error::TokenError;
use crate::provider::tag::Tag;

/// A request under way, as it may be repeated.
pub(super) struct Attempt<'a, M> {
    authenticator: &'a Inner,
    /// The token that was presented, if one was.
    presented: Option<Tag>,
    /// The request before it got a token, if its body can be copied.
    copy: Option<M>,
    /// Where it went, if there is no copy that knows.
    url: Option<Url>,
    replaced: bool,
    waited: bool,
}

/// What a response calls for.
pub(super) enum Next {
    /// The response is the caller's.
    Done,
    /// Another token.
    Replace,
    /// The same after a wait.
    Wait(Duration),
}

impl<'a, M: Outgoing> Attempt<'a, M> {
    /// Judges `request`, and gives it a token where it may have one. `copy` copies a request if its body can be copied.
    pub(super) async fn begin(
        authenticator: &'a Inner,
        request: &mut M,
        copy: impl Fn(&M) -> Option<M>,
    ) -> Result<Self, TokenError> {
        let mut attempt = Self {
            authenticator,
            presented: None,
            copy: None,
            url: None,
            replaced: false,
            waited: false,
        };
        if request.headers().contains_key(AUTHORIZATION) {
            debug!("a request keeps the authorization that it has");
            return Ok(attempt);
        }
        if !authenticator.allows(request) {
            debug!(
                "a request gets no token: its host is not on the list of hosts, or it is not https"
            );
            return Ok(attempt);
        }
        attempt.copy = copy(request);
        if attempt.copy.is_none() {
            attempt.url = request.url().cloned();
        }
        let credentials = &authenticator.credentials;
        attempt.presented = Some(credentials.present(request.headers_mut()).await?);
        Ok(attempt)
    }

    /// Judges a response. A token that it refuses is taken back.
    pub(super) fn judge(&self, response: &impl Incoming) -> Next {
        let Some(tag) = self.presented else {
            return Next::Done;
        };
        match response.status() {
            StatusCode::UNAUTHORIZED if !self.is_from_elsewhere(response) => {
                self.authenticator.credentials.invalidate(tag);
                if self.replaced || self.copy.is_none() {
                    return Next::Done;
                }
                Next::Replace
            }
            StatusCode::TOO_MANY_REQUESTS if !self.waited && self.copy.is_some() => {
                let limit = self.authenticator.rate_limit;
                let wait = limit.and_then(|limit| rate_limit::wait(response.headers(), limit));
                wait.map_or(Next::Done, Next::Wait)
            }
            _ => Next::Done,
        }
    }

    /// The request once more, with the token that is valid then. `None` if there is none, or no waiting.
    pub(super) async fn again(&mut self, next: Next, copy: impl Fn(&M) -> Option<M>) -> Option<M> {
        match next {
            Next::Done => return None,
            Next::Replace => self.replaced = true,
            Next::Wait(duration) => {
                self.waited = true;
                debug!(wait = ?duration, "a request was answered with 429 and is repeated after a wait");
                self.authenticator.credentials.timer(duration)?.await;
            }
        }
        let mut request = self.copy.take()?;
        if self.replaced && self.waited {
            self.url = request.url().cloned();
        } else {
            self.copy = copy(&request);
        }
        let credentials = &self.authenticator.credentials;
        match credentials.present(request.headers_mut()).await {
            Ok(tag) => self.presented = Some(tag),
            Err(error) => {
                debug!(%error, "a request is not repeated, since there is no other token");
                return None;
            }
        }
        Some(request)
    }

    /// Whether the response is that of a redirect to another server, which did not see the token.
    fn is_from_elsewhere(&self, response: &impl Incoming) -> bool {
        let sent = self
            .copy
            .as_ref()
            .and_then(Outgoing::url)
            .or(self.url.as_ref());
        match (sent, response.url()) {
            (Some(sent), Some(came)) => {
                sent.host_str() != came.host_str()
                    || sent.scheme() != came.scheme()
                    || sent.port_or_known_default() != came.port_or_known_default()
            }
            _ => false,
        }
    }
}
