//! Ten thousand processes that start together, and an STS that limits their rate and is down for a while.
//!
//! ```sh
//! cargo run --release --example fleet --features testing
//! ```
//!
//! Simulates an hour on a virtual clock and prints the exchanges per second. Every process asks its provider for
//! a token once in five seconds. The STS is down from minute 30 to 35, and otherwise takes one exchange for
//! every twenty processes per second. An argument is another number of processes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use sts_sdk::testing::{Answer, Sts};
use sts_sdk::{BoxFuture, BuildError, Clock, Moment, TokenProvider};
use tokio::time::Instant;

const LIFETIME: Duration = Duration::from_secs(900);
const BETWEEN_CALLS: Duration = Duration::from_secs(5);
const OUTAGE: std::ops::Range<usize> = 30 * 60..35 * 60;
const HOUR: usize = 3600;

/// What happened in each second.
#[derive(Clone, Copy, Default)]
struct Second {
    /// Exchanges that arrived at the STS.
    exchanges: u32,
    /// Those that it answered with a token.
    tokens: u32,
    /// Calls of processes that got no token.
    failed_calls: u32,
    /// Processes that had no usable token at its end.
    without: u32,
}

struct Simulation {
    start: Instant,
    /// Exchanges that the STS takes per second; it answers 429 to what goes beyond.
    limit: u32,
    seconds: Mutex<Vec<Second>>,
}

impl Simulation {
    fn seconds(&self) -> MutexGuard<'_, Vec<Second>> {
        self.seconds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn second(&self) -> usize {
        let second = usize::try_from(self.start.elapsed().as_secs());
        second.unwrap_or(HOUR).min(HOUR)
    }

    fn answer(&self) -> Answer {
        let now = self.second();
        let second = &mut self.seconds()[now];
        second.exchanges += 1;
        if OUTAGE.contains(&now) {
            return Answer::status(503);
        }
        if second.tokens >= self.limit {
            return Answer::status(429).retry_after(Duration::from_secs(1));
        }
        second.tokens += 1;
        Answer::token("a-token", LIFETIME)
    }
}

/// tokio's clock, which jumps to the next event whenever nothing is left to do.
#[derive(Clone, Debug)]
struct VirtualClock(Instant);

impl Clock for VirtualClock {
    fn now(&self) -> Moment {
        let monotonic = self.0.elapsed();
        Moment {
            monotonic,
            wall: SystemTime::UNIX_EPOCH + monotonic,
        }
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), BuildError> {
    let argument = std::env::args().nth(1);
    let processes = argument.as_deref().unwrap_or("10000").parse();
    let Ok(processes @ 20..=1_000_000_u32) = processes else {
        eprintln!("usage: fleet [PROCESSES], from 20 to 1000000");
        std::process::exit(2);
    };
    let simulation = Arc::new(Simulation {
        start: Instant::now(),
        limit: processes / 20,
        seconds: Mutex::new(vec![Second::default(); HOUR + 1]),
    });
    let sts = Sts::new({
        let simulation = Arc::clone(&simulation);
        move |_| simulation.answer()
    });
    let mut fleet = Vec::new();
    for _ in 0..processes {
        let clock = VirtualClock(simulation.start);
        let tokens = sts.provider().clock(clock).build()?;
        tokio::spawn(process(tokens.clone(), Arc::clone(&simulation)));
        fleet.push(tokens);
    }
    for second in 0..HOUR {
        tokio::time::sleep_until(simulation.start + Duration::from_secs(second as u64 + 1)).await;
        let without = fleet.iter().filter(|tokens| !can_serve(tokens)).count();
        simulation.seconds()[second].without = u32::try_from(without).unwrap_or(u32::MAX);
    }
    let seconds = simulation.seconds();
    plot(&seconds[..HOUR], simulation.limit.div_ceil(50));
    summarise(&seconds[..HOUR]);
    Ok(())
}

/// Asks for a token now and then, as a process that has something to do.
async fn process(tokens: TokenProvider, simulation: Arc<Simulation>) {
    loop {
        if tokens.token().await.is_err() {
            let now = simulation.second();
            simulation.seconds()[now].failed_calls += 1;
        }
        tokio::time::sleep(BETWEEN_CALLS).await;
    }
}

fn can_serve(tokens: &TokenProvider) -> bool {
    use sts_sdk::State::{Due, Expiring, Fresh};
    matches!(tokens.status().state, Fresh | Due | Expiring)
}

/// A line for each minute: exchanges per second, their mean as `#` and their peak as `-`.
fn plot(seconds: &[Second], per_sign: u32) {
    println!("exchanges per second: # mean, - peak, {per_sign} each");
    for (minute, seconds) in seconds.chunks(60).enumerate() {
        let (mean, peak) = mean_and_peak(seconds);
        let failed: u32 = seconds.iter().map(|second| second.failed_calls).sum();
        let all: u32 = seconds.iter().map(|second| second.exchanges).sum();
        let signs = |rate: u32| rate.div_ceil(per_sign) as usize;
        let means = signs(all.div_ceil(60));
        let peaks = signs(peak).saturating_sub(means).min(80);
        let failed = if failed == 0 {
            String::new()
        } else {
            format!("  {failed} calls failed")
        };
        println!(
            "min {minute:>2} {mean:>6.1} {peak:>6} |{}{}{failed}",
            "#".repeat(means),
            "-".repeat(peaks)
        );
    }
}

fn summarise(seconds: &[Second]) {
    let everybody_after = |from: usize| {
        let rest = seconds[from..].iter();
        let last = rest.rev().position(|second| second.without > 0);
        last.map_or(0, |from_end| seconds.len() - from_end - from)
    };
    let start = seconds.iter().position(|second| second.without == 0);
    println!(
        "everyone has a first token after {} s",
        start.unwrap_or(HOUR)
    );
    let report = |what: &str, range: std::ops::Range<usize>| {
        let (mean, peak) = mean_and_peak(&seconds[range]);
        println!(
            "{what}: mean {mean:.1}/s, peak {peak}/s, peak over mean {:.1}",
            f64::from(peak) / mean
        );
    };
    report("before the outage, from minute 2", 120..OUTAGE.start);
    report("in the outage", OUTAGE);
    report(
        "in the five minutes after the outage",
        OUTAGE.end..OUTAGE.end + 300,
    );
    report("from minute 2 to the end", 120..HOUR);
    let failed: u32 = seconds[60..].iter().map(|second| second.failed_calls).sum();
    let without = seconds[OUTAGE.start..].iter().map(|second| second.without);
    println!("calls that got no token, from minute 1: {failed}");
    println!(
        "most processes without a token at a time, from the outage on: {}; everyone is served {} s after it",
        without.max().unwrap_or(0),
        everybody_after(OUTAGE.end)
    );
}

fn mean_and_peak(seconds: &[Second]) -> (f64, u32) {
    let rates = || seconds.iter().map(|second| second.exchanges);
    let length = u32::try_from(seconds.len()).unwrap_or(u32::MAX);
    let mean = rates().map(f64::from).sum::<f64>() / f64::from(length);
    (mean, rates().max().unwrap_or(0))
}
