use serde_json::{Value, json};

use crate::jwt::{Algorithm, KeyRing};
use crate::state::State;

/// The discovery document of the emulator's own identity provider (OpenID Connect Discovery 1.0, section 3; RFC 8414).
pub(crate) fn identity_provider(state: &State) -> Value {
    let issuer = state.own_issuer();
    json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": Algorithm::ALL.map(Algorithm::name),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    })
}

/// The metadata of the STS (RFC 8414), which are the emulator's own: Confluent publishes none.
pub(crate) fn sts(state: &State) -> Value {
    let fixed = state.specification.fixed_parameters();
    let grants = fixed
        .iter()
        .filter(|(name, _)| name == "grant_type")
        .map(|(_, value)| value);
    json!({
        "issuer": state.url,
        "token_endpoint": format!("{}{}", state.url, state.specification.path()),
        "jwks_uri": format!("{}/jwks", state.url),
        "grant_types_supported": grants.collect::<Vec<_>>(),
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [state.tokens.algorithm.name()],
        "token_endpoint_auth_methods_supported": ["none"],
    })
}

/// The public keys for these algorithms.
pub(crate) fn jwks(ring: &KeyRing, algorithms: &[Algorithm]) -> Value {
    ring.jwks(algorithms).unwrap_or(json!({"keys": []}))
}
