//! As `request_client`, but counts allocations: `request_allocations KIND ADDRESS REQUESTS`. Prints how many a request
//! makes, and how many bytes they have.

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use sts_sdk_benchmarks::exchange::Failure;
use sts_sdk_benchmarks::request;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Requests before counting, so that the connection and what is made once are not counted.
const FIRST: u32 = 100;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, address, requests] = arguments.as_slice() else {
        return Err("usage: request_allocations KIND ADDRESS REQUESTS".into());
    };
    let requests: u32 = requests.parse()?;
    let (before, after) = request::run(kind, address, (FIRST, requests), || ALLOCATOR.stats())?;
    let made = after - before;
    let calls = made.allocations + made.reallocations;
    let each = |count: usize| count / requests as usize;
    println!("{} {}", each(calls), each(made.bytes_allocated));
    Ok(())
}
