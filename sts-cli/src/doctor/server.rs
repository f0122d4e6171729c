//! Whether the server can be reached, and what time it has.

use std::time::{Duration, SystemTime};

use sts_sdk::Client;
use sts_sdk::generated::ClientInfo;
use sts_sdk::reqwest::header::DATE;
use sts_sdk::reqwest::{Error, Response};

use super::connection::Route;
use super::step::Step;
use crate::failure::Kind;
use crate::jwt::span;

const SERVER: &str = "server";
const CLOCK: &str = "clock";
/// How far the clocks of two machines may differ, in seconds.
const SKEW: u64 = 60;

/// What is known of the server.
pub(super) struct Server {
    pub(super) is_reached: bool,
    /// By how many seconds this machine's clock is ahead of the server's; `None` if that is not known.
    pub(super) ahead: Option<i64>,
}

/// Asks for the head of the token exchange's path, as no credential is needed for that.
pub(super) async fn probe(client: &Client, route: &Route, time: Duration) -> (Step, Step, Server) {
    let url = format!("{}/sts/v1/oauth2/token", client.base_url());
    let before = SystemTime::now();
    let request = client.generated().client().head(url).timeout(time);
    let answer = request.send().await;
    let took = before.elapsed().unwrap_or_default();
    match answer {
        Ok(response) => {
            let ahead = ahead(&response, before + took / 2);
            let server = format!("{} answers{}", route.server, route.through());
            let known = Server {
                is_reached: true,
                ahead,
            };
            (Step::ok(SERVER, server), clock(ahead), known)
        }
        Err(error) => unreached(route, &error),
    }
}

fn unreached(route: &Route, error: &Error) -> (Step, Step, Server) {
    let (cause, why) = route.failure(error);
    let server = Step::failed(SERVER, Kind::Unreachable, cause, why);
    let clock = Step::skipped(
        CLOCK,
        "the server, whose date it is compared with, was not reached",
    );
    let known = Server {
        is_reached: false,
        ahead: None,
    };
    (server, clock, known)
}

fn clock(ahead: Option<i64>) -> Step {
    match ahead {
        None => Step::skipped(CLOCK, "the answer of the server has no date"),
        Some(ahead) if is_off(ahead) => {
            Step::warning(CLOCK, format!("{}; set it, as by NTP", off(ahead)))
        }
        Some(_) => Step::ok(CLOCK, "less than a minute from the server's"),
    }
}

/// Whether the clocks differ by more than they may.
pub(super) fn is_off(ahead: i64) -> bool {
    ahead.unsigned_abs() > SKEW
}

/// By how much this machine's clock is wrong, if the server's is right.
pub(super) fn off(ahead: i64) -> String {
    let direction = if ahead > 0 { "ahead of" } else { "behind" };
    let by = span(ahead.unsigned_abs());
    format!("this machine's clock is {by} {direction} the server's")
}

/// The date of an answer has whole seconds.
fn ahead(response: &Response, now: SystemTime) -> Option<i64> {
    let date = response.headers().get(DATE)?.to_str().ok()?;
    let date = httpdate::parse_http_date(date).ok()?;
    let whole = |apart: Duration| i64::try_from(apart.as_secs()).ok();
    match now.duration_since(date) {
        Ok(ahead) => whole(ahead),
        Err(behind) => whole(behind.duration()).map(|behind| -behind),
    }
}
