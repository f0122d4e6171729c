//! Why there is no token.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::exchange::ExchangeError;
use crate::subject_token::SubjectTokenError;

/// Why a [`TokenProvider`](crate::TokenProvider) has no access token, or an
/// [`ExternalTokenProvider`](crate::ExternalTokenProvider) no external one. Displayed as one line, without any token.
///
/// `Display` says all of it, so that there is no `source()`, which would say a part of it again: what failed is
/// [`exchange`](Self::exchange) or [`subject_token`](Self::subject_token).
///
/// Cheap to clone: all who waited for the same refresh get the same error.
#[derive(Clone)]
pub struct TokenError(Arc<Inner>);

struct Inner {
    wanted: Wanted,
    /// Whose token it is, as [`TokenProviderBuilder::name`](crate::TokenProviderBuilder::name) says.
    name: Arc<str>,
    kind: Kind,
}

/// Which token there is none of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    AccessToken,
    ExternalToken,
}

pub(crate) enum Kind {
    /// The source has none.
    SubjectToken(SubjectTokenError),
    /// The source gave something that cannot be a subject token; why.
    UnusableSubjectToken {
        source: String,
        why: String,
    },
    Exchange(ExchangeError),
    /// The source gives an external token that is at its end.
    Ended {
        source: String,
    },
    /// The source gives the external token again that was invalidated.
    HeldBack {
        source: String,
    },
    /// The reply took longer than the lifetime of its token.
    Expired(Duration),
    /// The deadline passed during a step; with what failed before, if anything.
    Deadline {
        deadline: Duration,
        step: Step,
        before: Option<TokenError>,
    },
    /// So many tokens in a row were invalidated within such a time of being obtained.
    Invalidated {
        tokens: u32,
        within: Duration,
    },
    /// A step panicked.
    Panicked(Step),
    /// There is no tokio runtime to refresh on.
    NoRuntime,
    /// The clock cannot wait on the tokio runtime that the caller runs on.
    NoTimers,
    /// The tokio runtime has no connections.
    NoIo,
    /// A blocking provider was called on the thread of their runtime and had to wait.
    #[cfg(feature = "blocking")]
    WouldWaitForItself,
    /// The tokio runtime that the caller runs on is shutting down.
    ShuttingDown,
}

/// What a refresh is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Waiting,
    SubjectToken,
    Exchange,
    /// All of it, as seen by one who waits for it.
    Refresh,
}

impl TokenError {
    pub(crate) fn new(wanted: Wanted, name: &Arc<str>, kind: Kind) -> Self {
        Self(Arc::new(Inner {
            wanted,
            name: Arc::clone(name),
            kind,
        }))
    }

    /// The error of the exchange, if it was what failed: the status, what the server said.
    #[must_use]
    pub fn exchange(&self) -> Option<&ExchangeError> {
        match &self.0.kind {
            Kind::Exchange(error) => Some(error),
            Kind::Deadline { before, .. } => before.as_ref()?.exchange(),
            _ => None,
        }
    }

    /// The error of the subject token's source, if it was what failed.
    #[must_use]
    pub fn subject_token(&self) -> Option<&SubjectTokenError> {
        match &self.0.kind {
            Kind::SubjectToken(error) => Some(error),
            Kind::Deadline { before, .. } => before.as_ref()?.subject_token(),
            _ => None,
        }
    }

    /// Whether the source gave no subject token, none that can be one, or none in time; the same of an external token.
    ///
    /// If the source was late after an exchange that failed, [`exchange`](Self::exchange) has the error of that.
    #[must_use]
    pub fn is_no_subject_token(&self) -> bool {
        match &self.0.kind {
            Kind::SubjectToken(_)
            | Kind::UnusableSubjectToken { .. }
            | Kind::Ended { .. }
            | Kind::HeldBack { .. }
            | Kind::Panicked(Step::SubjectToken)
            | Kind::Deadline {
                step: Step::SubjectToken,
                ..
            } => true,
            Kind::Deadline {
                step: Step::Waiting | Step::Refresh,
                before: Some(before),
                ..
            } => before.is_no_subject_token(),
            _ => false,
        }
    }

    /// Whether the source gives an external token again that is of no use.
    pub(super) fn is_given_again(&self) -> bool {
        matches!(self.0.kind, Kind::Ended { .. } | Kind::HeldBack { .. })
    }

    /// Whether the source gives an external token again that was invalidated a short time ago.
    pub(super) fn is_held_back(&self) -> bool {
        matches!(self.0.kind, Kind::HeldBack { .. })
    }

    /// Whether there may be a token later without anything being corrected. The provider tries again in
    /// either case: 2 to 4 s after a permanent error, and 40 to 80 s after the sixth in a row.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match &self.0.kind {
            Kind::SubjectToken(error) => error.is_transient(),
            Kind::Exchange(error) => error.is_transient(),
            Kind::Ended { .. } | Kind::Expired(_) | Kind::Deadline { .. } | Kind::ShuttingDown => {
                true
            }
            Kind::UnusableSubjectToken { .. }
            | Kind::HeldBack { .. }
            | Kind::Invalidated { .. }
            | Kind::Panicked(_)
            | Kind::NoRuntime
            | Kind::NoTimers
            | Kind::NoIo => false,
            #[cfg(feature = "blocking")]
            Kind::WouldWaitForItself => false,
        }
    }

    /// Whether the deadline of the provider or the time-out of its client passed.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        match &self.0.kind {
            Kind::Deadline { .. } => true,
            Kind::Exchange(error) => error.is_timeout(),
            _ => false,
        }
    }

    /// How long STS or the source of the subject token asked to wait, from its last response on.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let of_exchange = self.exchange().and_then(ExchangeError::retry_after);
        let of_source = || self.subject_token()?.retry_after();
        of_exchange.or_else(of_source)
    }

    fn fmt_reason(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_access_token = self.0.wanted == Wanted::AccessToken;
        match &self.0.kind {
            Kind::SubjectToken(error) if is_access_token => {
                write!(f, "no subject token: {error}")
            }
            Kind::SubjectToken(error) => write!(f, "{error}"),
            Kind::UnusableSubjectToken { source, why } => {
                let token = if is_access_token {
                    "subject token"
                } else {
                    "token"
                };
                write!(f, "{source} gave a {token} that {why}")
            }
            Kind::Exchange(error) => write!(f, "{error}"),
            Kind::Ended { source } => write!(
                f,
                "{source} still gives a token that is at its end; check that something renews it, and the clock"
            ),
            Kind::HeldBack { source } => write!(
                f,
                "{source} gives the token again that was invalidated; find out why the API refuses it"
            ),
            Kind::Expired(lifetime) => write!(
                f,
                "the reply took longer than the {} s that its token lives",
                lifetime.as_secs()
            ),
            Kind::Deadline {
                deadline,
                step,
                before,
            } => {
                write!(f, "{step} took beyond the deadline of {deadline:?}")?;
                match before {
                    Some(before) => {
                        f.write_str("; before that, ")?;
                        before.fmt_reason(f)
                    }
                    None => Ok(()),
                }
            }
            Kind::Invalidated { tokens, within } => write!(
                f,
                "{tokens} tokens in a row were invalidated within {within:?} of being obtained, so the next {} \
                 waits; find out why the API refuses them",
                if is_access_token { "exchange" } else { "one" }
            ),
            Kind::Panicked(step) => write!(f, "{step} panicked; the panic's message is on stderr"),
            Kind::NoRuntime => f.write_str("this is not within a tokio runtime; call it from one"),
            Kind::NoTimers => {
                f.write_str("this tokio runtime has no timers; build it with enable_all()")
            }
            Kind::NoIo => f.write_str("this tokio runtime has no I/O; build it with enable_all()"),
            #[cfg(feature = "blocking")]
            Kind::WouldWaitForItself => f.write_str(
                "a blocking provider was called on the thread that all of them wait for; call the async provider there",
            ),
            Kind::ShuttingDown => f.write_str("the tokio runtime is shutting down"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting => "waiting for the next attempt",
            Self::SubjectToken => "getting the subject token",
            Self::Exchange => "the exchange",
            Self::Refresh => "the refresh",
        })
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.0.wanted {
            Wanted::AccessToken => "access token for",
            Wanted::ExternalToken => "external token of",
        };
        write!(f, "no {what} {}: ", self.0.name)?;
        self.fmt_reason(f)
    }
}

/// As `Display`.
impl fmt::Debug for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenError({self})")
    }
}

impl Error for TokenError {}
