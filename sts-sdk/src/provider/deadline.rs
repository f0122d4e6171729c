//! Work that must end in time.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

/// The output of `work`, or `None` if `deadline` ends first.
pub(super) async fn before<T>(
    deadline: impl Future<Output = ()>,
    work: impl Future<Output = T>,
) -> Option<T> {
    let (mut deadline, mut work) = (pin!(deadline), pin!(work));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => deadline.as_mut().poll(context).map(|()| None),
    })
    .await
}
