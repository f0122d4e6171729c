//! Where the time comes from.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::moment::Moment;

/// A boxed future.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where a [`TokenProvider`](crate::TokenProvider) reads the time: [`SystemClock`](crate::SystemClock) unless another
/// is given.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The time on both clocks. Called at every access to a token.
    fn now(&self) -> Moment;

    /// Waits for `duration` on the monotonic clock.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}
