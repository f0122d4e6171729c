//! What goes wrong between this process and the agent, and what to do.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, ErrorKind};

use spiffe::WorkloadApiError;
use spiffe::transport::{GrpcStatusCode, TransportError};

use crate::redact::causes;
use crate::subject_token::error::SubjectTokenError;

/// What a workload without an identity lacks.
const ENTRY: &str = "create a registration entry whose selectors match this process";

/// No connection to `agent`.
pub(super) fn unreachable(agent: &impl Display, error: &WorkloadApiError) -> SubjectTokenError {
    let cause = innermost(error);
    let kind = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>());
    let kind = kind.map(io::Error::kind);
    let what_to_do = match kind {
        Some(ErrorKind::NotFound) => {
            "there is no such socket; start the agent, or mount its socket into the container"
        }
        Some(ErrorKind::ConnectionRefused) => "nobody listens there; start the agent",
        Some(ErrorKind::PermissionDenied) => "the socket may not be opened; let this user open it",
        _ if matches!(
            error,
            WorkloadApiError::Transport(TransportError::UnsupportedEndpointTransport { .. })
        ) =>
        {
            "this platform has no such sockets; use tcp:// with a loopback address"
        }
        _ => "check that the agent listens there",
    };
    let why = format!("{agent} cannot be connected to: {what_to_do}: {cause}");
    if kind.is_none() || kind == Some(ErrorKind::PermissionDenied) {
        SubjectTokenError::permanent(why)
    } else {
        // Agents come and go as a machine or a pod starts.
        SubjectTokenError::transient(why)
    }
}

/// An answer of `agent` other than a token, or a connection that was lost meanwhile.
///
/// Which of them are transient is said by the specification (The SPIFFE Workload Endpoint, appendix A).
pub(super) fn refused(agent: &impl Display, error: &WorkloadApiError) -> SubjectTokenError {
    let answered = |what: &str, said: &str, what_to_do: &str| {
        let mut why = format!("{agent} answered {what}");
        for part in [said, what_to_do] {
            if !part.is_empty() {
                why = format!("{why}: {part}");
            }
        }
        why
    };
    match error {
        WorkloadApiError::NoIdentityIssued => {
            let why = answered("permission denied", "no identity issued", ENTRY);
            SubjectTokenError::transient(why)
        }
        WorkloadApiError::PermissionDenied(said) => {
            SubjectTokenError::transient(answered("permission denied", said, ENTRY))
        }
        WorkloadApiError::Transport(TransportError::Status(status)) => {
            let code = status.code().as_str().replace('_', " ");
            let (transient, what_to_do) = match status.code() {
                GrpcStatusCode::InvalidArgument => (
                    false,
                    "check the audience, and the SPIFFE ID that is asked for",
                ),
                GrpcStatusCode::Unimplemented => (false, "turn on JWT-SVIDs at the agent"),
                GrpcStatusCode::AlreadyExists
                | GrpcStatusCode::FailedPrecondition
                | GrpcStatusCode::NotFound
                | GrpcStatusCode::OutOfRange
                | GrpcStatusCode::Unauthenticated => (false, ""),
                _ => (true, ""),
            };
            // A status that no agent sent has a cause beyond itself.
            let why = match causes(status).nth(2) {
                Some(_) => format!("{agent} did not answer: {}", innermost(status)),
                None => answered(&code, status.message(), what_to_do),
            };
            if transient {
                SubjectTokenError::transient(why)
            } else {
                SubjectTokenError::permanent(why)
            }
        }
        // What is missing in an answer, by its name in the specification.
        _ => SubjectTokenError::permanent(format!("{agent} answered without a JWT-SVID: {error}")),
    }
}

/// What happened; the errors around it say that a call failed.
fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}
