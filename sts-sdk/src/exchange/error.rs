//! Why an exchange failed.

use std::error::Error as StdError;
use std::fmt::{self, Write};
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::rejected::Rejected;
use crate::generated::{Error, types::Failure};
use crate::redact::line;
use crate::response_headers::ResponseHeaders;
use crate::transport::{Refused, causes};

/// Why a token exchange failed: in one line for people (`Display`), with its parts for programs.
///
/// `Display` includes what the server or the transport said. `source()` is the transport's error, if any.
///
/// It never contains the subject token, the access token or an unparsed body. Made by
/// [`Client::exchange`](crate::Client::exchange), and with `From` of the [`Error`] of the generated
/// operation.
pub struct ExchangeError(Box<Kind>);

enum Kind {
    /// Nothing was sent.
    Request(String),
    /// There was no response, or no complete one.
    Transport(reqwest::Error),
    /// A 4xx or 5xx.
    Failure {
        status: StatusCode,
        headers: HeaderMap,
        failure: Failure,
    },
    /// Another response than the specification's.
    Rejected {
        status: StatusCode,
        headers: HeaderMap,
        why: Rejected,
    },
    /// What the generated client cannot return for this operation.
    Other(String),
}

impl ExchangeError {
    pub(crate) fn request(why: String) -> Self {
        Self(Box::new(Kind::Request(why)))
    }

    pub(crate) fn reply(status: StatusCode, headers: HeaderMap, why: &str) -> Self {
        Self::rejected(status, headers, Rejected::Reply(why.to_owned()))
    }

    pub(super) fn rejected(status: StatusCode, headers: HeaderMap, why: Rejected) -> Self {
        Self(Box::new(Kind::Rejected {
            status,
            headers,
            why,
        }))
    }

    /// The status of the response, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match &*self.0 {
            Kind::Failure { status, .. } | Kind::Rejected { status, .. } => Some(*status),
            Kind::Request(_) | Kind::Transport(_) | Kind::Other(_) => None,
        }
    }

    /// The headers of the response, if there was one; see [`ResponseHeaders`].
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        match &*self.0 {
            Kind::Failure { headers, .. } | Kind::Rejected { headers, .. } => Some(headers),
            Kind::Request(_) | Kind::Transport(_) | Kind::Other(_) => None,
        }
    }

    /// What the server said of a 4xx or 5xx.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match &*self.0 {
            Kind::Failure { failure, .. } => Some(failure),
            _ => None,
        }
    }

    /// What identifies the request to Confluent's support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.headers()?.request_id()
    }

    /// Whether the request was refused before anything was sent.
    #[must_use]
    pub fn is_invalid_request(&self) -> bool {
        matches!(*self.0, Kind::Request(_))
    }

    /// Whether no connection could be made: no address, no answer, no tunnel through the proxy, no trusted
    /// certificate.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(&*self.0, Kind::Transport(error) if error.is_connect())
    }

    /// Whether the time-out passed before the response was complete.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        match &*self.0 {
            Kind::Transport(error) => error.is_timeout(),
            Kind::Rejected { why, .. } => why.is_timeout(),
            _ => false,
        }
    }

    /// Whether the same exchange may succeed later: no connection, no complete response in time, 408,
    /// 429, a 5xx other than 501, a success cut short. An unknown error of the transport counts as transient.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match &*self.0 {
            Kind::Request(_) | Kind::Other(_) => false,
            Kind::Transport(error) => !error.is_builder() && !error.is_redirect(),
            Kind::Failure { status, .. } => match *status {
                StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => true,
                StatusCode::NOT_IMPLEMENTED => false,
                status => status.is_server_error(),
            },
            Kind::Rejected { why, .. } => why.is_transient(),
        }
    }

    /// How long the server asks to wait before the next try, from the response on: its `Retry-After`,
    /// or for a 429 its `X-RateLimit-Reset`.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let headers = self.headers()?;
        let limited = self.status() == Some(StatusCode::TOO_MANY_REQUESTS);
        let reset = || headers.rate_limit_reset().filter(|_| limited);
        headers.retry_after().or_else(reset)
    }
}

impl From<Error<Failure>> for ExchangeError {
    fn from(error: Error<Failure>) -> Self {
        Self(Box::new(match error {
            Error::InvalidRequest(why) => Kind::Request(why),
            Error::CommunicationError(error)
            | Error::InvalidUpgrade(error)
            | Error::ResponseBodyError(error) => Kind::Transport(error),
            Error::ErrorResponse(value) => Kind::Failure {
                status: value.status(),
                headers: value.headers().clone(),
                failure: value.into_inner(),
            },
            Error::UnexpectedResponse(response) => Kind::Rejected {
                status: response.status(),
                headers: response.headers().clone(),
                why: response
                    .extensions()
                    .get::<Rejected>()
                    .cloned()
                    .unwrap_or(Rejected::Refused(Refused::Status)),
            },
            // Its texts quote the body.
            Error::InvalidResponsePayload(..) => {
                Kind::Other("the response is not what the specification describes".to_owned())
            }
            Error::Custom(why) => Kind::Other(why),
        }))
    }
}

impl fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Request(why) => write!(f, "the request was not sent: {}", line(why)),
            Kind::Transport(error) => f.write_str(&transport_text(error)),
            Kind::Other(why) => f.write_str(&line(why)),
            Kind::Failure {
                status, failure, ..
            } => {
                // A body that said nothing has the reason phrase as its title.
                let said = failure.to_string();
                if status.canonical_reason() == Some(&said) {
                    write!(f, "{status}")?;
                } else {
                    write!(f, "{status}: {said}")?;
                }
                self.fmt_headers(f)
            }
            Kind::Rejected { status, why, .. } => {
                write!(f, "{status}: {why}")?;
                self.fmt_headers(f)
            }
        }
    }
}

impl ExchangeError {
    fn fmt_headers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut notes = String::new();
        if let Some(id) = self.request_id() {
            write!(notes, "request id {}", line(id))?;
        }
        if let Some(wait) = self.retry_after() {
            let separator = if notes.is_empty() { "" } else { ", " };
            write!(notes, "{separator}retry after {} s", wait.as_secs())?;
        }
        if notes.is_empty() {
            return Ok(());
        }
        write!(f, " ({notes})")
    }
}

fn transport_text(error: &reqwest::Error) -> String {
    let host = error.url().and_then(|url| url.host_str());
    let host = host.unwrap_or("the server");
    let root = causes(error).last().map(ToString::to_string);
    let root = line(&root.unwrap_or_default());
    if error.is_redirect() {
        return format!("the HTTP client followed redirects from {host}: {root}");
    }
    match (error.is_connect(), error.is_timeout()) {
        (true, true) => format!("no connection to {host} in time"),
        (true, false) => format!("no connection to {host}: {root}"),
        (false, true) => format!("no complete response from {host} in time"),
        (false, false) if error.is_builder() => format!("the request cannot be sent: {root}"),
        (false, false) => format!("no response from {host}: {root}"),
    }
}

/// As `Display`: nothing else of the error is safe to print.
impl fmt::Debug for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExchangeError({self})")
    }
}

impl StdError for ExchangeError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &*self.0 {
            Kind::Transport(error) => Some(error),
            // What the server said is in the text already, and in `failure()`.
            Kind::Failure { .. } | Kind::Request(_) | Kind::Rejected { .. } | Kind::Other(_) => {
                None
            }
        }
    }
}
