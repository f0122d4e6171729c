//! `hyper` on one connection, without what a client adds: no pool, no URL, no time-out.

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use hyper::{Method, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::wire::{self, PATH, Reply};
use super::{Exchange, Failure};

pub(super) struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: HeaderValue,
}

impl Client {
    pub(super) async fn connect(address: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let host = HeaderValue::try_from(address)?;
        Ok(Self { sender, host })
    }
}

impl Exchange for Client {
    async fn exchange(&mut self, subject_token: &str) -> Result<usize, Failure> {
        let form = serde_urlencoded::to_string(wire::Request::new(subject_token))?;
        let request = hyper::Request::builder()
            .method(Method::POST)
            .uri(PATH)
            .header(HOST, self.host.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(USER_AGENT, HeaderValue::from_static(wire::USER_AGENT))
            .header(
                CONTENT_TYPE,
                HeaderValue::from_static("application/x-www-form-urlencoded"),
            )
            .body(Full::from(form))?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        if response.status() != StatusCode::OK {
            return Err("the server did not answer with 200".into());
        }
        let body = response.into_body().collect().await?.to_bytes();
        let reply: Reply = serde_json::from_slice(&body)?;
        Ok(reply.access_token.len())
    }
}
