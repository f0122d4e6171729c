//! Why there was no answer.

use std::net::IpAddr;

use hyper_util::client::proxy::matcher::Matcher;
use sts_sdk::reqwest::{self, Url};

use crate::causes::root;
use crate::shown::shown;

/// A server, and the proxy of the environment that is between.
pub(super) struct Route {
    /// Host and port.
    pub(super) server: String,
    pub(super) proxy: Option<String>,
}

impl Route {
    pub(super) fn to(base_url: &str) -> Self {
        let url = Url::parse(base_url).ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
        let port = url
            .as_ref()
            .and_then(Url::port_or_known_default)
            .unwrap_or_default();
        // The SDK never sends through a proxy what is meant for this machine.
        let proxy = base_url.parse().ok().filter(|_| !is_loopback(host));
        let proxy = proxy.and_then(|uri| Matcher::from_system().intercept(&uri));
        Self {
            server: format!("{host}:{port}"),
            proxy: proxy.and_then(|proxy| {
                let uri = proxy.uri();
                let port = uri
                    .port_u16()
                    .map(|port| format!(":{port}"))
                    .unwrap_or_default();
                Some(shown(&format!(
                    "{}://{}{port}",
                    uri.scheme_str()?,
                    uri.host()?
                )))
            }),
        }
    }

    pub(super) fn through(&self) -> String {
        let proxy = self.proxy.as_ref();
        proxy.map_or_else(String::new, |proxy| format!(" through the proxy {proxy}"))
    }

    /// What failed, why, and what to do: a name for it, and a line.
    pub(super) fn failure(&self, error: &reqwest::Error) -> (&'static str, String) {
        let root = root(error);
        let (cause, next) = self.cause(error, &root);
        let what = match (error.is_connect(), error.is_timeout()) {
            (_, true) => {
                return (
                    cause,
                    format!(
                        "no answer from {}{} in time; {next}",
                        self.server,
                        self.through()
                    ),
                );
            }
            (true, false) => "no connection to",
            (false, false) => "no answer from",
        };
        (
            cause,
            format!("{what} {}{}: {root}; {next}", self.server, self.through()),
        )
    }

    fn cause(&self, error: &reqwest::Error, root: &str) -> (&'static str, String) {
        let says = |part: &str| root.to_ascii_lowercase().contains(part);
        if says("proxy authorization required") {
            let next =
                "write user name and password of the proxy into the URL that HTTPS_PROXY has";
            return ("proxy", next.to_owned());
        }
        if says("certificate") {
            return ("certificate", certificate(&says).to_owned());
        }
        if self.proxy.is_some() {
            let next = "check HTTPS_PROXY and the proxy, or add the host to NO_PROXY if it is reached without";
            return ("proxy", next.to_owned());
        }
        if error.is_timeout() {
            let next =
                "check the network and its firewall; where only a proxy gets out, set HTTPS_PROXY";
            return ("timeout", next.to_owned());
        }
        if says("failed to lookup address") || says("no address associated") || says("dns") {
            return (
                "name",
                "check the host in the URL, and that this machine resolves names".to_owned(),
            );
        }
        if says("connection refused") {
            return (
                "refused",
                "nothing listens there; check host and port of the URL".to_owned(),
            );
        }
        (
            "network",
            "check the URL and the network; where only a proxy gets out, set HTTPS_PROXY"
                .to_owned(),
        )
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

fn certificate(says: &impl Fn(&str) -> bool) -> &'static str {
    if says("expired") || says("not valid yet") || says("notvalidyet") {
        "the certificate is of another time; check this machine's clock, and tell whoever runs the server"
    } else if says("not valid for name") || says("notvalidforname") {
        "the certificate is another host's; check the host in the URL, and what is between"
    } else {
        "let SSL_CERT_FILE name a file with the root certificate that it comes from, such as that of a proxy which \
         reads what is sent"
    }
}
