//! Where requests go.

use std::net::IpAddr;

use reqwest::Url;

use crate::build_error::BuildError;
use crate::redact::line;

pub(crate) const CLEAR_TEXT: &str =
    "would send tokens in clear text; use https, or allow_http() of the builder";

/// Whether a checked base URL is on this machine.
pub(crate) fn is_loopback(base_url: &str) -> bool {
    Url::parse(base_url).is_ok_and(|url| names_loopback(&url))
}

/// Checks a base URL and brings it into the form that the generated code appends paths to.
pub(crate) fn parse(text: &str, allow_http: bool) -> Result<String, BuildError> {
    let Ok(url) = Url::parse(text) else {
        let reason = "is not a URL; write it like https://api.confluent.cloud";
        return Err(BuildError::base_url(shown(text), reason));
    };
    let refuse = |reason| Err(BuildError::base_url(shown(text), reason));
    if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
        return refuse("is not served over HTTP; use an https URL");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("holds credentials, which the token exchange does not take; remove them");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("has a query or a fragment; remove it");
    }
    if url.scheme() == "http" && !allow_http && !names_loopback(&url) {
        return refuse(CLEAR_TEXT);
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// `text` as far as it can be shown: without user name and password, query and fragment, which may be credentials.
pub(crate) fn shown(text: &str) -> String {
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let (before, left_out) = match Url::parse(text) {
        Ok(url) if url.has_host() => {
            let host = url.host_str().unwrap_or_default();
            let port = url.port().map(|port| format!(":{port}"));
            let path = Some(url.path()).filter(|path| *path != "/");
            let parts = [host, &port.unwrap_or_default(), path.unwrap_or_default()];
            return line(&format!("{}://{}", url.scheme(), parts.concat()));
        }
        // Where a user name ends, only the parser can tell.
        _ if text.contains('@') => ("", "…"),
        _ if end < text.len() => (&text[..end], "…"),
        _ => (text, ""),
    };
    line(&[before, left_out].concat())
}

/// Whether the host of `url` is this machine.
pub(crate) fn names_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(is_loopback_host)
}

/// Whether `host`, as a URL has it, is this machine. Names below `.localhost` do not count, as the network may resolve
/// them: RFC 6761, section 6.3, only asks resolvers not to let it.
pub(crate) fn is_loopback_host(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host == "localhost",
    }
}
