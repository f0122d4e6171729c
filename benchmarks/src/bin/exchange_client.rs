//! Makes exchanges one after the other: `exchange_client sts-sdk|reqwest|hyper ADDRESS EXCHANGES`. Prints the
//! CPU time of an exchange, user and system, in microseconds.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use sts_sdk_benchmarks::exchange::{self, Failure, Kind};

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, address, exchanges] = arguments.as_slice() else {
        return Err("usage: exchange_client sts-sdk|reqwest|hyper ADDRESS EXCHANGES".into());
    };
    let exchanges: u32 = exchanges.parse()?;
    let (before, after) = exchange::run(Kind::parse(kind)?, address, (0, exchanges), cpu_time)?;
    let each = after.saturating_sub(before).as_secs_f64() * 1e6 / f64::from(exchanges);
    println!("{each:.1}");
    Ok(())
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let part = |number| u64::try_from(number).unwrap_or_default();
    Duration::from_secs(part(time.tv_sec)) + Duration::from_nanos(part(time.tv_nsec))
}
