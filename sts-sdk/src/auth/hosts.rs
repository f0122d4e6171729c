//! Which hosts may get a token.

use std::net::IpAddr;

use reqwest::Url;

use super::message::Place;
use crate::base_url::is_loopback_host;
use crate::build_error::BuildError;
use crate::client::SERVERS;
use crate::redact::line;

/// The domains of Confluent Cloud, beside the hosts of the fragment's servers.
const DOMAINS: [&str; 2] = ["confluent.cloud", "confluentgov.com"];

/// The hosts that may get a token.
#[derive(Clone, Debug)]
pub(super) struct Hosts(Vec<Host>);

#[derive(Clone, Debug)]
struct Host {
    /// As a URL has it: in lower case, a name of another script in its ASCII form, an IPv6 address in brackets.
    name: String,
    /// Whether the names below it count as well.
    domain: bool,
    /// Whether it is this machine, where plain http will do.
    loopback: bool,
}

impl Hosts {
    /// The hosts of the fragment's servers and the domains of Confluent Cloud.
    pub(super) fn of_confluent() -> Self {
        let servers = SERVERS.into_iter().filter_map(|server| {
            let url = Url::parse(server).ok()?;
            Some(url.host_str()?.to_owned())
        });
        let domains = DOMAINS.into_iter().map(str::to_owned);
        Self(domains.chain(servers).map(Host::new).collect())
    }

    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// Adds a host as a program writes it.
    pub(super) fn add(&mut self, host: &str) -> Result<(), BuildError> {
        let name = normalised(host).ok_or_else(|| {
            BuildError::option(format!(
                "{:?} is not the name or address of a host; write it like confluent.cloud, without scheme, port, path or \
                 wildcard (names below it are included)",
                line(host)
            ))
        })?;
        self.0.push(Host::new(name));
        Ok(())
    }

    /// Whether a request to `place` may hold a token.
    pub(super) fn allow(&self, place: &Place<'_>) -> bool {
        if place.has_user {
            return false;
        }
        let matches = |host: &&Host| host.is(place.host);
        match place.scheme {
            "https" => self.0.iter().any(|host| matches(&host)),
            "http" => self.0.iter().any(|host| host.loopback && matches(&host)),
            _ => false,
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|host| host.name.as_str())
    }
}

impl Host {
    fn new(name: String) -> Self {
        let loopback = is_loopback_host(&name);
        let is_address = name.starts_with('[') || name.parse::<IpAddr>().is_ok();
        Self {
            // What has no dot is a host of a local network, or a top-level domain, whose subdomains belong to anyone.
            domain: !is_address && name.contains('.'),
            loopback,
            name,
        }
    }

    fn is(&self, other: &str) -> bool {
        let (name, other) = (self.name.as_bytes(), other.as_bytes());
        let Some(before) = other.len().checked_sub(name.len()) else {
            return false;
        };
        let (before, end) = other.split_at(before);
        end.eq_ignore_ascii_case(name)
            && (before.is_empty() || (self.domain && before.ends_with(b".")))
    }
}

/// A host as a URL has it, if `host` is one and nothing else.
fn normalised(host: &str) -> Option<String> {
    let host = host.trim();
    let bracketed = host.contains(':') && !host.starts_with('[');
    let authority = if bracketed {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    let nothing_else =
        |c: char| !matches!(c, '/' | '\\' | '@' | '?' | '#' | '*' | '%') && !c.is_control();
    if host.is_empty() || !host.chars().all(nothing_else) {
        return None;
    }
    let url = Url::parse(&format!("https://{authority}")).ok()?;
    let name = url.host_str()?;
    // A port is left out of the URL where it is that of the scheme.
    let has_port = authority.rsplit(']').next()?.contains(':');
    let labels = !name.starts_with('.') && !name.ends_with('.') && !name.contains("..");
    (labels && !has_port).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(hosts: &Hosts, url: &str) -> bool {
        let url = Url::parse(url).unwrap();
        hosts.allow(&Place {
            scheme: url.scheme(),
            host: url.host_str().unwrap_or_default(),
            has_user: !url.username().is_empty(),
        })
    }

    #[test]
    fn a_host_counts_with_the_names_below_it_where_it_is_a_domain() {
        let mut hosts = Hosts::none();
        for host in [
            "Example.COM",
            "münchen.example",
            "gateway",
            "10.0.0.1",
            "::1",
            " [fe80::1] ",
        ] {
            hosts.add(host).unwrap();
        }
        for (url, expected) in [
            ("https://example.com", true),
            ("https://a.b.EXAMPLE.com:8443/x", true),
            ("https://notexample.com", false),
            ("https://example.com.evil.test", false),
            ("https://example.com.", false),
            ("https://com", false),
            ("http://example.com", false),
            ("ftp://example.com", false),
            ("https://u@example.com", false),
            ("https://m\u{fc}nchen.example", true),
            ("https://xn--mnchen-3ya.example", true),
            ("https://munchen.example", false),
            ("https://gateway", true),
            ("https://a.gateway", false),
            ("https://10.0.0.1", true),
            ("https://10.1", true),
            ("https://110.0.0.1", false),
            ("https://2.10.0.0.1.test", false),
            ("http://10.0.0.1", false),
            ("http://[::1]:80", true),
            ("http://[::2]", false),
            ("http://127.0.0.1", false),
            ("http://localhost", false),
            ("https://[fe80::1]", true),
        ] {
            assert_eq!(allowed(&hosts, url), expected, "{url}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for host in [
            "",
            " ",
            "https://confluent.cloud",
            "confluent.cloud:443",
            "confluent.cloud/",
            "*.confluent.cloud",
            ".confluent.cloud",
            "confluent.cloud.",
            "a..b",
            "u@confluent.cloud",
            "confluent.cloud?",
            "confluent.cloud#",
            "[::1]:80",
            "[::1",
            "a b",
            "con\tfluent.cloud",
            "%63onfluent.cloud",
            "\\confluent.cloud",
        ] {
            let mut hosts = Hosts::none();
            assert!(hosts.add(host).is_err(), "{host:?}: {hosts:?}");
        }
    }
}
