//! The way of a request to an endpoint that is logged and can be told to fail.

use std::future::pending;
use std::time::{Duration, UNIX_EPOCH};

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, DATE, RETRY_AFTER};
use axum::http::{HeaderName, Method, Request, Response, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use tokio::time::timeout;

use super::connection::Peer;
use crate::answer::{Answer, FORM, Incoming};
use crate::endpoint::Endpoint;
use crate::faults;
use crate::log::{self, shown_parameters};
use crate::redact::shown;
use crate::specification::{Problem, pairs};
use crate::state::State;
use crate::{exchange, identity_provider, resource};

/// What a client may send beyond the limit and still get an answer.
const DRAINED: usize = 4 << 20;

/// Answers a request to `endpoint`.
pub(crate) async fn run(
    state: &State,
    endpoint: Endpoint,
    request: Request<Body>,
) -> Response<Body> {
    let method = request.method().clone();
    let wanted = match endpoint {
        Endpoint::Exchange => state.specification.method(),
        Endpoint::IdentityProvider => "POST",
        Endpoint::Resource => method.as_str(),
    };
    if method != wanted {
        let answer = Answer::wrong_method(&state.specification, &method, wanted);
        return dated(answer, state.clock.seconds())
            .response
            .map(Body::from);
    }
    let Some(peer) = request.extensions().get::<Peer>().cloned() else {
        return Response::new(Body::empty());
    };
    let incoming = incoming(state, request).await;
    let parameters = parameters(&incoming);
    let fault = state.faults.next(endpoint, &parameters);
    let number = state.log.begin(log::Request {
        number: 0,
        at_ms: state.clock.milliseconds(),
        endpoint,
        client: peer.address.ip().to_string(),
        method: method.to_string(),
        path: shown(&incoming.path),
        parameters: shown_parameters(&parameters, |name| match endpoint {
            Endpoint::Exchange => state.specification.has_parameter(name),
            _ => identity_provider::PARAMETERS.contains(&name),
        }),
        status: None,
        outcome: "in progress".to_owned(),
        fault: fault.is_some(),
    });
    if let Some(delay) = fault.as_ref().and_then(|fault| fault.delay_ms) {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    if fault.as_ref().is_some_and(|fault| fault.reset) {
        state.log.end(
            number,
            endpoint,
            None,
            "the connection was reset, as a fault demands",
        );
        peer.reset();
        return pending().await;
    }
    let skew = fault.as_ref().and_then(|fault| fault.clock_skew);
    let now = state.clock.seconds().saturating_add(skew.unwrap_or(0));
    let status = fault
        .as_ref()
        .and_then(|fault| Some((fault, fault.status?)));
    let mut answer = if let Some((fault, status)) = status {
        Answer {
            response: faults::answer(fault, status, &incoming.path, &state.specification),
            outcome: format!("{status}, as a fault demands"),
        }
    } else {
        carry_out(state, endpoint, &incoming, &peer, now).await
    };
    answer = dated(answer, now);
    let status = answer.response.status().as_u16();
    state
        .log
        .end(number, endpoint, Some(status), &answer.outcome);
    tracing::info!(endpoint = endpoint.name(), method = %method, status, outcome = %answer.outcome, "answered");
    faults::finish(fault.as_ref(), answer.response)
}

/// With the emulator's own date.
fn dated(answer: Answer, now: i64) -> Answer {
    match date(now) {
        Some(date) => answer.header(DATE, &date),
        None => answer,
    }
}

/// `now` as a header has it (RFC 9110, section 5.6.7), which has only years of four digits.
fn date(now: i64) -> Option<String> {
    let seconds = u64::try_from(now)
        .ok()
        .filter(|seconds| *seconds < 253_402_300_800)?;
    Some(httpdate::fmt_http_date(
        UNIX_EPOCH + Duration::from_secs(seconds),
    ))
}

async fn carry_out(
    state: &State,
    endpoint: Endpoint,
    incoming: &Incoming,
    peer: &Peer,
    now: i64,
) -> Answer {
    match endpoint {
        Endpoint::Exchange => {
            if let Some(limit) = &state.rate_limit
                && let Err(exceeded) = limit.count(peer.address.ip(), now)
            {
                return too_many(state, limit.requests, exceeded.reset);
            }
            exchange::answer(state, incoming, now).await
        }
        Endpoint::IdentityProvider => identity_provider::answer(state, incoming, now),
        Endpoint::Resource => resource::answer(state, incoming, now),
    }
}

/// A 429 with the headers that the specification has for it.
fn too_many(state: &State, limit: u64, reset: i64) -> Answer {
    let status = StatusCode::TOO_MANY_REQUESTS;
    let detail = format!("{limit} requests are allowed in one window, which ends in {reset} s");
    let problem = Problem::new("too_many_requests", "Too Many Requests", detail);
    let mut answer = Answer::failure(&state.specification, status, &[problem]);
    let reset = reset.to_string();
    for (name, value) in [
        (
            HeaderName::from_static("x-ratelimit-limit"),
            limit.to_string(),
        ),
        (
            HeaderName::from_static("x-ratelimit-remaining"),
            "0".to_owned(),
        ),
        (HeaderName::from_static("x-ratelimit-reset"), reset.clone()),
        (RETRY_AFTER, reset),
    ] {
        if state
            .specification
            .has_header(status.as_u16(), name.as_str())
        {
            answer = answer.header(name, &value);
        }
    }
    answer
}

/// The request with its body, as far as it may be read.
async fn incoming(state: &State, request: Request<Body>) -> Incoming {
    let (head, body) = request.into_parts();
    let body = if head.method == Method::GET {
        Ok(Bytes::new())
    } else {
        read(
            body,
            state.body_limit,
            state.time_limit,
            head.headers
                .get(CONTENT_LENGTH)
                .and_then(|length| length.to_str().ok()?.parse().ok()),
        )
        .await
    };
    Incoming {
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head.headers,
        body,
    }
}

/// The body, or why it is not read: too long, too slow, incomplete.
pub(super) async fn read(
    body: Body,
    limit: usize,
    time: Duration,
    length: Option<u64>,
) -> Result<Bytes, String> {
    let too_long = || format!("the body has more than {limit} bytes");
    // More than the limit is read, for a client that sends on reads no answer.
    let most = limit.saturating_add(DRAINED);
    if length.is_some_and(|length| length > most as u64) {
        return Err(too_long());
    }
    match timeout(time, Limited::new(body, most).collect()).await {
        Ok(Ok(body)) => {
            let body = body.to_bytes();
            if body.len() > limit {
                Err(too_long())
            } else {
                Ok(body)
            }
        }
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Err(too_long()),
        Ok(Err(_)) => Err("the body is not complete".to_owned()),
        Err(_) => Err(format!("the body did not come within {} s", time.as_secs())),
    }
}

/// The pairs of the form, if there is one that can be read.
fn parameters(incoming: &Incoming) -> Vec<(String, String)> {
    let body = incoming
        .body
        .as_ref()
        .ok()
        .filter(|_| incoming.media_type() == FORM);
    body.and_then(|body| pairs(body).ok()).unwrap_or_default()
}
