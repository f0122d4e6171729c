//! Connections that fail for a reason which does not pass by itself.

use crate::redact::causes;

/// Whether one of the two sides does not trust the other's certificate, or has none to present, or the proxy wants
/// credentials or is of a kind that is not supported (SOCKS).
pub(crate) fn needs_correction(error: &reqwest::Error) -> bool {
    wants_proxy_credentials(error)
        || ["certificate", "unknownca", "unsupported scheme"]
            .iter()
            .any(|part| says(error, part))
}

/// Whether the proxy answered the request for a tunnel with 407.
pub(crate) fn wants_proxy_credentials(error: &reqwest::Error) -> bool {
    says(error, "proxy authorization required")
}

/// Whether no root certificate vouches for the server's certificate, or that one cannot be used at all. Not so if it is that
/// of another host, or of another time.
pub(crate) fn distrusts_server(error: &reqwest::Error) -> bool {
    let refusals = ["invalid peer certificate", "certificate verify failed"];
    let others = [
        "expired",
        "notvalid",
        "not valid",
        "not yet valid",
        "mismatch",
    ];
    let any = |parts: &[&str]| parts.iter().any(|part| says(error, part));
    any(&refusals) && !any(&others)
}

/// Whether a cause of `error` says `part`, which is in lower case. The types of these causes are private, or those of
/// whichever TLS library is used.
fn says(error: &reqwest::Error, part: &str) -> bool {
    // The text of the error itself has the URL, which can say anything.
    let mut causes = causes(error).skip(1);
    causes.any(|cause| cause.to_string().to_ascii_lowercase().contains(part))
}
