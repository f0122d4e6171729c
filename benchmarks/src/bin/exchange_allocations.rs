//! As `exchange_client`, but counts allocations: `exchange_allocations sts-sdk|reqwest|hyper ADDRESS
//! EXCHANGES`. Prints how many an exchange makes, and how many bytes they have. A program of its own, since
//! counting costs CPU time.

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use sts_sdk_benchmarks::exchange::{self, Failure, Kind};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Exchanges before counting, so that the connection and what is made once are not counted.
const FIRST: u32 = 100;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, address, exchanges] = arguments.as_slice() else {
        return Err("usage: exchange_allocations sts-sdk|reqwest|hyper ADDRESS EXCHANGES".into());
    };
    let exchanges: u32 = exchanges.parse()?;
    let counts = (FIRST, exchanges);
    let kind = Kind::parse(kind)?;
    let (before, after) = exchange::run(kind, address, counts, || ALLOCATOR.stats())?;
    let made = after - before;
    let calls = made.allocations + made.reallocations;
    let each = |count: usize| count / exchanges as usize;
    println!("{} {}", each(calls), each(made.bytes_allocated));
    Ok(())
}
