//! The runtime that all blocking providers share.

use std::future::{Future, pending};
use std::pin::pin;
use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::task::unconstrained;

use crate::build_error::BuildError;

/// The runtime of this process.
static SHARED: Mutex<Option<Handle>> = Mutex::new(None);

/// A runtime that a thread of its own drives.
#[derive(Clone, Debug)]
pub(super) struct Runtime(Handle);

impl Runtime {
    /// The shared runtime, which the first call starts.
    ///
    /// # Errors
    ///
    /// There is no thread for it.
    pub(super) fn shared() -> Result<Self, BuildError> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = &*shared {
            return Ok(Self(handle.clone()));
        }
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| BuildError::runtime(&error))?;
        let handle = runtime.handle().clone();
        let driver = thread::Builder::new().name("sts-blocking".to_owned());
        let driver = driver.spawn(move || runtime.block_on(pending::<()>()));
        driver.map_err(|error| BuildError::runtime(&error))?;
        *shared = Some(handle.clone());
        Ok(Self(handle))
    }

    /// What `work` returns within the runtime, without waiting.
    pub(super) fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        let _entered = self.0.enter();
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

    /// The output of `work`, which the runtime's thread performs; `None` if there is none in time.
    pub(super) fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
        timeout: Duration,
    ) -> Option<T> {
        let (sender, output) = mpsc::sync_channel(1);
        self.0.spawn(async move {
            // One who has stopped waiting does not want it.
            _ = sender.try_send(work.await);
        });
        output.recv_timeout(timeout).ok()
    }
}
