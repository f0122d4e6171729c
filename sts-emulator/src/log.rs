//! What was requested, without tokens.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::endpoint::Endpoint;
use crate::redact::{REDACTED, shown};

/// A request that was made, with what may be shown of it: no token, no secret, no parameter that the operation does not
/// have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Request {
    /// Counted from one since the start or the last reset.
    pub number: u64,
    /// When it came, in milliseconds since 1970, by the emulator's clock.
    pub at_ms: i64,
    /// What it was for.
    pub endpoint: Endpoint,
    /// The address of the client.
    pub client: String,
    /// Its method.
    pub method: String,
    /// The path, without a query.
    pub path: String,
    /// The parameters of its form by name; `[redacted]` in place of what may be a token or a secret.
    pub parameters: BTreeMap<String, String>,
    /// The status of the answer; none while it is being worked on, and if the connection was reset.
    pub status: Option<u16>,
    /// What became of it, in words.
    pub outcome: String,
    /// Whether a fault was applied.
    pub fault: bool,
}

/// How many requests there were.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// Token exchanges, whatever became of them.
    pub exchange: u64,
    /// Requests to the token endpoint of the identity provider.
    pub identity_provider: u64,
    /// Requests to the protected resource.
    pub resource: u64,
    /// Answers to exchanges, by status.
    pub exchange_statuses: BTreeMap<u16, u64>,
}

/// The parameters that are never shown. Others are not if they look like a token.
const SECRET: [&str; 5] = [
    "subject_token",
    "actor_token",
    "client_secret",
    "client_assertion",
    "assertion",
];

#[derive(Debug)]
pub(crate) struct Log {
    kept: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    requests: VecDeque<Request>,
    last: u64,
    counts: Counts,
}

impl Log {
    /// A log that keeps the last so many requests.
    pub(crate) fn new(kept: usize) -> Self {
        Self {
            kept: kept.max(1),
            state: Mutex::default(),
        }
    }

    /// Adds a request that has come, and returns its number.
    pub(crate) fn begin(&self, mut request: Request) -> u64 {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.last += 1;
        request.number = state.last;
        match request.endpoint {
            Endpoint::Exchange => state.counts.exchange += 1,
            Endpoint::IdentityProvider => state.counts.identity_provider += 1,
            Endpoint::Resource => state.counts.resource += 1,
        }
        if state.requests.len() == self.kept {
            state.requests.pop_front();
        }
        state.requests.push_back(request);
        state.last
    }

    /// Notes what became of a request.
    pub(crate) fn end(&self, number: u64, endpoint: Endpoint, status: Option<u16>, outcome: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Endpoint::Exchange, Some(status)) = (endpoint, status) {
            *state.counts.exchange_statuses.entry(status).or_default() += 1;
        }
        // The newest are at the end.
        let found = state
            .requests
            .iter_mut()
            .rev()
            .find(|request| request.number == number);
        if let Some(request) = found {
            request.status = status;
            outcome.clone_into(&mut request.outcome);
        }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.requests.iter().cloned().collect()
    }

    pub(crate) fn counts(&self) -> Counts {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.counts.clone()
    }

    pub(crate) fn reset(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }
}

/// What may be shown of a form whose parameters have the names that `known` says.
pub(crate) fn shown_parameters(
    pairs: &[(String, String)],
    known: impl Fn(&str) -> bool,
) -> BTreeMap<String, String> {
    let show = |(name, value): &(String, String)| {
        let secret = SECRET.contains(&name.as_str()) || !known(name);
        let value = if secret {
            REDACTED.to_owned()
        } else {
            shown(value)
        };
        (shown(name), value)
    };
    pairs.iter().map(show).collect()
}
