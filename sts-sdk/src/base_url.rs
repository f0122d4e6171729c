//! Where requests go.

use std::net::IpAddr;

use reqwest::Url;

use crate::build_error::BuildError;

pub(crate) const CLEAR_TEXT: &str =
    "would send tokens in clear text; use https, or allow_http() of the builder";

/// Whether a checked base URL is on this machine.
pub(crate) fn is_loopback(base_url: &str) -> bool {
    Url::parse(base_url).is_ok_and(|url| names_loopback(&url))
}

/// Checks a base URL and brings it into the form that the generated code appends paths to.
pub(crate) fn parse(text: &str, allow_http: bool) -> Result<String, BuildError> {
    let Ok(url) = Url::parse(text) else {
        // Unparsed text may hold anything, credentials included.
        return Err(BuildError::base_url(
            "…",
            "is not a URL; write it like https://api.confluent.cloud",
        ));
    };
    let shown = || match url.host_str() {
        Some(host) => format!("{}://{host}", url.scheme()),
        None => format!("{}:", url.scheme()),
    };
    let refuse = |reason| Err(BuildError::base_url(shown(), reason));
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

/// Whether the host of `url` is this machine. Names below `.localhost` do not count, as the network may resolve them:
/// RFC 6761, section 6.3, only asks resolvers not to let it.
pub(crate) fn names_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host == "localhost",
    }
}
