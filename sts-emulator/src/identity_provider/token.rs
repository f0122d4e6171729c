use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use crate::answer::{Answer, FORM, Incoming};
use crate::redact::shown;
use crate::specification::pairs;
use crate::state::State;

/// The parameters that may be shown in the log.
pub(crate) const PARAMETERS: [&str; 5] =
    ["grant_type", "client_id", "scope", "audience", "resource"];

/// In seconds.
const LIFETIME: i64 = 3600;

/// The token endpoint, for the grant `client_credentials` (RFC 6749, section 4.4).
pub(crate) fn answer(state: &State, request: &Incoming, now: i64) -> Answer {
    match token(state, request, now) {
        Ok((token, outcome)) => Answer::json(StatusCode::OK, &token, outcome).not_stored(),
        Err((code, why)) => {
            // RFC 6749, section 5.2.
            let status = match code {
                "invalid_client" => StatusCode::UNAUTHORIZED,
                "server_error" => StatusCode::INTERNAL_SERVER_ERROR,
                _ => StatusCode::BAD_REQUEST,
            };
            let body = json!({"error": code, "error_description": why});
            let answer = Answer::json(status, &body, why).not_stored();
            if code == "invalid_client" {
                answer.header(WWW_AUTHENTICATE, "Basic realm=\"sts-emulator\"")
            } else {
                answer
            }
        }
    }
}

fn token(
    state: &State,
    request: &Incoming,
    now: i64,
) -> Result<(Value, String), (&'static str, String)> {
    let invalid = |why: String| ("invalid_request", why);
    if request.media_type() != FORM {
        return Err(invalid(format!("the content type must be {FORM}")));
    }
    let body = request.body.as_ref().map_err(|why| invalid(why.clone()))?;
    let form = pairs(body).map_err(|problem| invalid(problem.detail))?;
    for (index, (name, _)) in form.iter().enumerate() {
        if name != "resource"
            && name != "audience"
            && form[..index].iter().any(|(other, _)| other == name)
        {
            return Err(invalid(format!("{} is there more than once", shown(name))));
        }
    }
    let parameter = |name: &str| {
        let found = form
            .iter()
            .find(|(other, value)| other == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    };
    match parameter("grant_type") {
        Some("client_credentials") => {}
        Some(_) => {
            return Err((
                "unsupported_grant_type",
                "grant_type must be client_credentials".to_owned(),
            ));
        }
        None => return Err(invalid("grant_type is missing".to_owned())),
    }
    let client = client(
        state,
        request,
        parameter("client_id"),
        parameter("client_secret"),
    )?;
    let audiences: Vec<&str> = form
        .iter()
        .filter(|(name, _)| name == "audience" || name == "resource")
        .map(|(_, value)| value.as_str())
        .collect();
    let mut claims = Map::from_iter([
        ("sub".to_owned(), json!(client)),
        ("client_id".to_owned(), json!(client)),
        ("iat".to_owned(), json!(now)),
        ("exp".to_owned(), json!(now.saturating_add(LIFETIME))),
    ]);
    match audiences.as_slice() {
        [] => {}
        [only] => {
            claims.insert("aud".to_owned(), json!(only));
        }
        all => {
            claims.insert("aud".to_owned(), json!(all));
        }
    }
    let mut reply = json!({"token_type": "Bearer", "expires_in": LIFETIME});
    if let Some(scope) = parameter("scope") {
        claims.insert("scope".to_owned(), json!(scope));
        reply["scope"] = json!(scope);
    }
    let token = state.subject_token(state.tokens.algorithm, claims);
    reply["access_token"] = json!(token.map_err(|why| ("server_error", why))?);
    Ok((reply, format!("a subject token for {}", shown(&client))))
}

/// The id of the client, by HTTP Basic or in the form (RFC 6749, section 2.3.1).
fn client(
    state: &State,
    request: &Incoming,
    id: Option<&str>,
    secret: Option<&str>,
) -> Result<String, (&'static str, String)> {
    let refused = |why: &str| ("invalid_client", why.to_owned());
    let (id, secret) = match request.headers.get(AUTHORIZATION) {
        Some(_) if secret.is_some() => {
            return Err((
                "invalid_request",
                "the client authenticates in two ways".to_owned(),
            ));
        }
        Some(header) => basic(header.as_bytes()).ok_or_else(|| {
            refused("the header authorization is not HTTP Basic with an id and a secret")
        })?,
        None => {
            let id = id.ok_or_else(|| refused("client_id is missing"))?;
            (id.to_owned(), secret.unwrap_or_default().to_owned())
        }
    };
    if id.is_empty() {
        return Err(refused("the id of the client is empty"));
    }
    let known = state
        .clients
        .iter()
        .any(|client| client.id == id && client.secret == secret);
    if known || state.clients.is_empty() {
        Ok(id)
    } else {
        Err(refused("there is no client with this id and secret"))
    }
}

/// Both parts are form-encoded.
fn basic(header: &[u8]) -> Option<(String, String)> {
    let header = std::str::from_utf8(header).ok()?;
    let (scheme, encoded) = header.split_once(' ')?;
    let decoded = BASE64_STANDARD
        .decode(encoded.trim())
        .ok()
        .filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let decode = |text: &str| {
        let form = pairs(format!("a={text}").as_bytes()).ok()?;
        form.into_iter().next().map(|(_, value)| value)
    };
    // A secret with `&` or a bare `%` is not encoded by clients that ignore the RFC.
    let decode = |text: &str| {
        if text.contains('&') {
            None
        } else {
            decode(text)
        }
        .unwrap_or_else(|| text.to_owned())
    };
    Some((decode(id), decode(secret)))
}
