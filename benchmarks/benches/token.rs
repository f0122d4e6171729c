//! How long it takes to get a token which is already there, by one thread and by two at once.

mod subjects;

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode};
use tokio::runtime::{Builder, Handle};

use subjects::Visitor;

struct Timing<'a> {
    criterion: Criterion,
    runtime: &'a Handle,
}

impl Visitor for Timing<'_> {
    fn visit<R>(&mut self, name: &str, call: impl Fn() -> R + Sync) {
        let mut group = self.criterion.benchmark_group(name);
        // All samples of the same length, so that the median is one of like measurements.
        group.sampling_mode(SamplingMode::Flat);
        for threads in [1, 2] {
            group.bench_function(threads.to_string(), |bencher| {
                bencher.iter_custom(|calls| time_of(threads, calls, self.runtime, &call));
            });
        }
        group.finish();
    }
}

fn main() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime can be made");
    let criterion = Criterion::default()
        .sample_size(50)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .nresamples(10_000)
        .configure_from_args();
    let mut timing = Timing {
        criterion,
        runtime: runtime.handle(),
    };
    subjects::visit_all(&runtime, &mut timing);
    timing.criterion.final_summary();
}

/// What `calls` calls take on each of `threads` threads that start together, on average.
fn time_of<R>(
    threads: u32,
    calls: u64,
    runtime: &Handle,
    call: &(impl Fn() -> R + Sync),
) -> Duration {
    let start = Barrier::new(threads as usize);
    let work = || {
        // Some caches make timers, which want a runtime. All have one.
        let _entered = runtime.enter();
        // What a thread makes once is made before.
        drop(call());
        start.wait();
        let started = Instant::now();
        for _ in 0..calls {
            drop(black_box(call()));
        }
        started.elapsed()
    };
    let total: Duration = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("no call panics"))
            .sum()
    });
    total / threads
}
