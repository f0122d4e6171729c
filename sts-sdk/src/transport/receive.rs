//! Receiving a response.

use reqwest::Response;

use super::body;
use super::received::{Notes, Received, Refused, Responses};
use crate::redact::{Credentials, redact_headers};

/// What some servers put before UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Reads the `response` to the request of `form`, as far as `responses` and the limit, in bytes, allow.
pub(super) async fn receive(
    mut response: Response,
    form: &[u8],
    limit: usize,
    responses: Responses,
) -> Received {
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        // What arrived of the body is better than nothing.
        let (body, _) = body::read(&mut response, limit).await;
        let headers = std::mem::take(response.headers_mut());
        let credentials = Credentials::of_form(form);
        let body = (responses.failure)(status, &headers, body, &credentials);
        return Received {
            status,
            headers: redact_headers(headers, form),
            body: Ok(body.json),
            notes: body.notes,
        };
    }
    if status.is_redirection() {
        return refuse(response, form, Refused::Redirect);
    }
    if responses.success.is_some_and(|only| only != status) {
        return refuse(response, form, Refused::Status);
    }
    let (mut body, stopped) = body::read(&mut response, limit).await;
    if body.starts_with(BOM) {
        body.drain(..BOM.len());
    }
    Received {
        status,
        headers: redact_headers(std::mem::take(response.headers_mut()), form),
        body: match stopped {
            Some(stopped) => Err(Refused::Body(stopped)),
            None => Ok(body),
        },
        notes: Notes::default(),
    }
}

/// A response whose body is not read.
pub(super) fn refuse(mut response: Response, form: &[u8], why: Refused) -> Received {
    Received {
        status: response.status(),
        headers: redact_headers(std::mem::take(response.headers_mut()), form),
        body: Err(why),
        notes: Notes::default(),
    }
}
