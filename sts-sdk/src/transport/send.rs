//! Sending a request, and once more where its connection was dead.

use std::time::Instant;

use progenitor_client::OperationInfo;
use reqwest::header::{HeaderName, USER_AGENT};
use reqwest::{Body, Request};
use tokio::runtime::Handle;
use tracing::{Instrument, Span};

use super::received::{Received, Refused, Responses};
use super::transport::Transport;
use super::{connection, receive, span};
use crate::base_url::{CLEAR_TEXT, names_loopback};

impl Transport {
    /// Gives `request` the headers of the specification and a `user-agent`, nothing else.
    ///
    /// # Errors
    ///
    /// It would be sent in clear text.
    pub(crate) fn prepare(&self, request: &mut Request) -> Result<(), String> {
        let headers = request.headers_mut();
        // Progenitor adds it; the specification does not know it.
        headers.remove(HeaderName::from_static("api-version"));
        headers.insert(USER_AGENT, self.user_agent.clone());
        let url = request.url();
        if url.scheme() == "https" || self.allow_http || names_loopback(url) {
            Ok(())
        } else {
            Err(format!("the base URL {CLEAR_TEXT}"))
        }
    }

    /// Sends `request` with `client` and receives the response, in a span of its own.
    pub(crate) async fn send(
        &self,
        client: &reqwest::Client,
        request: Request,
        info: &OperationInfo,
        responses: Responses,
    ) -> reqwest::Result<Received> {
        let span = span::of(&request, info);
        let started = Instant::now();
        let sent = self.send_once_or_twice(client, request, started, responses, &span);
        let outcome = sent.instrument(span.clone()).await;
        span::record(&span, &outcome, started.elapsed());
        outcome
    }

    async fn send_once_or_twice(
        &self,
        client: &reqwest::Client,
        mut request: Request,
        started: Instant,
        responses: Responses,
        span: &Span,
    ) -> reqwest::Result<Received> {
        let unpooled = &self.unpooled;
        let copy = request.try_clone();
        *request.timeout_mut() = Some(self.timeout);
        let first = if self.may_use_kept_connections() {
            client
        } else {
            unpooled
        };
        let response = match (first.execute(request).await, &copy) {
            (Err(error), Some(copy)) if connection::was_dead(&error) => {
                let Some(mut again) = copy.try_clone() else {
                    return Err(error);
                };
                span::decided_by(span, 2);
                let left = self.timeout.saturating_sub(started.elapsed());
                *again.timeout_mut() = Some(left);
                unpooled.execute(again).await?
            }
            (outcome, _) => {
                span::decided_by(span, 1);
                outcome?
            }
        };
        let form = copy
            .as_ref()
            .and_then(Request::body)
            .and_then(Body::as_bytes);
        let form = form.unwrap_or_default();
        if copy
            .as_ref()
            .is_some_and(|sent| sent.url() != response.url())
        {
            return Ok(receive::refuse(response, form, Refused::Redirected));
        }
        Ok(receive::receive(response, form, self.body_limit, responses).await)
    }

    /// Whether this is the runtime that drives the connections which are kept alive: one that is driven by
    /// another runtime answers only while that one runs.
    fn may_use_kept_connections(&self) -> bool {
        let Ok(current) = Handle::try_current() else {
            return true;
        };
        *self.runtime.get_or_init(|| current.id()) == current.id()
    }
}
