//! The runtime that commands run on.

use std::future::Future;

use crate::failure::Failure;

/// Runs `future` on a runtime of this one thread.
pub(crate) fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| {
        Failure::local(format!(
            "no runtime can be started: {error}; is there a free file descriptor?"
        ))
    })?;
    let outcome = runtime.block_on(future);
    // A name that is still being looked up is not waited for.
    runtime.shutdown_background();
    outcome
}
