//! The rules of the wire, whatever operation is called.

pub(crate) mod body;
pub(crate) mod connection;
mod rejected;
mod span;

use std::time::{Duration, Instant};

use progenitor_client::{ClientHooks, Error, OperationInfo};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Body, Request, Response, StatusCode};
use serde_json::error::Category;
use tracing::Instrument;

use crate::failure::foreign;
use crate::failure::redact::{Credentials, line};
use crate::generated::{Client, types};

pub(crate) use rejected::Rejected;

/// How requests are sent and responses received. Part of a [`Client`], made by its constructors.
#[derive(Clone, Debug)]
pub struct Transport {
    /// The value of the `user-agent` header.
    pub(crate) user_agent: HeaderValue,
    /// Longest wait for a response, all of its body and a repetition included.
    pub(crate) timeout: Duration,
    /// Longest body that is read, in bytes.
    pub(crate) body_limit: usize,
    /// Sends what a dead connection kept from being sent, over connections of its own.
    pub(crate) fresh: Option<reqwest::Client>,
}

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
        *request.timeout_mut() = Some(self.inner.timeout);
        Ok(())
    }

    /// Hands progenitor only bodies that it can read: its errors lose the status and the headers of
    /// others, and print the body.
    async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
        let span = span::of(&request, info);
        let exchange = async {
            let started = Instant::now();
            let outcome = self.exchange_once_or_twice(request, started, info).await;
            span::record(&outcome, started.elapsed());
            outcome
        };
        exchange.instrument(span).await
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
        let headers = response.headers().clone();
        let rejected = Some(rejected.clone());
        let response = rebuild(response.status(), headers, Vec::new(), rejected);
        Err(Error::UnexpectedResponse(response))
    }
}

impl Client {
    async fn exchange_once_or_twice(
        &self,
        request: Request,
        started: Instant,
        info: &OperationInfo,
    ) -> reqwest::Result<Response> {
        let transport = &self.inner;
        let copy = request.try_clone();
        let response = match (self.client.execute(request).await, &copy) {
            (Err(error), Some(copy)) if connection::was_dead(&error) => {
                let Some(mut again) = copy.try_clone() else {
                    return Err(error);
                };
                span::decided_by(2);
                let left = transport.timeout.saturating_sub(started.elapsed());
                *again.timeout_mut() = Some(left);
                let client = transport.fresh.as_ref().unwrap_or(&self.client);
                client.execute(again).await?
            }
            (outcome, _) => {
                span::decided_by(1);
                outcome?
            }
        };
        let sent = copy.as_ref();
        if sent.is_some_and(|sent| sent.url() != response.url()) {
            return Ok(reject(response, Rejected::Redirected));
        }
        let form = sent.and_then(Request::body).and_then(Body::as_bytes);
        Ok(transport
            .receive(response, form.unwrap_or_default(), info)
            .await)
    }
}

impl Transport {
    /// Reads `response` to `form`, as far as it is one of the specification.
    async fn receive(&self, mut response: Response, form: &[u8], info: &OperationInfo) -> Response {
        let status = response.status();
        if status.is_client_error() || status.is_server_error() {
            // What arrived of the body is better than nothing.
            let (body, _) = body::read(&mut response, self.body_limit).await;
            let credentials = Credentials::of_form(form);
            let headers = std::mem::take(response.headers_mut());
            let body = foreign::normalise(status, &headers, body, &credentials);
            return rebuild(status, guard(headers, Some(&credentials)), body, None);
        }
        if status.is_redirection() {
            return reject(response, Rejected::Redirect);
        }
        if status != StatusCode::OK {
            return reject(response, Rejected::Status);
        }
        let (body, stopped) = body::read(&mut response, self.body_limit).await;
        let rejected = match stopped {
            Some(stopped) => Some(Rejected::Body(stopped)),
            None => check_reply(response.headers(), &body, info),
        };
        let headers = std::mem::take(response.headers_mut());
        match rejected {
            Some(rejected) => rebuild(status, guard(headers, None), Vec::new(), Some(rejected)),
            None => rebuild(status, guard(headers, None), body, None),
        }
    }
}

/// Whether `body` is what the specification promises; if not, why, without quoting it.
fn check_reply(headers: &HeaderMap, body: &[u8], info: &OperationInfo) -> Option<Rejected> {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    if body.is_empty() {
        return Some(Rejected::ContentType(None));
    }
    if let Some(kind) = kind {
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Some(Rejected::ContentType(Some(line(essence))));
        }
    }
    // Other operations are progenitor's to read.
    if info.operation_id != "exchange_sts_v1_oauth_token" {
        return None;
    }
    let error = serde_json::from_slice::<types::StsV1TokenExchangeReply>(body).err()?;
    let at = format!("at line {} column {}", error.line(), error.column());
    Some(match error.classify() {
        Category::Eof => Rejected::Truncated,
        Category::Data => {
            // The texts of other errors quote the body.
            let text = error.to_string();
            let missing = text.split(" at line ").next();
            let missing = missing.filter(|text| text.starts_with("missing field `"));
            let why = missing.unwrap_or("a property is of another type than the specification's");
            Rejected::Reply(format!("{why} {at}"))
        }
        Category::Syntax | Category::Io => Rejected::Reply(format!("it is not JSON {at}")),
    })
}

fn reject(mut response: Response, rejected: Rejected) -> Response {
    let headers = std::mem::take(response.headers_mut());
    rebuild(
        response.status(),
        guard(headers, None),
        Vec::new(),
        Some(rejected),
    )
}

fn rebuild(
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    rejected: Option<Rejected>,
) -> Response {
    let mut response = http::Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if let Some(rejected) = rejected {
        response.extensions_mut().insert(rejected);
    }
    response.into()
}

/// Keeps `Debug` from printing headers that may hold a token.
fn guard(mut headers: HeaderMap, credentials: Option<&Credentials>) -> HeaderMap {
    for (name, value) in &mut headers {
        let echoes = |text: &str| {
            text.contains("eyJ") || credentials.is_some_and(|known| known.occur_in(text))
        };
        let printed =
            PRINTED.contains(&name.as_str()) && value.to_str().is_ok_and(|text| !echoes(text));
        if !printed {
            value.set_sensitive(true);
        }
    }
    headers
}
