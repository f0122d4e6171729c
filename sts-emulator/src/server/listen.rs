use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::connection::{Connection, Peer};

/// What clients may take of the emulator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Connections at a time; others wait to be accepted.
    pub(crate) connections: usize,
    /// For the head of a request, and between requests.
    pub(crate) time: Duration,
}

/// Accepts connections until it is dropped, and ends them with it.
pub(crate) async fn serve(listener: TcpListener, router: Router, limits: Limits) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    loop {
        // Those that ended.
        while connections.try_join_next().is_some() {}
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let (stream, address) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // A connection that is gone already, or no file descriptor is free.
                tracing::warn!(%error, "no connection was accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        stream.set_nodelay(true).ok();
        let peer = Peer::new(address);
        let router = TowerToHyperService::new(router.clone());
        connections.spawn(async move {
            let _place = place;
            let service = service_fn(|mut request: hyper::Request<hyper::body::Incoming>| {
                request.extensions_mut().insert(peer.clone());
                router.call(request)
            });
            let mut server = hyper::server::conn::http1::Builder::new();
            server
                .timer(TokioTimer::new())
                .header_read_timeout(limits.time);
            let connection = TokioIo::new(Connection::new(stream, peer.clone()));
            let connection = server.serve_connection(connection, service);
            tokio::select! {
                // What a client does wrong on its connection is its own affair.
                _ = connection => {}
                () = peer.reset_wanted() => {}
            }
        });
    }
}
