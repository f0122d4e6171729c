//! Asking the source for a subject token.

use std::time::Duration;

use sts_emulator::Jwt;
use sts_sdk::Secret;
use sts_sdk::subject_token::{ChosenSource, SubjectTokenSource};
use tokio::time::timeout;

use super::step::Step;
use crate::failure::Kind;
use crate::shown::shown;

/// A subject token of `source`, if it gives one that is a JWT.
pub(super) async fn ask(
    name: &'static str,
    source: &ChosenSource,
    time: Duration,
) -> (Step, Option<Secret>) {
    let who = shown(&source.describe());
    let failed = |cause, why| (Step::failed(name, Kind::Source, cause, why), None);
    let token = match timeout(time, source.subject_token()).await {
        Err(_) => {
            let why = format!(
                "{who} gave nothing within {} s; check that it can be reached from here",
                time.as_secs()
            );
            return failed("source_timeout", why);
        }
        Ok(Err(error)) => {
            return failed("source", with_next_step(error.to_string(), source.name()));
        }
        Ok(Ok(token)) => Secret::from(token.secret().expose_secret().trim()),
    };
    let text = token.expose_secret();
    if text.is_empty() {
        return failed(
            "empty",
            format!("{who} gave an empty text; have it give a subject token"),
        );
    }
    let (alg, id) = match Jwt::parse(text) {
        Ok(jwt) => (
            shown(jwt.header_text("alg").unwrap_or_default()),
            jwt.header_text("kid").map(shown),
        ),
        Err(why) => {
            let why = format!(
                "{who} gave what is no JWT: {why}; have it give an OpenID Connect token, for an API that is \
                 Confluent's or your own"
            );
            return failed("no_jwt", why);
        }
    };
    let id = id.map_or_else(|| "no kid".to_owned(), |id| format!("kid {id}"));
    let mut found = format!("{source}: a JWT with {alg} and {id}");
    if source.unused().is_empty() {
        return (Step::ok(name, found), Some(token));
    }
    found.push_str("; it does not take ");
    found.push_str(&source.unused().join(", "));
    (Step::warning(name, found), Some(token))
}

/// What the source says, which mostly ends in what to do; if not, what to look at first.
fn with_next_step(why: String, source: &str) -> String {
    if why.contains("; ") {
        return why;
    }
    let next = match source {
        "file" => "check the path, and that this user may read it",
        "command" => "run the program by hand, as this user",
        _ => {
            "check the settings of the source (--explain prints them) and that it can be reached from here"
        }
    };
    format!("{why}; {next}")
}
