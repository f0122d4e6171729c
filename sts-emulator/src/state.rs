use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::access_token::AccessTokens;
use crate::client::Client;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::identity::Directory;
use crate::jwt::{Algorithm, KeyRing};
use crate::log::Log;
use crate::rate_limit::RateLimit;
use crate::specification::Specification;

/// What all requests share.
#[derive(Debug)]
pub(crate) struct State {
    /// Where the emulator is reached; its issuer.
    pub(crate) url: String,
    pub(crate) specification: Specification,
    pub(crate) clock: Clock,
    pub(crate) directory: Directory,
    pub(crate) ring: Arc<KeyRing>,
    pub(crate) tokens: AccessTokens,
    /// Empty: there is every client.
    pub(crate) clients: Vec<Client>,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    pub(crate) rate_limit: Option<RateLimit>,
    /// Beside loopback, for what is not the public part.
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) body_limit: usize,
    pub(crate) time_limit: Duration,
}

impl State {
    /// The issuer of the emulator's own identity provider.
    pub(crate) fn own_issuer(&self) -> String {
        format!("{}/idp", self.url)
    }

    /// A subject token of the emulator's own identity provider with these claims beside its own; `null` leaves one out.
    pub(crate) fn subject_token(
        &self,
        algorithm: Algorithm,
        claims: Map<String, Value>,
    ) -> Result<String, String> {
        let now = self.clock.seconds();
        let own = self.own_issuer();
        let audience = self
            .directory
            .provider(&own)
            .and_then(|provider| provider.audiences().first().cloned());
        let mut all = Map::from_iter([
            ("iss".to_owned(), json!(own)),
            ("sub".to_owned(), json!("someone")),
            (
                "aud".to_owned(),
                json!(audience.unwrap_or_else(|| self.url.clone())),
            ),
            ("iat".to_owned(), json!(now)),
            ("exp".to_owned(), json!(now.saturating_add(3600))),
        ]);
        for (name, value) in claims {
            if value.is_null() {
                all.remove(&name);
            } else {
                all.insert(name, value);
            }
        }
        let signed = self.ring.sign(algorithm, &all);
        signed.map_err(|_| "the token cannot be signed".to_owned())
    }

    /// As after the start: no faults, no log, no used windows, the clock as it is, all tokens revoked or not as before.
    pub(crate) fn reset(&self) {
        self.faults.clear();
        self.log.reset();
        self.clock.reset();
        if let Some(limit) = &self.rate_limit {
            limit.reset();
        }
    }
}
