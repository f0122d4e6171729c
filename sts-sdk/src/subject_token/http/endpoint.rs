//! Whom a source asks.

use std::fmt;

use reqwest::Url;

use crate::base_url::names_loopback;
use crate::subject_token::error::SubjectTokenError;

/// Addresses in clear text that platforms define: they answer the machine or container that asks.
const METADATA: [&str; 9] = [
    // Azure, Google and AWS, IPv4 and IPv6.
    "169.254.169.254",
    "[fd00:ec2::254]",
    "metadata.google.internal",
    "metadata.google.internal.",
    "[fd20:ce::254]",
    // Containers of ECS and pods of EKS.
    "169.254.170.2",
    "169.254.170.23",
    "[fd00:ec2::23]",
    // Azure App Service and its relatives, in Linux and Windows containers.
    "169.254.129.1",
];

/// The URL that a source sends its request to, and what is there.
#[derive(Clone, Debug)]
pub(in crate::subject_token) struct Endpoint {
    who: &'static str,
    url: Url,
}

impl Endpoint {
    /// `text` as the URL of `who`, which `origin` gave: a variable, an option. It must be https, or clear text to a
    /// loopback host or to a metadata address that a platform defines.
    pub(in crate::subject_token) fn parse(
        who: &'static str,
        origin: &str,
        text: &str,
    ) -> Result<Self, SubjectTokenError> {
        let refused = |why: &str| SubjectTokenError::permanent(format!("{who}: {origin} {why}"));
        let url = Url::parse(text.trim()).map_err(|_| refused("is not a URL"))?;
        let host = url.host_str().unwrap_or_default();
        match url.scheme() {
            "https" => {}
            "http" if names_loopback(&url) || METADATA.contains(&host) => {}
            "http" => return Err(refused("would send credentials in clear text; use https")),
            _ => return Err(refused("is not an https URL")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused(
                "holds credentials; give them by the options for them",
            ));
        }
        Ok(Self { who, url })
    }

    pub(in crate::subject_token) fn who(&self) -> &'static str {
        self.who
    }

    pub(in crate::subject_token) fn url(&self) -> &Url {
        &self.url
    }

    pub(in crate::subject_token) fn url_mut(&mut self) -> &mut Url {
        &mut self.url
    }

    pub(in crate::subject_token) fn is_loopback(&self) -> bool {
        names_loopback(&self.url)
    }
}

/// Without path and query, which may hold what is nobody's business.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port_or_known_default() {
            Some(port) => write!(f, "{} at {host}:{port}", self.who),
            None => write!(f, "{} at {host}", self.who),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clear_text_is_for_this_machine_and_the_metadata_addresses_of_platforms() {
        let taken = |url: &str| Endpoint::parse("it", "its URL", url).is_ok();
        for host in [
            "localhost",
            "127.0.0.1",
            "[::1]",
            "169.254.169.254",
            "[fd00:ec2::254]",
            "metadata.google.internal",
            "metadata.google.internal.",
            "[fd20:ce::254]",
            "169.254.170.2",
            "169.254.170.23",
            "[fd00:ec2::23]",
            "169.254.129.1",
        ] {
            assert!(taken(&format!("http://{host}:8080/a")), "{host}");
        }
        for host in [
            "example.com",
            "10.0.0.1",
            "169.254.169.253",
            "169.254.170.1",
            "[fd00:ec2::1]",
            "evil-metadata.google.internal",
            "metadata.google.internal.evil.test",
            "a.localhost",
        ] {
            assert!(!taken(&format!("http://{host}/a")), "{host}");
            assert!(taken(&format!("https://{host}/a")), "{host}");
        }
        for url in ["https://:secret@example.com", "https://me@example.com"] {
            assert!(!taken(url), "{url}");
        }
    }
}
