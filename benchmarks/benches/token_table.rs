//! Prints the medians that the benchmark `token` left in `CRITERION_HOME`, and what the same calls allocate.
//! A program of its own, since counting costs time.

mod subjects;

use std::alloc::System;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tokio::runtime::Builder;

use subjects::Visitor;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const CALLS: usize = 1000;

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

struct Table {
    estimates: PathBuf,
}

impl Visitor for Table {
    fn visit<R>(&mut self, name: &str, call: impl Fn() -> R + Sync) {
        let (calls, bytes) = allocations(call);
        let one = median(&self.estimates, name, 1);
        let two = median(&self.estimates, name, 2);
        println!("| {name} | {one} | {two} | {calls} | {bytes} |");
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let estimates = std::env::var_os("CRITERION_HOME").ok_or("CRITERION_HOME is not set")?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    println!("| | 1 thread, ns | 2 threads, ns | allocations | bytes |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    let mut table = Table {
        estimates: estimates.into(),
    };
    let _entered = runtime.enter();
    subjects::visit_all(&runtime, &mut table);
    Ok(())
}

/// How many allocations a call makes, and of how many bytes.
fn allocations<R>(call: impl Fn() -> R) -> (usize, usize) {
    // What is made once is made before.
    drop(call());
    let before = ALLOCATOR.stats();
    for _ in 0..CALLS {
        drop(call());
    }
    let made = ALLOCATOR.stats() - before;
    let calls = made.allocations + made.reallocations;
    (calls / CALLS, made.bytes_allocated / CALLS)
}

/// The median time of a call in nanoseconds.
fn median(estimates: &Path, name: &str, threads: u32) -> String {
    let file = estimates.join(format!("{name}/{threads}/new/estimates.json"));
    let estimates = fs::read(file).ok();
    let estimates: Option<Estimates> =
        estimates.and_then(|json| serde_json::from_slice(&json).ok());
    estimates.map_or_else(
        || "not measured".to_owned(),
        |estimates| format!("{:.1}", estimates.median.point_estimate),
    )
}
