//! A protected resource: an API that wants the access token of an exchange.

use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use serde_json::json;

use crate::answer::{Answer, Incoming};
use crate::redact::shown;
use crate::specification::Problem;
use crate::state::State;

/// The path of what every token opens. Below it is what only the tokens of a pool open.
pub(crate) const PATH: &str = "/resource";

/// Answers for any method: who asks, a 401 without a good token (RFC 6750, section 3), or a 403.
pub(crate) fn answer(state: &State, request: &Incoming, now: i64) -> Answer {
    let specification = &state.specification;
    let header = request
        .headers
        .get(AUTHORIZATION)
        .and_then(|header| header.to_str().ok());
    let token = header.and_then(|header| {
        let (scheme, token) = header.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then_some(token.trim())
    });
    let verified = match token {
        Some(token) => state.tokens.verify(token, now),
        None => Err("there is no bearer token in the header authorization".to_owned()),
    };
    let claims = match verified {
        Ok(claims) => claims,
        Err(why) => {
            let challenge = if token.is_some() {
                // The texts have no quotes.
                format!(
                    "Bearer realm=\"sts-emulator\", error=\"invalid_token\", error_description=\"{why}\""
                )
            } else {
                "Bearer realm=\"sts-emulator\"".to_owned()
            };
            let problem = Problem::new("unauthorized", "Unauthorized", why);
            return Answer::failure(specification, StatusCode::UNAUTHORIZED, &[problem])
                .header(WWW_AUTHENTICATE, &challenge);
        }
    };
    let pool = request
        .path
        .strip_prefix(PATH)
        .and_then(|rest| rest.strip_prefix('/'));
    if pool.is_some_and(|pool| pool != claims.pool) {
        let detail = format!(
            "the token is of the identity pool {}, which may not do this",
            claims.pool
        );
        let problem = Problem::new("forbidden", "Forbidden", detail);
        return Answer::failure(specification, StatusCode::FORBIDDEN, &[problem]).header(
            WWW_AUTHENTICATE,
            "Bearer realm=\"sts-emulator\", error=\"insufficient_scope\"",
        );
    }
    let body = json!({
        "sub": claims.subject,
        "identity_pool_id": claims.pool,
        "expires_in": claims.expires_at.saturating_sub(now),
    });
    let outcome = format!("opened by {} of {}", shown(&claims.subject), claims.pool);
    Answer::json(StatusCode::OK, &body, outcome).not_stored()
}
