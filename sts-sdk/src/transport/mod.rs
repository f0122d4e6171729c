//! The rules of the wire, whatever operation is called.

pub(crate) mod body;
pub(crate) mod connection;
mod received;
mod rejected;
mod span;

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use progenitor_client::{ClientHooks, Error, OperationInfo};
use reqwest::header::{
    CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, USER_AGENT,
};
use reqwest::{Body, Request, Response, StatusCode, Url};
use tokio::runtime::{self, Handle};
use tracing::{Instrument, Span};

use crate::base_url::{CLEAR_TEXT, names_loopback};
use crate::exchange::call::EXCHANGE;
use crate::exchange::reply;
use crate::failure::normalise;
use crate::generated::Client;
use crate::redact::credentials::Credentials;

pub(crate) use received::Received;
pub(crate) use rejected::Rejected;

/// How requests are sent and responses received. Part of a [`Client`], made by its constructors.
#[derive(Clone, Debug)]
pub struct Transport {
    /// Where exchanges are sent.
    pub(crate) endpoint: Option<Url>,
    /// The value of the `user-agent` header.
    pub(crate) user_agent: HeaderValue,
    /// Longest wait for a response, all of its body and a repetition included.
    pub(crate) timeout: Duration,
    /// Longest body that is read, in bytes.
    pub(crate) body_limit: usize,
    /// Whether plain http may be sent to any host.
    pub(crate) allow_http: bool,
    /// The runtime that drives the connections which are kept.
    pub(crate) home: Arc<OnceLock<runtime::Id>>,
    /// Keeps no connections: for what a dead connection kept from being sent, and for other runtimes.
    pub(crate) fresh: Option<reqwest::Client>,
}

/// What some servers put before UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";
/// The headers of a response that may be printed.
const PRINTED: [&str; 10] = [
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "retry-after",
    "server",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-request-id",
];

impl ClientHooks<Transport> for Client {
    /// Sends the headers of the specification and a `user-agent`, nothing else.
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), Error<E>> {
        let headers = request.headers_mut();
        // Progenitor adds it; the specification does not know it.
        headers.remove(HeaderName::from_static("api-version"));
        headers.insert(USER_AGENT, self.inner.user_agent.clone());
        let url = request.url();
        let protected = url.scheme() == "https" || self.inner.allow_http || names_loopback(url);
        if protected {
            Ok(())
        } else {
            Err(Error::InvalidRequest(format!("the base URL {CLEAR_TEXT}")))
        }
    }

    /// Hands progenitor only bodies that it can read: its errors lose the status and the headers of
    /// others, and print the body.
    async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
        let mut received = self.transmit(request, info).await?;
        if is_exchange(info) && received.status == StatusCode::OK {
            received.body = received.body.and_then(|body| {
                reply::read(&received.headers, &body)?;
                Ok(body)
            });
        }
        Ok(received.into())
    }

    /// Makes an error of a response that was not taken. Its body is not kept.
    async fn post<E>(
        &self,
        result: &reqwest::Result<Response>,
        _: &OperationInfo,
    ) -> Result<(), Error<E>> {
        let Ok(response) = result else {
            return Ok(());
        };
        let Some(rejected) = response.extensions().get::<Rejected>() else {
            return Ok(());
        };
        let rejected = Received {
            status: response.status(),
            headers: response.headers().clone(),
            body: Err(rejected.clone()),
        };
        Err(Error::UnexpectedResponse(rejected.into()))
    }
}

impl Client {
    /// Sends `request` and receives the response, in a span of its own.
    pub(crate) async fn transmit(
        &self,
        request: Request,
        info: &OperationInfo,
    ) -> reqwest::Result<Received> {
        let span = span::of(&request, info);
        let started = Instant::now();
        let exchange = self.exchange_once_or_twice(request, started, info, &span);
        let outcome = exchange.instrument(span.clone()).await;
        span::record(&span, &outcome, started.elapsed());
        outcome
    }

    async fn exchange_once_or_twice(
        &self,
        mut request: Request,
        started: Instant,
        info: &OperationInfo,
        span: &Span,
    ) -> reqwest::Result<Received> {
        let transport = &self.inner;
        let fresh = transport.fresh.as_ref().unwrap_or(&self.client);
        let copy = request.try_clone();
        *request.timeout_mut() = Some(transport.timeout);
        let client = if transport.is_at_home() {
            &self.client
        } else {
            fresh
        };
        let response = match (client.execute(request).await, &copy) {
            (Err(error), Some(copy)) if connection::was_dead(&error) => {
                let Some(mut again) = copy.try_clone() else {
                    return Err(error);
                };
                span::decided_by(span, 2);
                let left = transport.timeout.saturating_sub(started.elapsed());
                *again.timeout_mut() = Some(left);
                fresh.execute(again).await?
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
            return Ok(reject(response, form, Rejected::Redirected));
        }
        Ok(transport.receive(response, form, info).await)
    }
}

impl Transport {
    /// Whether this runtime drives the connections that are kept. One that is driven by another runtime
    /// answers only while that one runs.
    fn is_at_home(&self) -> bool {
        let Ok(here) = Handle::try_current() else {
            return true;
        };
        *self.home.get_or_init(|| here.id()) == here.id()
    }

    /// Reads `response` to the request of `form` as far as it is one of the specification.
    async fn receive(&self, mut response: Response, form: &[u8], info: &OperationInfo) -> Received {
        let status = response.status();
        if status.is_client_error() || status.is_server_error() {
            // What arrived of the body is better than nothing.
            let (body, _) = body::read(&mut response, self.body_limit).await;
            let headers = std::mem::take(response.headers_mut());
            let credentials = Credentials::of_form(form);
            let body = normalise::normalise(status, &headers, body, &credentials);
            let headers = guard(headers, form);
            let body = Ok(body);
            return Received {
                status,
                headers,
                body,
            };
        }
        if status.is_redirection() {
            return reject(response, form, Rejected::Redirect);
        }
        // The successes of other operations are progenitor's to tell.
        if is_exchange(info) && status != StatusCode::OK {
            return reject(response, form, Rejected::Status);
        }
        let (mut body, stopped) = body::read(&mut response, self.body_limit).await;
        if body.starts_with(BOM) {
            body.drain(..BOM.len());
        }
        Received {
            status,
            headers: guard(std::mem::take(response.headers_mut()), form),
            body: match stopped {
                Some(stopped) => Err(Rejected::Body(stopped)),
                None => Ok(body),
            },
        }
    }
}

fn is_exchange(info: &OperationInfo) -> bool {
    info.operation_id == EXCHANGE.operation_id
}

fn reject(mut response: Response, form: &[u8], rejected: Rejected) -> Received {
    Received {
        status: response.status(),
        headers: guard(std::mem::take(response.headers_mut()), form),
        body: Err(rejected),
    }
}

/// Keeps `Debug` from printing headers that may hold a token, and takes those of the request's own `form`
/// out of them.
fn guard(mut headers: HeaderMap, form: &[u8]) -> HeaderMap {
    let mut credentials = None;
    for (name, value) in &mut headers {
        // As it comes, it keeps the whole buffer that the response was read into, the token included.
        if let Ok(copy) = HeaderValue::from_bytes(value.as_bytes()) {
            *value = copy;
        }
        if is_harmless(name, value.as_bytes()) {
            continue;
        }
        let credentials = credentials.get_or_insert_with(|| Credentials::of_form(form));
        let text = value.as_bytes();
        if credentials.occur_in(text) {
            *value = HeaderValue::from_static("[redacted]");
            value.set_sensitive(true);
        } else if !PRINTED.contains(&name.as_str()) || text.windows(3).any(|part| part == b"eyJ") {
            value.set_sensitive(true);
        }
    }
    headers
}

/// What almost every response has, and is too short or too plain to hold a token.
fn is_harmless(name: &HeaderName, value: &[u8]) -> bool {
    match *name {
        CONTENT_LENGTH => value.len() < 12 && value.iter().all(u8::is_ascii_digit),
        CONTENT_TYPE => value == b"application/json",
        DATE => value.len() == 29 && value.ends_with(b" GMT"),
        _ => false,
    }
}
