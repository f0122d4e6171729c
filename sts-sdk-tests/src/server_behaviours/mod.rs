//! What servers, proxies and networks do, and what a caller gets.

mod connections;
mod error_structures;
mod failures;
mod replies;

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
        /// The whole text of the error, with `PORT` for the port of the server.
        text: &'static str,
        /// Whether it is worth retrying.
        transient: bool,
    },
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

fn send(bytes: impl Into<Vec<u8>>) -> Act {
    Act::Send(bytes.into())
}
