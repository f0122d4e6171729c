//! The token exchange.

use axum::http::StatusCode;
use axum::http::header::CONTENT_ENCODING;
use serde_json::{Map, Value, json};

use crate::answer::{Answer, FORM, Incoming};
use crate::identity;
use crate::redact::shown;
use crate::specification::{
    EXPIRES_IN, IDENTITY_POOL_ID, Problem, REQUESTED_TOKEN_TYPE, SUBJECT_TOKEN, pairs,
};
use crate::state::State;

/// Carries out an exchange at `now`, in seconds since 1970.
pub(crate) async fn answer(state: &State, request: &Incoming, now: i64) -> Answer {
    let specification = &state.specification;
    match exchange(state, request, now).await {
        Ok((reply, outcome)) => Answer::json(StatusCode::OK, &reply, outcome).not_stored(),
        Err(Refusal::Problems(problems)) => {
            Answer::failure(specification, StatusCode::BAD_REQUEST, &problems)
        }
        Err(Refusal::Broken(why)) => {
            tracing::error!(why, "an exchange failed");
            let problem = Problem::new("internal_error", "Internal Error", why);
            Answer::failure(specification, StatusCode::INTERNAL_SERVER_ERROR, &[problem])
        }
    }
}

enum Refusal {
    Problems(Vec<Problem>),
    /// The emulator cannot do what the specification wants.
    Broken(String),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problems(vec![problem])
    }
}

async fn exchange(state: &State, request: &Incoming, now: i64) -> Result<(Value, String), Refusal> {
    let form = form(state, request).map_err(Refusal::Problems)?;
    let text = |name: &str| form.get(name).and_then(Value::as_str).unwrap_or_default();
    let lifetime = form.get(EXPIRES_IN).and_then(Value::as_i64);
    // The specification has no minimum; a token that has ended when it is issued is of no use to anybody.
    let lifetime = match lifetime {
        Some(lifetime) if lifetime >= 1 => lifetime,
        Some(lifetime) => {
            let detail =
                format!("{EXPIRES_IN} is {lifetime}, and a token lives for at least a second");
            return Err(Problem::invalid(EXPIRES_IN, &detail).into());
        }
        None => return Err(Problem::missing(EXPIRES_IN).into()),
    };
    let pool = text(IDENTITY_POOL_ID);
    let identity = identity::check(&state.directory, text(SUBJECT_TOKEN), pool, now).await?;
    let token = state.tokens.issue(&identity.subject, pool, now, lifetime);
    let token = token.map_err(Refusal::Broken)?;
    let mut reply = Map::from_iter([
        ("access_token".to_owned(), json!(token)),
        (
            "issued_token_type".to_owned(),
            json!(text(REQUESTED_TOKEN_TYPE)),
        ),
        (EXPIRES_IN.to_owned(), json!(lifetime)),
    ]);
    if let Some(kind) = state.specification.listed_in_reply("token_type") {
        reply.insert("token_type".to_owned(), kind);
    }
    let reply = state.specification.reply(reply).map_err(Refusal::Broken)?;
    let outcome = format!(
        "a token for {} in {pool}, {lifetime} s",
        shown(&identity.subject)
    );
    Ok((reply, outcome))
}

/// The form, if it is all that the request has.
fn form(
    state: &State,
    request: &Incoming,
) -> Result<std::collections::BTreeMap<String, Value>, Vec<Problem>> {
    let media_type = request.media_type();
    if media_type != FORM {
        let is = if media_type.is_empty() {
            "missing".to_owned()
        } else {
            shown(&media_type)
        };
        let detail = format!("the content type is {is}, it must be {FORM}");
        return Err(vec![Problem::new(
            "invalid_content_type",
            "Invalid Content Type",
            detail,
        )]);
    }
    if request.headers.contains_key(CONTENT_ENCODING) {
        let detail = "the body is encoded (content-encoding); it must be sent as it is";
        return Err(vec![Problem::new(
            "invalid_content_encoding",
            "Invalid Content Encoding",
            detail,
        )]);
    }
    let body = request
        .body
        .as_ref()
        .map_err(|why| vec![Problem::new("invalid_body", "Invalid Body", why.clone())])?;
    let sent = pairs(body).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    if let Some(query) = &request.query {
        match pairs(query.as_bytes()) {
            Ok(pairs) => {
                for (name, _) in &pairs {
                    let detail = format!(
                        "{} is in the URL, where the operation has no parameters",
                        shown(name)
                    );
                    problems.push(
                        Problem::new("unknown_parameter", "Unknown Parameter", detail)
                            .of(shown(name)),
                    );
                }
            }
            Err(problem) => problems.push(problem),
        }
    }
    let form = state.specification.check(&sent);
    match form {
        Ok(form) if problems.is_empty() => Ok(form),
        Ok(_) => Err(problems),
        Err(more) => {
            problems.extend(more);
            Err(problems)
        }
    }
}
