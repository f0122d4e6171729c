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
use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinSet};
use tracing::warn;

use super::endpoint::Endpoint;
use crate::failure::Failure;

/// Connections at a time. One more closes the oldest: were it to wait, whoever holds so many would silence the endpoint.
const CONNECTIONS: usize = 64;
/// For the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(30);

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
                tokio::time::sleep(Duration::from_millis(50)).await;
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
        let endpoint = Arc::clone(&endpoint);
        order.push_back(
            connections.spawn(async move {
                let service = service_fn(|request: Request<Incoming>| {
                    let endpoint = Arc::clone(&endpoint);
                    async move {
                        Ok::<_, Infallible>(endpoint.answer(peer, request).await.into_response())
                    }
                });
                let mut server = http1::Builder::new();
                server
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEAD_TIME);
                // One answer each, which the kernel takes whole whether it is read or not.
                server.keep_alive(false);
                // What a client does wrong on its connection is its own affair.
                server
                    .serve_connection(TokioIo::new(stream), service)
                    .await
                    .ok();
            }),
        );
    }
}
