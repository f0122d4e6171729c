//! What is said of a request without a response.

use reqwest::Url;

use super::refusal::{distrusts_server, wants_proxy_credentials};
use crate::redact::{causes, line};

/// What to do about a server whose certificate is not trusted. The platforms that have no file of root certificates do not
/// read the variable.
const OR_FILE: &str = if cfg!(any(windows, target_vendor = "apple", target_os = "android")) {
    ""
} else {
    ", or with the file that SSL_CERT_FILE names"
};

/// What `error` says, in one line, with the `proxy` that is between. `trusting` is where root certificates are added.
pub(crate) fn error_text(error: &reqwest::Error, proxy: Option<&str>, trusting: &str) -> String {
    let server = error.url().and_then(server);
    let mut server = server.unwrap_or_else(|| "the server".to_owned());
    if let Some(proxy) = proxy {
        server.push_str(" through the proxy ");
        server.push_str(proxy);
    }
    let root = causes(error).last().map(ToString::to_string);
    let root = line(&root.unwrap_or_default());
    if error.is_redirect() {
        return format!("the HTTP client followed redirects from {server}: {root}");
    }
    match (error.is_connect(), error.is_timeout()) {
        (true, true) => format!("no connection to {server} in time"),
        (true, false) => {
            let todo = if wants_proxy_credentials(error) {
                "; put user name and password into the proxy's URL"
            } else if distrusts_server(error) {
                return format!(
                    "no connection to {server}: {root}; trust the root certificate that it comes from with {trusting}{OR_FILE}"
                );
            } else {
                ""
            };
            format!("no connection to {server}: {root}{todo}")
        }
        (false, true) => format!("no complete response from {server} in time"),
        (false, false) if error.is_builder() => format!("the request cannot be sent: {root}"),
        (false, false) => format!("no response from {server}: {root}"),
    }
}

/// Host and port of `url`.
fn server(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    let port = url.port_or_known_default()?;
    Some(format!("{host}:{port}"))
}
