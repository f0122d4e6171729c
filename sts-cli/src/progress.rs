//! What is waited for, on a terminal.

use std::future::Future;
use std::io::{IsTerminal, Write, stderr};
use std::pin::pin;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, sleep};

/// How long nothing is said: most waits are shorter.
const QUIET: Duration = Duration::from_millis(300);
const FRAME: Duration = Duration::from_millis(100);
const FRAMES: [char; 4] = ['|', '/', '-', '\\'];

/// Waits for `future`. On a terminal that may be drawn on, says what for, and takes it back in the end.
pub(crate) async fn during<T>(what: &str, future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    if !stderr().is_terminal() || std::env::var_os("TERM").is_none_or(|kind| kind == "dumb") {
        return future.await;
    }
    tokio::select! {
        outcome = &mut future => return outcome,
        () = sleep(QUIET) => {}
    }
    let mut frames = interval(FRAME);
    frames.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for frame in FRAMES.iter().cycle() {
        tokio::select! {
            outcome = &mut future => {
                write!(stderr(), "\r\x1b[K").ok();
                return outcome;
            }
            _ = frames.tick() => {
                write!(stderr(), "\r{frame} waiting for {what}\x1b[K").ok();
            }
        }
    }
    future.await
}
