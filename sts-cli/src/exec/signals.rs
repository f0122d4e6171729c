//! Signals that this process gets while the child runs.

use std::convert::Infallible;
use std::io;
use std::task::Poll;

use rustix::process::Signal;
use tokio::signal::unix::{self, SignalKind, signal};

use super::child::Handle;
use crate::failure::Failure;
use crate::ignored::Ignored;

/// What a terminal sends to all processes in its foreground. SIGHUP is none of it: a terminal that goes away sends that to
/// the leader of its session alone.
const OF_TERMINALS: [Signal; 2] = [Signal::INT, Signal::QUIT];
/// What asks a process to end. The others mean something to the child alone.
const ENDING: [Signal; 4] = [Signal::INT, Signal::QUIT, Signal::HUP, Signal::TERM];
const OTHERS: [Signal; 4] = [Signal::TERM, Signal::HUP, Signal::USR1, Signal::USR2];

/// The signals that do not end this process from now on, and whether they are passed on.
pub(super) struct Signals(Vec<Caught>);

struct Caught {
    signal: Signal,
    arrivals: unix::Signal,
    is_passed_on: bool,
}

impl Signals {
    /// A child in the foreground of a terminal gets from it what this process gets: passed on, it would be there twice, and
    /// some programs take a second SIGINT as an order to drop everything.
    pub(super) fn new(on_terminal: bool) -> Result<Self, Failure> {
        let ignored = Ignored::read();
        let all = OF_TERMINALS.iter().chain(&OTHERS);
        let caught = all.filter(|signal| !ignored.has(**signal)).map(|caught| {
            Ok(Caught {
                signal: *caught,
                arrivals: signal(SignalKind::from_raw(caught.as_raw()))?,
                is_passed_on: !(on_terminal && OF_TERMINALS.contains(caught)),
            })
        });
        let caught: Result<Vec<Caught>, io::Error> = caught.collect();
        let cannot = |error| Failure::local(format!("signals cannot be waited for: {error}"));
        Ok(Self(caught.map_err(cannot)?))
    }

    /// Waits for one that asks a process to end.
    pub(super) async fn ending(&mut self) -> Signal {
        std::future::poll_fn(|context| {
            for caught in &mut self.0 {
                // Polled until there is none, or nobody is told of the next.
                while caught.arrivals.poll_recv(context).is_ready() {
                    if ENDING.contains(&caught.signal) {
                        return Poll::Ready(caught.signal);
                    }
                }
            }
            Poll::Pending
        })
        .await
    }

    /// Passes them on to the child.
    pub(super) async fn pass_on(&mut self, child: &Handle) -> Infallible {
        std::future::poll_fn(|context| {
            for caught in &mut self.0 {
                while caught.arrivals.poll_recv(context).is_ready() {
                    if caught.is_passed_on {
                        child.send_to_group(caught.signal);
                    }
                }
            }
            Poll::Pending
        })
        .await
    }
}
