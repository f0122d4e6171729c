//! The faces of the authenticator, as tests see them.

use std::sync::LazyLock;

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use sts_sdk::TokenError;
use sts_sdk::auth::hooks::{self, Takes};
use sts_sdk::auth::{AuthError, Authenticator, AuthenticatorLayer};
use sts_sdk::reqwest::{self, Method};
use tower::{BoxError, Layer, ServiceExt};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    Send,
    Middleware,
    TowerOverReqwest,
    TowerOverHyper,
    Hooks,
}

pub(super) const FACES: [Face; 5] = [
    Face::Send,
    Face::Middleware,
    Face::TowerOverReqwest,
    Face::TowerOverHyper,
    Face::Hooks,
];

/// Keeps no connections, which would be of another test's runtime, and reads no root certificates.
static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
    let builder = reqwest::Client::builder().pool_max_idle_per_host(0);
    builder.tls_certs_only([]).build().unwrap()
});

/// A request to send.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, &'static str)>,
    pub(super) body: Body,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Body {
    Text(&'static str),
    /// One that cannot be copied.
    Stream(&'static str),
}

/// What comes of a request.
#[derive(Debug)]
pub(super) enum Outcome {
    Response(u16, String),
    Token(TokenError),
    Request(String),
}

impl Outcome {
    pub(super) fn status(&self) -> u16 {
        match self {
            Self::Response(status, body) => {
                assert_eq!(body, "what the API says");
                *status
            }
            other => panic!("{other:?}"),
        }
    }
}

pub(super) fn get(url: &str) -> Sent {
    Sent {
        url: format!("{url}/org/v2/environments"),
        headers: Vec::new(),
        body: Body::Text(""),
    }
}

impl Face {
    pub(super) async fn send(self, authenticator: &Authenticator, sent: Sent) -> Outcome {
        match self {
            Self::TowerOverHyper => over_hyper(authenticator, sent).await,
            _ => self.over_reqwest(authenticator, sent).await,
        }
    }

    async fn over_reqwest(self, authenticator: &Authenticator, sent: Sent) -> Outcome {
        let client = CLIENT.clone();
        let mut request = client.request(Method::POST, &sent.url);
        for (name, value) in sent.headers {
            request = request.header(name, value);
        }
        let request = match sent.body {
            Body::Text(text) => request.body(text),
            Body::Stream(text) => request.body(reqwest::Body::wrap(Full::<Bytes>::from(text))),
        };
        let authenticator = authenticator.clone();
        let response = match self {
            Self::Send => match authenticator.send(request).await {
                Ok(response) => response,
                Err(error) => return outcome_of(error),
            },
            Self::Middleware => {
                let builder = reqwest_middleware::ClientBuilder::new(client);
                let client = builder.with(authenticator).build();
                match client.execute(request.build().unwrap()).await {
                    Ok(response) => response,
                    Err(reqwest_middleware::Error::Middleware(error)) => {
                        return Outcome::Token(error.downcast().unwrap());
                    }
                    Err(error) => return Outcome::Request(error.to_string()),
                }
            }
            Self::Hooks => {
                let request = request.build().unwrap();
                let takes = Takes::Either;
                let sent = hooks::exec(&authenticator, &client, request, "read", takes).await;
                if let Some(why) = hooks::not_sent(&sent) {
                    let token = why.token().cloned();
                    return token.map_or_else(|| Outcome::Request(why.to_string()), Outcome::Token);
                }
                match sent {
                    Ok(response) => response,
                    Err(error) => return Outcome::Request(error.to_string()),
                }
            }
            _ => {
                let service = AuthenticatorLayer::new(authenticator).layer(client);
                match service.oneshot(request.build().unwrap()).await {
                    Ok(response) => response,
                    Err(error) => return outcome_of_boxed(error),
                }
            }
        };
        let status = response.status().as_u16();
        Outcome::Response(status, response.text().await.unwrap())
    }
}

async fn over_hyper(authenticator: &Authenticator, sent: Sent) -> Outcome {
    let client = legacy::Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let mut request = http::Request::post(&sent.url);
    for (name, value) in sent.headers {
        request = request.header(name, value);
    }
    let layer = AuthenticatorLayer::new(authenticator.clone());
    let answered = match sent.body {
        Body::Text(text) => {
            let request = request.body(Full::from(text)).unwrap();
            layer.layer(client).oneshot(request).await
        }
        Body::Stream(text) => {
            let request = request.body(Full::from(text)).unwrap();
            layer.sent_once().layer(client).oneshot(request).await
        }
    };
    match answered {
        Ok(response) => {
            let status = response.status().as_u16();
            let body = http_body_util::BodyExt::collect(response.into_body()).await;
            let body = body.unwrap().to_bytes();
            Outcome::Response(status, String::from_utf8(body.to_vec()).unwrap())
        }
        Err(error) => outcome_of_boxed(error),
    }
}

fn outcome_of(error: AuthError) -> Outcome {
    match error {
        AuthError::Token(error) => Outcome::Token(error),
        AuthError::Request(_) => Outcome::Request(error.to_string()),
    }
}

fn outcome_of_boxed(error: BoxError) -> Outcome {
    match error.downcast::<TokenError>() {
        Ok(error) => Outcome::Token(*error),
        Err(error) => Outcome::Request(error.to_string()),
    }
}
