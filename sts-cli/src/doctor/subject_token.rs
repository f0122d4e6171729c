//! What the subject token says, compared with what is expected.

use serde_json::Value;
use sts_emulator::Jwt;

use super::differences::{Difference, Expected, differences};
use super::server;
use super::step::Step;
use crate::failure::Kind;
use crate::jwt::Times;
use crate::shown::shown;

const SUBJECT_TOKEN: &str = "subject token";
/// How far the clocks of two machines may differ, in seconds, as in the SDK.
const SKEW: i64 = 60;

/// The step, and what differs. After a failure, the SDK would not send the token.
pub(super) fn look(
    jwt: &Jwt<'_>,
    times: &Times,
    ahead: Option<i64>,
    expected: &Expected,
) -> (Step, Vec<Difference>) {
    let is = described(jwt, times);
    if let Some(why) = never_sent(times, ahead) {
        let text = format!("{why} ({is})");
        return (
            Step::failed(SUBJECT_TOKEN, Kind::Source, "time", text),
            Vec::new(),
        );
    }
    let found = differences(jwt, times, ahead, expected);
    if found.is_empty() {
        return (Step::ok(SUBJECT_TOKEN, is), found);
    }
    let texts: Vec<&str> = found
        .iter()
        .map(|difference| difference.text.as_str())
        .collect();
    (
        Step::warning(SUBJECT_TOKEN, format!("{} ({is})", texts.join("; "))),
        found,
    )
}

fn described(jwt: &Jwt<'_>, times: &Times) -> String {
    let text = |name: &str| match jwt.claims.get(name) {
        Some(Value::String(text)) => Some(shown(text)),
        Some(other) => Some(shown(&other.to_string())),
        None => None,
    };
    let mut parts = Vec::new();
    for (name, called) in [("iss", "issuer"), ("aud", "audience"), ("sub", "subject")] {
        parts.push(text(name).map_or_else(
            || format!("no {called}"),
            |value| format!("{called} {value}"),
        ));
    }
    for name in ["azp", "appid"] {
        parts.extend(text(name).map(|value| format!("{name} {value}")));
    }
    parts.push(times.state());
    parts.join(", ")
}

/// Why the SDK does not send it.
fn never_sent(times: &Times, ahead: Option<i64>) -> Option<String> {
    let clock = |is_valid: bool| {
        let ahead = ahead.filter(|ahead| is_valid && server::is_off(*ahead))?;
        Some(format!(
            "{}; set this machine's clock, as by NTP",
            server::off(ahead)
        ))
    };
    let servers = times.seen_ahead(-ahead.unwrap_or(0));
    if let Some(end) = times
        .expires
        .filter(|end| times.now.saturating_sub(*end) > SKEW)
    {
        let because = clock(end > servers.now).map_or_else(
            || "; have its source renew it".to_owned(),
            |clock| format!(", for {clock}"),
        );
        return Some(format!("it expired {}{because}", times.relative(end)));
    }
    let begin = times
        .not_before
        .filter(|begin| begin.saturating_sub(times.now) > SKEW)?;
    let because = clock(begin <= servers.now).map_or_else(
        || "; set the clock of the machine that issued it".to_owned(),
        |clock| format!(", for {clock}"),
    );
    Some(format!(
        "it is valid only {}{because}",
        times.relative(begin)
    ))
}
