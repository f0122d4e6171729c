//! Why an exchange failed.

use std::error::Error as StdError;
use std::fmt::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::rejected::Rejected;
use crate::failure;
use crate::generated::{Error, types::Failure};
use crate::redact::line;
use crate::response_headers::ResponseHeaders;
use crate::transport::{Notes, Refused, error_text, needs_correction};

/// Where root certificates are added.
const TRUSTING: &str = "root_certificates of the client's builder";
/// After a 403 of which the server says nothing else.
const NOTHING_SAID: &str =
    ", without a reason; check the filter of the identity pool and its role bindings";

/// Why a token exchange failed: in one line for people (`Display`), with its parts for programs.
///
/// `Display` says all of it, what the server or the transport said included, so that there is no `source()`, which
/// would say it again. The transport's error is [`transport`](Self::transport).
///
/// It never contains the subject token, the access token or an unparsed body. Made by
/// [`Client::exchange`](crate::Client::exchange), and with `From` of the [`Error`] of the generated
/// operation, which does not know the proxy that is between.
pub struct ExchangeError(Box<Kind>);

enum Kind {
    /// Nothing was sent.
    Request(String),
    /// There was no response, or no complete one.
    Transport {
        error: reqwest::Error,
        /// The proxy in between, where one is known.
        proxy: Option<Arc<str>>,
    },
    /// A 4xx or 5xx.
    Failure {
        status: StatusCode,
        headers: HeaderMap,
        /// `None` if the body cannot be made one.
        failure: Option<Failure>,
        /// What it says, in one line; may be empty.
        said: String,
        notes: Notes,
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

    pub(super) fn transport_of(error: reqwest::Error, proxy: Option<Arc<str>>) -> Self {
        Self(Box::new(Kind::Transport { error, proxy }))
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

    /// A 4xx or 5xx with what was made of its body.
    pub(crate) fn failure_of(
        status: StatusCode,
        headers: HeaderMap,
        json: &[u8],
        notes: Notes,
    ) -> Self {
        Self(Box::new(Kind::Failure {
            said: failure::said(status, json, &notes),
            status,
            headers,
            failure: serde_json::from_slice(json).ok(),
            notes,
        }))
    }

    /// The status of the response, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match &*self.0 {
            Kind::Failure { status, .. } | Kind::Rejected { status, .. } => Some(*status),
            Kind::Request(_) | Kind::Transport { .. } | Kind::Other(_) => None,
        }
    }

    /// The headers of the response, if there was one; see [`ResponseHeaders`].
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        match &*self.0 {
            Kind::Failure { headers, .. } | Kind::Rejected { headers, .. } => Some(headers),
            Kind::Request(_) | Kind::Transport { .. } | Kind::Other(_) => None,
        }
    }

    /// What the server said of a 4xx or 5xx: at most the first 16 errors.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match &*self.0 {
            Kind::Failure { failure, .. } => failure.as_ref(),
            _ => None,
        }
    }

    /// What identifies the request to Confluent's support: the header `X-Request-Id`, or else the `requestId` of a
    /// failure's body.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        let of_body = || self.notes()?.request_id.as_deref();
        self.headers()?.request_id().or_else(of_body)
    }

    /// What the server suggests to do about a failure: `suggestion`, or `resolution`, in one line. The text of this
    /// error includes it. `None` for an error that was made of the generated operation's.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.notes()?.suggestion.as_deref()
    }

    /// Where the server says to read on about a failure: `doc_url`, or `error_uri`. The text of this error includes
    /// it. `None` for an error that was made of the generated operation's.
    #[must_use]
    pub fn doc_url(&self) -> Option<&str> {
        self.notes()?.doc_url.as_deref()
    }

    /// The error of the HTTP client, if there was no response. Its own text holds the URL of the request.
    #[must_use]
    pub fn transport(&self) -> Option<&reqwest::Error> {
        match &*self.0 {
            Kind::Transport { error, .. } => Some(error),
            _ => None,
        }
    }

    fn notes(&self) -> Option<&Notes> {
        match &*self.0 {
            Kind::Failure { notes, .. } => Some(notes),
            _ => None,
        }
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
        matches!(&*self.0, Kind::Transport { error, .. } if error.is_connect())
    }

    /// Whether the time-out passed before the response was complete.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        match &*self.0 {
            Kind::Transport { error, .. } => error.is_timeout(),
            Kind::Rejected { why, .. } => why.is_timeout(),
            _ => false,
        }
    }

    /// Whether the same exchange may succeed later: no connection, no complete response in time, 408,
    /// 429, a 5xx other than 501, a success cut short. Not so where something must be corrected first: a certificate
    /// that is not trusted, a proxy that wants credentials. An unknown error of the transport counts as transient.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match &*self.0 {
            Kind::Request(_) | Kind::Other(_) => false,
            Kind::Transport { error, .. } => {
                !error.is_builder() && !error.is_redirect() && !needs_correction(error)
            }
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
            | Error::ResponseBodyError(error) => Kind::Transport { error, proxy: None },
            Error::ErrorResponse(value) => {
                let (status, headers) = (value.status(), value.headers().clone());
                let failure = value.into_inner();
                let json = serde_json::to_vec(&failure).unwrap_or_default();
                let notes = Notes {
                    errors: failure.errors.len(),
                    ..Notes::default()
                };
                return Self::failure_of(status, headers, &json, notes);
            }
            Error::UnexpectedResponse(response) => {
                let (status, headers) = (response.status(), response.headers().clone());
                let why = response.extensions().get::<Rejected>().cloned();
                match why.unwrap_or(Rejected::Refused(Refused::Status)) {
                    Rejected::Failure(said) => Kind::Failure {
                        status,
                        headers,
                        failure: None,
                        said,
                        notes: Notes::default(),
                    },
                    why => return Self::rejected(status, headers, why),
                }
            }
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
            Kind::Transport { error, proxy } => {
                f.write_str(&error_text(error, proxy.as_deref(), TRUSTING))
            }
            Kind::Other(why) => f.write_str(&line(why)),
            Kind::Failure { status, said, .. } => {
                write!(f, "{status}")?;
                if !said.is_empty() {
                    write!(f, ": {said}")?;
                } else if *status == StatusCode::FORBIDDEN {
                    f.write_str(NOTHING_SAID)?;
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

/// As `Display`: nothing else of the error is safe to print.
impl fmt::Debug for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExchangeError({self})")
    }
}

impl StdError for ExchangeError {}

#[cfg(test)]
mod tests {
    use reqwest::header::RETRY_AFTER;

    use super::*;
    use crate::exchange::hooks;

    /// As where the specification comes to require what bodies do not have.
    const NO_FAILURE: &str = r#"{"errors":[{"detail":["D"]},{"detail":"why"}]}"#;

    #[test]
    fn a_body_that_is_no_failure_loses_neither_status_nor_headers() {
        let status = StatusCode::TOO_MANY_REQUESTS;
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, 7.into());
        let direct = ExchangeError::failure_of(
            status,
            headers.clone(),
            NO_FAILURE.as_bytes(),
            Notes::default(),
        );
        let body = hooks::readable(status, NO_FAILURE.into(), &Notes::default());
        let response = hooks::response(status, headers, body);
        let generated = ExchangeError::from(Error::UnexpectedResponse(response));
        for error in [direct, generated] {
            assert_eq!(
                error.to_string(),
                "429 Too Many Requests: why (retry after 7 s)"
            );
            assert_eq!(error.status(), Some(status));
            assert_eq!(error.headers().unwrap().len(), 1);
            assert!(error.is_transient() && error.failure().is_none());
        }
    }
}
