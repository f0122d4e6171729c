//! The request of a client: its form, and how it authenticates itself (RFC 6749, sections 2.3.1 and 4.4.2).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use sts_sdk::Secret;

/// What a client asks for.
pub(crate) struct Asked {
    pub(crate) grant_type: String,
    /// The id and the secret, in each way that they may be meant.
    pub(crate) clients: Vec<(String, Secret)>,
}

/// What is wrong with a request: an error code of RFC 6749, section 5.2, and why.
pub(crate) type Wrong = (&'static str, &'static str);

const FORM: &str = "application/x-www-form-urlencoded";

/// Reads a request.
pub(crate) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Asked, Wrong> {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = media_type
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    if !media_type.trim().eq_ignore_ascii_case(FORM) {
        return Err((
            "invalid_request",
            "the content type must be application/x-www-form-urlencoded",
        ));
    }
    let pairs = pairs(body);
    let parameter = |name: &str| {
        let mut found = pairs.iter().filter(|(other, _)| other == name);
        let first = found
            .next()
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty());
        if found.next().is_some() {
            return Err(("invalid_request", "a parameter is there more than once"));
        }
        Ok(first)
    };
    let grant_type =
        parameter("grant_type")?.ok_or(("invalid_request", "grant_type is missing"))?;
    let (id, secret) = (parameter("client_id")?, parameter("client_secret")?);
    let clients = match (headers.get(AUTHORIZATION), secret) {
        (Some(_), Some(_)) => {
            return Err(("invalid_request", "the client authenticates in two ways"));
        }
        (Some(header), None) => basic(header.as_bytes()).ok_or((
            "invalid_client",
            "the header authorization is not HTTP Basic with an id and a secret",
        ))?,
        (None, secret) => vec![(
            id.unwrap_or_default().to_owned(),
            Secret::from(secret.unwrap_or_default()),
        )],
    };
    Ok(Asked {
        grant_type: grant_type.to_owned(),
        clients,
    })
}

fn pairs(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body).into_owned().collect()
}

/// Both parts are encoded as in a form (RFC 6749, section 2.3.1), and by many clients, such as `curl --user`, not at all.
fn basic(header: &[u8]) -> Option<Vec<(String, Secret)>> {
    let header = std::str::from_utf8(header).ok()?;
    let (scheme, encoded) = header.split_once(' ')?;
    let decoded = STANDARD
        .decode(encoded.trim())
        .ok()
        .filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let decode = |text: &str| {
        pairs(format!("a={text}").as_bytes())
            .into_iter()
            .next()
            .map(|(_, value)| value)
    };
    Some(vec![
        (decode(id)?, Secret::from(decode(secret)?)),
        (id.to_owned(), Secret::from(secret)),
    ])
}
