use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// Who sent a request, and the way to reset the connection that it came on.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    reset: Arc<Reset>,
}

#[derive(Debug, Default)]
struct Reset {
    wanted: AtomicBool,
    notify: Notify,
}

impl Peer {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let reset = Arc::default();
        Self { address, reset }
    }

    /// Has the connection reset. Whoever works on a request of it is dropped.
    pub(crate) fn reset(&self) {
        self.reset.wanted.store(true, Ordering::Release);
        self.reset.notify.notify_one();
    }

    /// Returns when the connection is to be reset.
    pub(crate) async fn reset_wanted(&self) {
        self.reset.notify.notified().await;
    }
}

/// A connection that is reset when it is dropped, if that is wanted, and closed otherwise.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    peer: Peer,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, peer: Peer) -> Self {
        Self { stream, peer }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.peer.reset.wanted.load(Ordering::Acquire) {
            // A socket that does not linger sends RST as it is closed.
            self.stream.set_zero_linger().ok();
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, into)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
