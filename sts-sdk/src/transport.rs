//! The rules of the wire, whatever operation is called.

use progenitor_client::{ClientHooks, ClientInfo, Error, OperationInfo};
use reqwest::header::{HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Request, Response};

use crate::generated::{Client, types};

/// How requests are sent and responses received. Part of a [`Client`], made by its constructors.
#[derive(Clone, Debug, Default)]
pub struct Transport(());

/// Left on a response that is not what the specification promises.
#[derive(Clone)]
struct Unexpected;

impl ClientHooks<Transport> for Client {
    /// Sends the headers of the specification and a `user-agent`, nothing else.
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), Error<E>> {
        let headers = request.headers_mut();
        // Progenitor adds it; the specification does not know it.
        headers.remove(HeaderName::from_static("api-version"));
        headers.insert(
            USER_AGENT,
            HeaderValue::from_static(concat!("sts-sdk/", env!("CARGO_PKG_VERSION"))),
        );
        Ok(())
    }

    /// Hands progenitor only bodies that it can read: its errors print those that it cannot.
    async fn exec(&self, request: Request, _: &OperationInfo) -> reqwest::Result<Response> {
        let response = self.client().execute(request).await?;
        let (status, version) = (response.status(), response.version());
        let headers = response.headers().clone();
        let mut body = response.bytes().await?;

        let mut unexpected = false;
        if status.is_client_error() || status.is_server_error() {
            if serde_json::from_slice::<types::Failure>(&body).is_err() {
                body = r#"{"errors":[]}"#.into();
            }
        } else if serde_json::from_slice::<types::StsV1TokenExchangeReply>(&body).is_err() {
            unexpected = true;
        }

        let mut rebuilt = http::Response::new(body);
        *rebuilt.status_mut() = status;
        *rebuilt.version_mut() = version;
        *rebuilt.headers_mut() = headers;
        if unexpected {
            rebuilt.extensions_mut().insert(Unexpected);
        }
        Ok(rebuilt.into())
    }

    async fn post<E>(
        &self,
        result: &reqwest::Result<Response>,
        _: &OperationInfo,
    ) -> Result<(), Error<E>> {
        match result {
            Ok(response) if response.extensions().get::<Unexpected>().is_some() => {
                Err(Error::Custom(format!(
                    "{}: the body is not a token exchange reply",
                    response.status()
                )))
            }
            _ => Ok(()),
        }
    }
}
