//! Responses that are neither a reply nor a failure of the specification.

use std::fmt;

use crate::transport::{Refused, Stopped};

/// Why a response was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rejected {
    /// Its body was not taken, whatever it is.
    Refused(Refused),
    /// The body is not `application/json` but what is named, if anything.
    ContentType(Option<String>),
    /// The body ends before its JSON does.
    Truncated,
    /// The body is not the reply of the specification; why, without quoting it.
    Reply(String),
    /// The body of a 4xx or 5xx cannot be made a `Failure`; what it says.
    Failure(String),
}

impl Rejected {
    /// Whether the time was up before the body had come.
    pub(super) fn is_timeout(&self) -> bool {
        *self == Self::Refused(Refused::Body(Stopped::TimedOut))
    }

    /// Whether the same request may well succeed: the response was cut short.
    pub(super) fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Truncated | Self::Refused(Refused::Body(Stopped::CutShort | Stopped::TimedOut))
        )
    }
}

impl From<Refused> for Rejected {
    fn from(why: Refused) -> Self {
        Self::Refused(why)
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(Refused::Status) => {
                f.write_str("expected 200 with a token exchange reply")
            }
            Self::Refused(Refused::Redirect) => {
                f.write_str("redirects are not followed; correct the base URL")
            }
            Self::Refused(Refused::Redirected) => f.write_str(
                "the HTTP client followed a redirect; build it with redirect::Policy::none",
            ),
            Self::Refused(Refused::Body(stopped)) => {
                f.write_str("expected a token exchange reply, ")?;
                match stopped {
                    Stopped::TooLong(limit) => write!(f, "got more than {limit} bytes"),
                    Stopped::CutShort => f.write_str("the connection ended within it"),
                    Stopped::TimedOut => f.write_str("the time was up within it"),
                }
            }
            Self::ContentType(Some(kind)) => {
                write!(
                    f,
                    "expected a token exchange reply as application/json, got {kind}"
                )
            }
            Self::ContentType(None) => f.write_str("expected a token exchange reply, got no body"),
            Self::Truncated => f.write_str("expected a token exchange reply, it ends too early"),
            Self::Reply(why) => write!(f, "expected a token exchange reply, {why}"),
            Self::Failure(said) => f.write_str(said),
        }
    }
}
