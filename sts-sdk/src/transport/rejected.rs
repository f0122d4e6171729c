//! Responses that are neither a reply nor a failure of the specification.

use std::fmt;

use super::body::Stopped;

/// Why a response was not taken. Left among the extensions of the response that progenitor gets, so that
/// [`ExchangeError`](crate::ExchangeError) can say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rejected {
    /// The status is none of the specification's.
    Status,
    /// A redirect, which is not followed.
    Redirect,
    /// The HTTP client followed a redirect.
    Redirected,
    /// The body is not `application/json` but what is named, if anything.
    ContentType(Option<String>),
    /// The body could not be read to its end.
    Body(Stopped),
    /// The body ends before its JSON does.
    Truncated,
    /// The body is not the reply of the specification; why, without quoting it.
    Reply(String),
}

impl Rejected {
    /// Whether the same request may well succeed: the response was cut short.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Truncated | Self::Body(Stopped::CutShort | Stopped::TimedOut)
        )
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status => f.write_str("expected 200 with a token exchange reply"),
            Self::Redirect => f.write_str("redirects are not followed; correct the base URL"),
            Self::Redirected => f.write_str(
                "the HTTP client followed a redirect; build it with redirect::Policy::none",
            ),
            Self::ContentType(Some(kind)) => {
                write!(
                    f,
                    "expected a token exchange reply as application/json, got {kind}"
                )
            }
            Self::ContentType(None) => f.write_str("expected a token exchange reply, got no body"),
            Self::Body(Stopped::TooLong(limit)) => {
                write!(
                    f,
                    "expected a token exchange reply, got more than {limit} bytes"
                )
            }
            Self::Body(Stopped::CutShort) => {
                f.write_str("expected a token exchange reply, the connection ended within it")
            }
            Self::Body(Stopped::TimedOut) => {
                f.write_str("expected a token exchange reply, the time was up within it")
            }
            Self::Truncated => f.write_str("expected a token exchange reply, it ends too early"),
            Self::Reply(why) => write!(f, "expected a token exchange reply, {why}"),
        }
    }
}
