use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue};
use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::view::{Shown, page};
use crate::answer::{Answer, FORM, Incoming};
use crate::endpoint::Endpoint;
use crate::exchange;
use crate::faults::{self, Fault, FaultBody};
use crate::identity_provider::any_token;
use crate::log;
use crate::specification::{EXPIRES_IN, IDENTITY_POOL_ID, SUBJECT_TOKEN, pairs};
use crate::state::State;

/// Does what a form of the page asks for, and shows the page with what came of it.
pub(crate) async fn submit(state: &State, path: &str, body: &[u8]) -> Response<Body> {
    let mut shown = Shown::default();
    let done = |text: &str| text.to_owned();
    let form = match pairs(body) {
        Ok(form) => form,
        Err(problem) => {
            shown.message = problem.detail;
            return page(state, &shown);
        }
    };
    let field = |name: &str| {
        let found = form.iter().find(|(other, _)| other == name);
        found.map_or("", |(_, value)| value.trim())
    };
    match path {
        "/page/subject-token" => {
            let given = |name: &&str| !field(name).is_empty();
            let query = ["sub", "aud", "expires_in", "claims"]
                .into_iter()
                .filter(given);
            let query: Vec<_> = query
                .map(|name| (name.to_owned(), field(name).to_owned()))
                .collect();
            match any_token(state, &query) {
                Ok(token) => {
                    shown.message = done("A subject token was made. It stands in the form below.");
                    shown.subject_token = token;
                }
                Err(why) => shown.message = format!("No subject token was made: {why}."),
            }
        }
        "/page/exchange" => {
            shown.subject_token = field("subject_token").to_owned();
            shown.pool = field("identity_pool_id").to_owned();
            exchange_for(state, &mut shown, field("expires_in")).await;
        }
        "/page/fault" => {
            shown.message = match fault(field).and_then(|fault| state.faults.add(fault)) {
                Ok(()) => "The fault waits for exchanges.".to_owned(),
                Err(why) => format!("No fault was made: {why}."),
            };
        }
        "/page/reset" => {
            state.reset();
            shown.message = done("Faults, log and counts are cleared.");
        }
        _ => shown.message = done("There is no such form."),
    }
    page(state, &shown)
}

/// The same exchange that a program makes, with the faults that wait, as far as a page can show them.
async fn exchange_for(state: &State, shown: &mut Shown, expires_in: &str) {
    let mut form = state.specification.fixed_parameters();
    for (name, value) in [
        (SUBJECT_TOKEN, shown.subject_token.as_str()),
        (IDENTITY_POOL_ID, &shown.pool),
        (EXPIRES_IN, expires_in),
    ] {
        form.push((name.to_owned(), value.to_owned()));
    }
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let body: Vec<String> = form
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(FORM));
    let incoming = Incoming {
        path: state.specification.path().to_owned(),
        query: None,
        headers,
        body: Ok(Bytes::from(body.join("&"))),
    };
    let fault = state.faults.next(Endpoint::Exchange, &form);
    let number = state.log.begin(log::Request {
        number: 0,
        at_ms: state.clock.milliseconds(),
        endpoint: Endpoint::Exchange,
        client: "this page".to_owned(),
        method: state.specification.method().to_owned(),
        path: incoming.path.clone(),
        parameters: log::shown_parameters(&form, |name| state.specification.has_parameter(name)),
        status: None,
        outcome: "in progress".to_owned(),
        fault: fault.is_some(),
    });
    if let Some(delay) = fault.as_ref().and_then(|fault| fault.delay_ms) {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    if fault
        .as_ref()
        .is_some_and(|fault| fault.reset || fault.truncate.is_some())
    {
        let outcome = "the connection ended too early, as a fault demands";
        state.log.end(number, Endpoint::Exchange, None, outcome);
        shown.message = format!("No answer: {outcome}.");
        return;
    }
    let status = fault
        .as_ref()
        .and_then(|fault| Some((fault, fault.status?)));
    let answer = if let Some((fault, status)) = status {
        Answer {
            response: faults::answer(fault, status, &incoming.path, &state.specification),
            outcome: format!("{status}, as a fault demands"),
        }
    } else {
        let skew = fault.and_then(|fault| fault.clock_skew).unwrap_or(0);
        exchange::answer(state, &incoming, state.clock.seconds().saturating_add(skew)).await
    };
    let status = answer.response.status().as_u16();
    state
        .log
        .end(number, Endpoint::Exchange, Some(status), &answer.outcome);
    shown.message = if status == 200 {
        "The subject token was exchanged.".to_owned()
    } else {
        format!(
            "The exchange was refused with {status}: {}.",
            answer.outcome
        )
    };
    shown.reply = String::from_utf8_lossy(answer.response.body()).into_owned();
}

fn fault<'a>(field: impl Fn(&str) -> &'a str) -> Result<Fault, String> {
    let number = |name: &str| match field(name) {
        "" => Ok(None),
        text => text
            .parse::<u64>()
            .map(Some)
            .map_err(|_| format!("{name} is no number")),
    };
    let mut fault = match field("kind") {
        "reset" => Fault::reset(),
        "truncate" => Fault::truncate(10),
        "delay" => Fault::delay(Duration::from_millis(number("delay_ms")?.unwrap_or(1000))),
        "html" => Fault::status(503).body(FaultBody::Html),
        status => {
            let status = status
                .parse()
                .map_err(|_| "this kind is not known".to_owned())?;
            Fault::status(status)
        }
    };
    if let Some(times) = number("times")? {
        fault = fault.times(times);
    }
    match field("retry_after") {
        "" => Ok(fault),
        seconds => Ok(fault.header("retry-after", seconds)),
    }
}
