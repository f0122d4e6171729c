use serde_json::{Map, Value, json};

use crate::jwt::Algorithm;
use crate::state::State;

/// A subject token with the claims that a query asks for: `sub`, `aud` (again for a list) and any other claim as text,
/// `claims` with a JSON object of claims, `expires_in` in seconds, and `alg`.
pub(crate) fn any_token(state: &State, query: &[(String, String)]) -> Result<String, String> {
    let mut algorithm = state.tokens.algorithm;
    let mut claims = Map::new();
    for (name, value) in query {
        match name.as_str() {
            "alg" => {
                let found = Algorithm::of_name(value);
                algorithm = found.ok_or("alg must be RS256, ES256 or EdDSA")?;
            }
            "expires_in" => {
                let lifetime: i64 = value
                    .parse()
                    .map_err(|_| "expires_in must be a number of seconds")?;
                let end = state.clock.seconds().saturating_add(lifetime);
                claims.insert("exp".to_owned(), json!(end));
            }
            "claims" => {
                let more: Map<String, Value> =
                    serde_json::from_str(value).map_err(|_| "claims must be a JSON object")?;
                claims.extend(more);
            }
            "aud" => {
                let all = match claims.remove(name) {
                    None => json!(value),
                    Some(Value::Array(mut all)) => {
                        all.push(json!(value));
                        Value::Array(all)
                    }
                    Some(one) => json!([one, value]),
                };
                claims.insert(name.clone(), all);
            }
            _ => {
                claims.insert(name.clone(), json!(value));
            }
        }
    }
    state.subject_token(algorithm, claims)
}
