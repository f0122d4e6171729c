//! What servers, proxies and networks do, and what a caller gets.

mod connections;
mod error_structures;
mod failures;
mod replies;

use std::time::Duration;

use crate::server::Act;

/// One behaviour of a server.
#[derive(Clone, Debug)]
pub struct ServerBehaviour {
    /// What happens.
    pub name: &'static str,
    /// What the server does with each request.
    pub acts: Vec<Act>,
    /// How often the request reaches the server.
    pub requests: usize,
    /// Whether what the caller gets is that the time was up.
    pub is_late: bool,
    /// What the caller gets.
    pub outcome: Outcome,
}

/// What the caller gets.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// An access token.
    Token,
    /// An error.
    Error {
        /// The status of the response, if there is one.
        status: Option<u16>,
        /// The whole text of the error, with `PORT` for the port of the server, and at most one `*` for what other
        /// libraries and the operating system say.
        text: &'static str,
        /// Whether it is worth retrying.
        transient: bool,
    },
}

impl ServerBehaviour {
    /// A time-out for whoever asks such a server: long enough for what answers, and short for what does not.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        if self.is_late {
            Duration::from_millis(500)
        } else {
            Duration::from_secs(30)
        }
    }
}

/// Whether `text` is what `expected` says, in which a `*` stands for any text.
#[must_use]
pub fn says(text: &str, expected: &str) -> bool {
    match expected.split_once('*') {
        None => text == expected,
        Some((before, after)) => {
            let rest = text.strip_prefix(before);
            rest.is_some_and(|rest| rest.len() > after.len() && rest.ends_with(after))
        }
    }
}

const JSON: &str = "content-type: application/json";
const ID: &str = "x-request-id: req-1";

/// The table. `subject` and `access` are the tokens, which some servers put where they do not belong.
#[must_use]
pub fn server_behaviours(subject: &str, access: &str) -> Vec<ServerBehaviour> {
    let mut all = connections::behaviours(access);
    all.extend(replies::behaviours(subject, access));
    all.extend(failures::behaviours(subject, access));
    all.extend(error_structures::behaviours(subject, access));
    all
}

fn behaviour(name: &'static str, acts: Vec<Act>, outcome: Outcome) -> ServerBehaviour {
    ServerBehaviour {
        name,
        acts,
        requests: 1,
        is_late: false,
        outcome,
    }
}

fn error(
    name: &'static str,
    acts: Vec<Act>,
    status: impl Into<Option<u16>>,
    transient: bool,
    text: &'static str,
) -> ServerBehaviour {
    let status = status.into();
    let outcome = Outcome::Error {
        status,
        text,
        transient,
    };
    behaviour(name, acts, outcome)
}

/// A behaviour in which no response begins, so that the request is repeated once.
fn twice(behaviour: ServerBehaviour) -> ServerBehaviour {
    ServerBehaviour {
        requests: 2,
        ..behaviour
    }
}

/// A behaviour that the time-out ends.
fn late(behaviour: ServerBehaviour) -> ServerBehaviour {
    ServerBehaviour {
        is_late: true,
        ..behaviour
    }
}

fn send(bytes: impl Into<Vec<u8>>) -> Act {
    Act::Send(bytes.into())
}
