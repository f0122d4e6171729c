//! What is asked for, and what is answered.

use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::Body;
use hyper::header::HOST;
use hyper::{HeaderMap, Method, Request, StatusCode};
use sts_sdk::{ExternalTokenProvider, TokenProvider};
use tokio::time::timeout;
use tracing::info;

use super::answer::Answer;
use super::client::Client;
use super::form;
use super::policy::Policy;

const EXTERNAL: &str = "/token";
const ACCESS: &str = "/sts/token";
const HEALTH: &str = "/healthz";
const BODY_LIMIT: usize = 16 * 1024;
/// For the body of a request.
const BODY_TIME: Duration = Duration::from_secs(10);

/// A token endpoint.
pub(crate) struct Endpoint {
    client: Client,
    external: Policy,
    /// `None` without an identity pool.
    access: Option<Policy>,
}

/// Where a token endpoint is reached, and by whom.
pub(crate) struct Place<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) client: &'a Client,
    has_access: bool,
}

impl Place<'_> {
    /// Where external tokens are to be had.
    pub(crate) fn token_url(&self) -> String {
        format!("http://{}{EXTERNAL}", self.address)
    }

    /// Where access tokens of STS are to be had.
    pub(crate) fn access_token_url(&self) -> Option<String> {
        self.has_access
            .then(|| format!("http://{}{ACCESS}", self.address))
    }
}

impl Endpoint {
    pub(crate) fn new(
        client: Client,
        external: ExternalTokenProvider,
        access: Option<TokenProvider>,
    ) -> Self {
        Self {
            client,
            external: Policy::new(external),
            access: access.map(Policy::new),
        }
    }

    pub(crate) fn place(&self, address: SocketAddr) -> Place<'_> {
        Place {
            address,
            client: &self.client,
            has_access: self.access.is_some(),
        }
    }

    /// Answers one request, and logs it: no secret, and nothing that a client sends.
    pub(crate) async fn answer<B>(&self, peer: SocketAddr, request: Request<B>) -> Answer
    where
        B: Body<Error: std::error::Error + Send + Sync + 'static>,
    {
        let path = match request.uri().path() {
            known @ (EXTERNAL | ACCESS | HEALTH) => known.to_owned(),
            _ => "another path".to_owned(),
        };
        let method = match *request.method() {
            Method::GET => "GET",
            Method::POST => "POST",
            _ => "another method",
        };
        let answer = self.answer_of(peer, request).await;
        info!(
            status = answer.status.as_u16(),
            outcome = answer.outcome,
            "{method} {path}"
        );
        answer
    }

    async fn answer_of<B>(&self, peer: SocketAddr, request: Request<B>) -> Answer
    where
        B: Body<Error: std::error::Error + Send + Sync + 'static>,
    {
        if !peer.ip().is_loopback() || !is_for_loopback(request.headers()) {
            return Answer::text(
                StatusCode::FORBIDDEN,
                "this is for programs on this machine, under a name of loopback",
            );
        }
        let (head, body) = request.into_parts();
        let policy = match (head.uri.path(), &self.access) {
            (HEALTH, _) if matches!(head.method, Method::GET | Method::HEAD) => {
                return Answer::text(StatusCode::OK, "ok");
            }
            (HEALTH, _) => return Answer::not_allowed("GET, HEAD"),
            (EXTERNAL, _) => (&self.external, "external token"),
            (ACCESS, Some(access)) => (access, "access token"),
            (ACCESS, None) => {
                return Answer::text(
                    StatusCode::NOT_FOUND,
                    "there is no identity pool to exchange with",
                );
            }
            _ => return Answer::text(StatusCode::NOT_FOUND, "there is nothing here"),
        };
        if head.method != Method::POST {
            return Answer::not_allowed("POST");
        }
        let read = timeout(BODY_TIME, Limited::new(body, BODY_LIMIT).collect());
        let Ok(Ok(body)) = read.await.map(|body| body.map_err(|_| ())) else {
            return Answer::wrong(
                "invalid_request",
                "the body is too long, took too long or broke off",
            );
        };
        let asked = match form::read(&head.headers, &body.to_bytes()) {
            Ok(asked) => asked,
            Err((code, why)) => return Answer::wrong(code, why),
        };
        // All are compared, whichever is right.
        let is_known = asked.clients.iter().fold(false, |known, (id, secret)| {
            known | self.client.is(id, secret.expose_secret())
        });
        if !is_known {
            return Answer::wrong("invalid_client", "the client's id or secret is wrong");
        }
        if asked.grant_type != "client_credentials" {
            return Answer::wrong(
                "unsupported_grant_type",
                "grant_type must be client_credentials",
            );
        }
        let (policy, what) = policy;
        match policy.token().await {
            Ok(token) => Answer::token(&token, what),
            Err(error) => Answer::failed(&error),
        }
    }
}

/// Whether the name under which the client came here is one of loopback. A page in a browser gets to 127.0.0.1 under a name
/// of its own.
fn is_for_loopback(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST).and_then(|host| host.to_str().ok()) else {
        return false;
    };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_loopback_alone_lead_here() {
        let host = |name: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, name.parse().unwrap());
            is_for_loopback(&headers)
        };
        for name in [
            "127.0.0.1",
            "127.0.0.1:80",
            "localhost:80",
            "LOCALHOST",
            "[::1]:80",
            "[::1]",
            "127.1.2.3",
        ] {
            assert!(host(name), "{name}");
        }
        for name in [
            "evil.example",
            "10.0.0.1:80",
            "localhost.evil.example",
            "[::2]:80",
            "0.0.0.0",
            "",
        ] {
            assert!(!host(name), "{name}");
        }
        assert!(!is_for_loopback(&HeaderMap::new()));
    }
}
