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

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_request_is_read_or_refused(
            header in proptest::option::of(prop_oneof![
                any::<Vec<u8>>(),
                "[Bb]asic [A-Za-z0-9+/=]{0,40}".prop_map(String::into_bytes),
            ]),
            body in prop_oneof![
                any::<Vec<u8>>(),
                "(grant_type|client_id|client_secret|a)=[a-z%0-9+]{0,8}(&(grant_type|client_id|client_secret)=[a-z%+]{0,8}){0,3}"
                    .prop_map(String::into_bytes),
            ],
        ) {
            let mut headers = HeaderMap::new();
            let form = HeaderValue::from_static("application/x-www-form-urlencoded; charset=UTF-8");
            headers.insert(CONTENT_TYPE, form);
            if let Some(value) = header.and_then(|header| HeaderValue::from_bytes(&header).ok()) {
                headers.insert(AUTHORIZATION, value);
            }
            match read(&headers, &body) {
                Ok(asked) => {
                    prop_assert!(!asked.grant_type.is_empty());
                    prop_assert!(!asked.clients.is_empty());
                }
                Err((code, _)) => {
                    prop_assert!(["invalid_request", "invalid_client"].contains(&code));
                }
            }
            headers.remove(CONTENT_TYPE);
            prop_assert!(read(&headers, &body).is_err());
        }

        #[test]
        fn what_a_client_says_of_itself_is_read_in_either_way(id in "[a-z0-9-]{1,12}", secret in "[ -~&&[^:]]{1,20}") {
            let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let (encoded_id, encoded) = (encode(&id), encode(&secret));
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(FORM));
            let body = format!("grant_type=client_credentials&client_id={encoded_id}&client_secret={encoded}");
            let in_body = read(&headers, body.as_bytes()).unwrap();
            let basic = format!("Basic {}", STANDARD.encode(format!("{encoded_id}:{encoded}")));
            headers.insert(AUTHORIZATION, HeaderValue::try_from(basic).unwrap());
            let in_header = read(&headers, b"grant_type=client_credentials").unwrap();
            for asked in [in_body, in_header] {
                let said = asked.clients.iter().any(|(other, said)| *other == id && said.expose_secret() == secret);
                prop_assert!(said);
            }
        }
    }
}
