use axum::http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;

use crate::answer::Answer;
use crate::faults::Fault;
use crate::state::State;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clock {
    advance_seconds: i64,
}

/// One fault, or a list of them.
#[derive(Deserialize)]
#[serde(transparent)]
struct Many(Vec<Fault>);

/// Answers a request below `/control`.
pub(crate) fn answer(state: &State, method: &Method, path: &str, body: &[u8]) -> Answer {
    let ok = |body: serde_json::Value| Answer::json(StatusCode::OK, &body, "");
    let done = |what: Result<(), String>| match what {
        Ok(()) => ok(json!({"done": true})),
        Err(why) => refused(StatusCode::BAD_REQUEST, &why),
    };
    let clock = || json!({"seconds": state.clock.seconds(), "ahead_seconds": state.clock.ahead()});
    match (path, method.as_str()) {
        ("/control/faults", "GET") => ok(json!({"faults": state.faults.list()})),
        ("/control/faults", "POST") => done(add_faults(state, body)),
        ("/control/faults", "DELETE") => {
            state.faults.clear();
            done(Ok(()))
        }
        ("/control/requests", "GET") => ok(json!({"requests": state.log.requests()})),
        ("/control/counts", "GET") => ok(json!(state.log.counts())),
        ("/control/clock", "GET") => ok(clock()),
        ("/control/clock", "POST") => match serde_json::from_slice(body) {
            Ok(Clock { advance_seconds }) => {
                state.clock.advance(advance_seconds);
                ok(clock())
            }
            Err(error) => refused(
                StatusCode::BAD_REQUEST,
                &unreadable(&error, r#"{"advance_seconds": 900}"#),
            ),
        },
        ("/control/revoke", "POST") => {
            state.tokens.revoke();
            done(Ok(()))
        }
        ("/control/reset", "POST") => {
            state.reset();
            done(Ok(()))
        }
        _ => {
            let allowed = match path {
                "/control/faults" => "GET, POST, DELETE",
                "/control/requests" | "/control/counts" => "GET",
                "/control/clock" => "GET, POST",
                "/control/revoke" | "/control/reset" => "POST",
                _ => {
                    return refused(
                        StatusCode::NOT_FOUND,
                        "there are /control/faults, requests, counts, clock, revoke and reset",
                    );
                }
            };
            let why = format!("the method is {method}, allowed are {allowed}");
            refused(StatusCode::METHOD_NOT_ALLOWED, &why).header(axum::http::header::ALLOW, allowed)
        }
    }
}

fn add_faults(state: &State, body: &[u8]) -> Result<(), String> {
    let example = r#"{"status": 429, "headers": {"retry-after": "1"}, "times": 2}"#;
    let list = body.trim_ascii_start().first() == Some(&b'[');
    let faults = if list {
        serde_json::from_slice(body).map(|Many(faults)| faults)
    } else {
        serde_json::from_slice(body).map(|fault| vec![fault])
    };
    let faults = faults.map_err(|error| unreadable(&error, example))?;
    // All, or none.
    for fault in &faults {
        fault.check()?;
    }
    faults
        .into_iter()
        .try_for_each(|fault| state.faults.add(fault))
}

fn unreadable(error: &serde_json::Error, example: &str) -> String {
    format!("the body cannot be read: {error}; an example: {example}")
}

/// An answer that says why nothing was done.
pub(crate) fn refused(status: StatusCode, why: &str) -> Answer {
    Answer::json(status, &json!({"error": why}), why)
}
