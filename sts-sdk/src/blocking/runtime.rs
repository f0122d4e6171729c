//! The runtime that all blocking providers share.

use std::future::{Future, pending};
use std::pin::pin;
use std::process;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::{self, ThreadId};
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::task::unconstrained;

use crate::build_error::BuildError;

/// The runtime of this process.
static SHARED: Shared = Shared(Mutex::new(None));

/// A runtime, with the id of the process that has its thread.
struct Shared(Mutex<Option<(u32, Runtime)>>);

/// A runtime that a thread of its own drives.
#[derive(Clone, Debug)]
pub(super) struct Runtime {
    handle: Handle,
    /// The thread that drives it.
    driver: ThreadId,
}

/// Why there is no output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoOutput {
    /// It was asked for on the thread that performs the work.
    WouldWaitForItself,
    /// It is not there in time.
    TimedOut,
    /// The work panicked.
    Panicked,
}

impl Shared {
    /// The runtime, which the first call of a `process` starts: after a fork, the child has that of its parent without its
    /// thread.
    fn of(&self, process: u32) -> Result<Runtime, BuildError> {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, runtime)) = shared.as_ref().filter(|(of, _)| *of == process) {
            return Ok(runtime.clone());
        }
        let runtime = Runtime::start()?;
        *shared = Some((process, runtime.clone()));
        Ok(runtime)
    }
}

impl Runtime {
    /// The shared runtime, which the first call starts.
    ///
    /// # Errors
    ///
    /// There is no thread for it.
    pub(super) fn shared() -> Result<Self, BuildError> {
        SHARED.of(process::id())
    }

    fn start() -> Result<Self, BuildError> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| BuildError::runtime(&error))?;
        let handle = runtime.handle().clone();
        let driver = thread::Builder::new().name("sts-blocking".to_owned());
        let driver = driver.spawn(move || runtime.block_on(pending::<()>()));
        let driver = driver.map_err(|error| BuildError::runtime(&error))?;
        let driver = driver.thread().id();
        Ok(Self { handle, driver })
    }

    /// What `work` returns within the runtime, without waiting.
    pub(super) fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        let _entered = self.handle.enter();
        work()
    }

    /// The output of `work`, if it is there at once. Whatever it starts runs on this runtime.
    pub(super) fn at_once<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.within(|| {
            // The task that this is called from may have used up its turn, which is none of the work's business.
            let work = pin!(unconstrained(work));
            match work.poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(output) => Some(output),
                Poll::Pending => None,
            }
        })
    }

    /// The output of `work`, which the runtime's thread performs.
    pub(super) fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
        timeout: Duration,
    ) -> Result<T, NoOutput> {
        // Not by the handle: who has entered the runtime on another thread may wait.
        if thread::current().id() == self.driver {
            return Err(NoOutput::WouldWaitForItself);
        }
        let (sender, output) = mpsc::sync_channel(1);
        self.handle.spawn(async move {
            // One who has stopped waiting does not want it.
            _ = sender.try_send(work.await);
        });
        output.recv_timeout(timeout).map_err(|error| match error {
            RecvTimeoutError::Timeout => NoOutput::TimedOut,
            RecvTimeoutError::Disconnected => NoOutput::Panicked,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_process_has_one_runtime_and_a_child_starts_its_own() {
        let shared = Shared(Mutex::new(None));
        let parent = shared.of(1).unwrap();
        assert_eq!(shared.of(1).unwrap().handle.id(), parent.handle.id());
        let child = shared.of(2).unwrap();
        assert_ne!(child.handle.id(), parent.handle.id());
        assert_eq!(shared.of(2).unwrap().handle.id(), child.handle.id());
        assert_eq!(child.wait(async {}, LONG), Ok(()));
    }

    #[test]
    fn there_is_no_output_for_one_of_three_reasons() {
        let runtime = Runtime::start().unwrap();
        let inner = runtime.clone();
        let nested = runtime.wait(async move { inner.wait(async {}, LONG) }, LONG);
        assert_eq!(nested, Ok(Err(NoOutput::WouldWaitForItself)));
        let panicked = runtime.wait(async { panic!("as the test wants it") }, LONG);
        assert_eq!(panicked, Err::<(), _>(NoOutput::Panicked));
        let late = runtime.wait(pending::<()>(), Duration::ZERO);
        assert_eq!(late, Err(NoOutput::TimedOut));
        // A thread that has entered it may wait for it.
        let outer = runtime.clone();
        let entered = runtime.within(|| outer.wait(async {}, LONG));
        assert_eq!(entered, Ok(()));
    }
}
