//! What caches are made of.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use arc_swap::ArcSwap;
use bytes::Bytes;
use rustix::time::{ClockId, clock_gettime};
use sts_sdk_benchmarks::token;
use tokio::sync::RwLock;

use super::{Visitor, ready};

pub(super) fn visit(visitor: &mut impl Visitor) {
    visitor.visit("nothing", || ());
    visitor.visit("clock read", Instant::now);

    let swap = ArcSwap::from_pointee(token::jwt());
    visitor.visit("arc-swap guard", || swap.load());
    visitor.visit("arc-swap guard + clock read", || {
        (swap.load(), Instant::now())
    });

    // Linux's cheaper clocks, of which our provider reads both.
    let coarse = || {
        let monotonic = clock_gettime(ClockId::MonotonicCoarse);
        (monotonic, clock_gettime(ClockId::RealtimeCoarse))
    };
    visitor.visit("two coarse clock reads", coarse);
    visitor.visit("arc-swap guard + two coarse clock reads", || {
        (swap.load(), coarse())
    });

    let shared = Arc::new(token::jwt());
    visitor.visit("Arc clone", || Arc::clone(black_box(&shared)));
    let bytes = Bytes::from(token::jwt());
    visitor.visit("Bytes clone", || black_box(&bytes).clone());

    let lock = RwLock::new(shared);
    visitor.visit("tokio RwLock read + Arc clone", || {
        ready(async { Arc::clone(&*lock.read().await) })
    });
}
