//! What is measured: one call that gets a token which is already there.

mod aws;
mod azure;
mod floor;
mod google;
mod ours;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use tokio::runtime::Runtime;

/// Takes each subject. A method with a type parameter, so that calls can be inlined as in a program.
pub(crate) trait Visitor {
    fn visit<R>(&mut self, name: &str, call: impl Fn() -> R + Sync);
}

/// Shows every subject to `visitor`. `runtime` drives what subjects do in the background.
pub(crate) fn visit_all(runtime: &Runtime, visitor: &mut impl Visitor) {
    floor::visit(visitor);
    ours::visit(runtime, visitor);
    google::visit(runtime, visitor);
    azure::visit(visitor);
    aws::visit(visitor);
}

/// The output of a future that is ready, with one poll: what awaiting it costs, and no runtime.
fn ready<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a cached token is not ready at the first poll"),
    }
}
