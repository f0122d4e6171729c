use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Method};

/// Whether a request may use what only those who run the emulator may: its `Host` is a loopback one or in `hosts`, and no
/// page of another site made it, unless it only reads. A form must come from a browser, which says where the page is from.
pub(crate) fn is_allowed(
    hosts: &[String],
    method: &Method,
    headers: &HeaderMap,
    form: bool,
) -> Result<(), String> {
    let text = |name: &str| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    let host = text(HOST.as_str()).unwrap_or_default();
    if !is_known(hosts, host) {
        return Err(
            "the host of this request is neither a loopback one nor in allowed_hosts".to_owned(),
        );
    }
    if matches!(*method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    let elsewhere = "a page of another site made this request";
    let site = text("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        return Err(elsewhere.to_owned());
    }
    let origin = text(ORIGIN.as_str());
    let ours = |origin: &str| {
        origin
            .strip_prefix("http://")
            .or(origin.strip_prefix("https://"))
            == Some(host)
    };
    match origin {
        Some(origin) if !ours(origin) => Err(elsewhere.to_owned()),
        None if form && site.is_none() => {
            Err("this form is for browsers; programs use /control".to_owned())
        }
        _ => Ok(()),
    }
}

/// Whether `host`, a value of `Host`, is a loopback one or in `hosts`.
fn is_known(hosts: &[String], host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    if bare
        .parse::<IpAddr>()
        .is_ok_and(|address| address.is_loopback())
    {
        return true;
    }
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || hosts.iter().any(|host| host.eq_ignore_ascii_case(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_loopback_are_known() {
        let hosts = ["sts".to_owned()];
        for host in [
            "localhost",
            "localhost:1",
            "LocalHost.:1",
            "a.localhost",
            "127.0.0.1:80",
            "127.1.2.3",
            "[::1]:80",
            "[::1]",
            "sts:8080",
            "STS",
        ] {
            assert!(is_known(&hosts, host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "10.0.0.1",
            "0.0.0.0",
            "[::2]:1",
            "notlocalhost",
            "127.0.0.1:80@evil",
        ] {
            assert!(!is_known(&hosts, host), "{host}");
        }
    }
}
