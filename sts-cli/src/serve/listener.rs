//! Connections.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::sleep;
use tracing::warn;

use super::endpoint::Endpoint;
use crate::failure::Failure;

/// Connections at a time. One more closes the oldest: were it to wait, whoever holds so many would silence the endpoint.
const CONNECTIONS: usize = 64;
/// For the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// For all that follows an answer: what is sent, and the end of the connection.
const SEND_TIME: Duration = Duration::from_secs(10);

/// Listens at `address`, which must be of loopback.
pub(crate) async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    if !address.ip().is_loopback() {
        return Err(Failure::usage(format!(
            "other machines would get at {address}; the endpoint listens on loopback alone, such as 127.0.0.1:0"
        )));
    }
    let cannot = |error| {
        Failure::local(format!(
            "cannot listen on {address}: {error}; choose another port"
        ))
    };
    let listener = TcpListener::bind(address).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    Ok((listener, address))
}

/// Answers requests until it is dropped.
pub(crate) async fn serve(listener: TcpListener, endpoint: Arc<Endpoint>) -> Infallible {
    let mut connections = JoinSet::new();
    // The oldest first.
    let mut order: VecDeque<AbortHandle> = VecDeque::new();
    loop {
        // Those that ended.
        while connections.try_join_next().is_some() {}
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // A connection that is gone already, or no file descriptor is free.
                warn!(%error, "no connection was accepted");
                sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        order.retain(|connection| !connection.is_finished());
        if order.len() >= CONNECTIONS
            && let Some(oldest) = order.pop_front()
        {
            oldest.abort();
        }
        stream.set_nodelay(true).ok();
        let connection = connection(stream, peer, Arc::clone(&endpoint));
        order.push_back(connections.spawn(connection));
    }
}

/// Answers one request, in a time that is limited whatever the client does: for the head of the request and its body, for the
/// token (the deadline), and for what is sent.
async fn connection<S>(stream: S, peer: SocketAddr, endpoint: Arc<Endpoint>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let is_answered = Notify::new();
    let service = service_fn(|request: Request<Incoming>| {
        let answer = endpoint.answer(peer, request);
        async {
            let response = answer.await.into_response();
            is_answered.notify_one();
            Ok::<_, Infallible>(response)
        }
    });
    let mut server = http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .keep_alive(false);
    let whole = server.serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        // What a client does wrong on its connection is its own affair.
        _ = whole => {}
        () = async {
            is_answered.notified().await;
            sleep(SEND_TIME).await;
        } => warn!("a client did not take its answer in time"),
    }
}

#[cfg(test)]
mod tests {
    use sts_sdk::ExternalTokenProvider;
    use sts_sdk::subject_token::StaticToken;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::time::{Instant, timeout};

    use super::*;
    use crate::serve::client::Client;

    const REQUEST: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";

    /// A connection with room for so many bytes on their way.
    fn connected(room: usize) -> (DuplexStream, impl Future<Output = ()>) {
        let source = StaticToken::new("a.b.c");
        let external = ExternalTokenProvider::builder().subject_token(source);
        let client = Client::random().unwrap();
        let endpoint = Endpoint::new(client, external.build().unwrap(), None);
        let (ours, theirs) = duplex(room);
        let peer = SocketAddr::from(([127, 0, 0, 1], 1));
        (ours, connection(theirs, peer, Arc::new(endpoint)))
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_read_is_let_go() {
        let (mut client, served) = connected(64);
        client.write_all(REQUEST).await.unwrap();
        let began = Instant::now();
        timeout(Duration::from_secs(60), served).await.unwrap();
        assert_eq!(began.elapsed().as_secs(), 10);
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 200 ") && answer.len() == 64,
            "{answer}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_sends_no_request_is_let_go() {
        let (mut client, served) = connected(64);
        client.write_all(&REQUEST[..30]).await.unwrap();
        let began = Instant::now();
        timeout(Duration::from_secs(60), served).await.unwrap();
        assert_eq!(began.elapsed().as_secs(), 30);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_sends_no_body_is_told_so() {
        let (mut client, served) = connected(1024);
        let head = "POST /token HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n";
        client.write_all(head.as_bytes()).await.unwrap();
        let began = Instant::now();
        timeout(Duration::from_secs(60), served).await.unwrap();
        assert_eq!(began.elapsed().as_secs(), 10);
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_reads_gets_all_at_once() {
        let (mut client, served) = connected(64);
        let began = Instant::now();
        let mut answer = String::new();
        let asked = async {
            client.write_all(REQUEST).await.unwrap();
            client.read_to_string(&mut answer).await.unwrap();
        };
        tokio::join!(served, asked);
        assert!(answer.ends_with("\r\n\r\nok\n"), "{answer}");
        assert_eq!(began.elapsed(), Duration::ZERO);
    }
}
