//! What the tests share: a server that records what reaches it and misbehaves as told, what callers
//! get then, and the fragment.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

mod captured;
mod data_plane;
mod fragment;
mod kafka_broker;
mod provider;
mod server;
mod server_behaviours;
#[cfg(all(unix, feature = "spiffe"))]
mod workload_api;

/// A JWT with `claims`, which nobody has signed.
#[must_use]
pub fn jwt(claims: &serde_json::Value) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let header = part(r#"{"alg":"RS256"}"#);
    format!(
        "{header}.{}.{}",
        part(&claims.to_string()),
        part("signature")
    )
}

/// A subject token: a JWT that never expires and that nobody has signed.
pub const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ3b3JrbG9hZCJ9.c2lnbmF0dXJl";

pub use captured::Captured;
pub use data_plane::{always, external_provider, external_token, forms_of_pools};
pub use fragment::{fragment, lifetimes, program, workspace};
pub use kafka_broker::Broker;
pub use provider::{provider, seconds, settled, text, token};
pub use server::{Act, Recorded, Server, reply, token_reply};
pub use server_behaviours::{Outcome, ServerBehaviour, says, server_behaviours};
#[cfg(all(unix, feature = "spiffe"))]
pub use workload_api::{SvidAnswer, SvidRequest, WorkloadApi};
