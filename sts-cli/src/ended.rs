//! Being told to end.

use std::future::Future;
use std::io;

use tokio::signal::unix::{SignalKind, signal};

use crate::failure::Failure;

/// Resolves when this process is told to end: Ctrl-C, SIGTERM, or the terminal's end.
pub(crate) fn ended() -> Result<impl Future<Output = ()>, Failure> {
    let cannot =
        |error: io::Error| Failure::local(format!("signals cannot be waited for: {error}"));
    let mut interrupted = signal(SignalKind::interrupt()).map_err(cannot)?;
    let mut terminated = signal(SignalKind::terminate()).map_err(cannot)?;
    let mut hung_up = signal(SignalKind::hangup()).map_err(cannot)?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
            _ = hung_up.recv() => {}
        }
    })
}
