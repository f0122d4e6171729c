//! What an exchange leaves in a trace: one span, without bodies or tokens.

use std::time::Duration;

use progenitor_client::OperationInfo;
use reqwest::Request;
use tracing::field::Empty;
use tracing::{Span, info_span};

use super::received::Received;

/// The span of one exchange, its repetition included.
pub(super) fn of(request: &Request, info: &OperationInfo) -> Span {
    info_span!(
        "exchange",
        operation = info.operation_id,
        method = request.method().as_str(),
        host = request.url().host_str(),
        attempt = Empty,
        status = Empty,
        duration_ms = Empty,
        request_id = Empty,
        error = Empty,
    )
}

/// Notes which attempt decided the exchange: the second if the connection of the first was dead.
pub(super) fn decided_by(span: &Span, attempt: u8) {
    span.record("attempt", attempt);
    if attempt > 1 {
        tracing::debug!(parent: span, "the connection ended before a response; repeating on another one");
    }
}

/// Notes how the exchange ended.
pub(super) fn record(span: &Span, outcome: &reqwest::Result<Received>, took: Duration) {
    if span.is_disabled() {
        return;
    }
    span.record(
        "duration_ms",
        u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    );
    match outcome {
        Ok(received) => {
            span.record("status", received.status.as_u16());
            span.record("request_id", received.request_id());
        }
        Err(error) => {
            span.record("error", kind(error));
        }
    }
}

fn kind(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "connect"
    } else {
        "transport"
    }
}
