//! What the generated client does before, for and after a request: progenitor's hooks.

use progenitor_client::{ClientHooks, Error, OperationInfo};
use reqwest::header::HeaderMap;
use reqwest::{Request, Response, StatusCode};

use super::operation::{is_exchange, send};
use super::rejected::Rejected;
use super::reply;
use crate::failure::said;
use crate::generated::{Client, types::Failure};
use crate::transport::{Notes, Received, Transport};

impl ClientHooks<Transport> for Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), Error<E>> {
        self.inner.prepare(request).map_err(Error::InvalidRequest)
    }

    /// Hands progenitor only bodies that it can read: for any other, its errors lose status and headers, and
    /// print the body.
    async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
        let Received {
            status,
            headers,
            body,
            notes,
        } = send(self, request, info).await?;
        let mut body = body.map_err(Rejected::from);
        if status.is_client_error() || status.is_server_error() {
            body = body.and_then(|body| readable(status, body, &notes));
        }
        if is_exchange(info) && status == StatusCode::OK {
            body = body.and_then(|body| {
                reply::read(&headers, &body)?;
                Ok(body)
            });
        }
        Ok(response(status, headers, body))
    }

    /// Makes an error of a response that was not taken. Its body is not kept.
    async fn post<E>(
        &self,
        result: &reqwest::Result<Response>,
        _: &OperationInfo,
    ) -> Result<(), Error<E>> {
        let Ok(taken) = result else {
            return Ok(());
        };
        let Some(why) = taken.extensions().get::<Rejected>() else {
            return Ok(());
        };
        let rejected = response(taken.status(), taken.headers().clone(), Err(why.clone()));
        Err(Error::UnexpectedResponse(rejected))
    }
}

/// The body of a 4xx or 5xx, if progenitor can read it.
pub(super) fn readable(
    status: StatusCode,
    body: Vec<u8>,
    notes: &Notes,
) -> Result<Vec<u8>, Rejected> {
    match serde_json::from_slice::<Failure>(&body) {
        Ok(_) => Ok(body),
        Err(_) => Err(Rejected::Failure(said(status, &body, notes))),
    }
}

/// A response for progenitor, which reads the body. Why it was not taken lies among the extensions, where
/// [`ExchangeError`](super::ExchangeError) finds it.
pub(super) fn response(
    status: StatusCode,
    headers: HeaderMap,
    body: Result<Vec<u8>, Rejected>,
) -> Response {
    let mut response = http::Response::new(Vec::new());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    match body {
        Ok(body) => *response.body_mut() = body,
        Err(why) => {
            response.extensions_mut().insert(why);
        }
    }
    response.into()
}
