use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use bytes::Bytes;
use serde_json::json;

use super::body::FaultyBody;
use super::fault::{Fault, FaultBody};
use crate::random::hexadecimal;
use crate::specification::{Problem, Specification};

/// The answer to a request that a fault with a status keeps from being carried out.
pub(crate) fn answer(
    fault: &Fault,
    status: u16,
    path: &str,
    specification: &Specification,
) -> Response<Bytes> {
    let reason = StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason());
    let reason = reason.unwrap_or("Fault");
    let (content_type, body) = match fault.body.clone().unwrap_or_default() {
        FaultBody::Errors => {
            let problem = Problem::new(
                "injected_fault",
                "Injected Fault",
                format!("{status} {reason}, as a fault demands"),
            );
            (
                "application/json".to_owned(),
                specification.failure(status, &[problem]).to_string(),
            )
        }
        FaultBody::Error2025 => {
            let body = json!({
                "status": status,
                "error": {
                    "code": "INJECTED_FAULT",
                    "message": format!("{status} {reason}"),
                    "details": "A fault demands it",
                    "path": path,
                    "suggestion": "Clear the faults",
                },
                "requestId": hexadecimal::<16>(),
            });
            ("application/json".to_owned(), body.to_string())
        }
        FaultBody::Html => {
            let page = format!(
                "<html>\r\n<head><title>{status} {reason}</title></head>\r\n<body>\r\n<center><h1>{status} {reason}</h1></center>\r\n<hr><center>proxy</center>\r\n</body>\r\n</html>\r\n"
            );
            ("text/html".to_owned(), page)
        }
        FaultBody::Empty => (String::new(), String::new()),
        FaultBody::Text { content_type, text } => (content_type, text),
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // What a service answers has an id, and what a proxy answers for it has none.
    let service = matches!(fault.body, None | Some(FaultBody::Errors));
    if service
        && specification.has_header(status, "X-Request-Id")
        && let Ok(id) = HeaderValue::try_from(hexadecimal::<16>())
    {
        let name = HeaderName::from_static("x-request-id");
        response.headers_mut().insert(name, id);
    }
    if let Ok(value) = HeaderValue::try_from(content_type)
        && !value.is_empty()
    {
        response.headers_mut().insert(CONTENT_TYPE, value);
    }
    response
}

/// What a fault does to an answer on its way out.
pub(crate) fn finish(fault: Option<&Fault>, response: Response<Bytes>) -> Response<Body> {
    let Some(fault) = fault else {
        return response.map(Body::from);
    };
    let mut response = response;
    for (name, value) in &fault.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.map(|bytes| match (fault.truncate, fault.slow_ms) {
        (Some(after), _) => Body::new(FaultyBody::truncated(bytes, after)),
        (None, Some(pause)) => Body::new(FaultyBody::slow(bytes, Duration::from_millis(pause))),
        (None, None) => Body::from(bytes),
    })
}
