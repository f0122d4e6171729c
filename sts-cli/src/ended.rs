//! Being told to end.

use std::future::{Future, poll_fn};
use std::io;
use std::task::Poll;

use rustix::process::Signal;
use tokio::signal::unix::{self, SignalKind, signal};

use crate::failure::Failure;
use crate::ignored::Ignored;

/// Resolves when this process is told to end: Ctrl-C, SIGTERM, or the terminal's end. One that it was started to ignore does
/// nothing, as beneath `nohup`.
pub(crate) fn ended() -> Result<impl Future<Output = ()>, Failure> {
    let ignored = Ignored::read();
    let all = [Signal::INT, Signal::TERM, Signal::HUP].into_iter();
    let arrivals = all
        .filter(|each| !ignored.has(*each))
        .map(|each| signal(SignalKind::from_raw(each.as_raw())));
    let arrivals: Result<Vec<unix::Signal>, io::Error> = arrivals.collect();
    let cannot = |error| Failure::local(format!("signals cannot be waited for: {error}"));
    let mut arrivals = arrivals.map_err(cannot)?;
    Ok(poll_fn(move |context| {
        let mut arrivals = arrivals.iter_mut();
        if arrivals.any(|signal| signal.poll_recv(context).is_ready()) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }))
}
