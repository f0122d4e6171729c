//! The processes and their STS, on a virtual clock.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use sts_sdk::subject_token::{SubjectToken, SubjectTokenError};
use sts_sdk::testing::{Answer, FakeSts};
use sts_sdk::{
    BoxFuture, BuildError, Clock, ExternalTokenProvider, Moment, Tag, TokenError, TokenProvider,
};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::options::Options;
use crate::scenario::{Event, Scenario};

/// The mean time between two calls of a process. It is random, so that nothing but the provider spreads exchanges or
/// brings them together.
const BETWEEN_CALLS: Duration = Duration::from_secs(5);

/// What happened in each second.
#[derive(Clone, Copy, Default)]
pub(crate) struct Second {
    /// Exchanges that arrived at STS.
    pub(crate) exchanges: u32,
    /// Those that it answered with a token.
    pub(crate) tokens: u32,
    /// Calls of processes that got no token.
    pub(crate) without: u32,
}

pub(crate) struct Outcome {
    pub(crate) seconds: Vec<Second>,
    /// Exchanges that STS took per second.
    pub(crate) limit: u32,
    /// When the last process got its first token, if all did.
    pub(crate) all_served: Option<Duration>,
    /// The exchanges of the process that had made most of them when it got its first token.
    pub(crate) most_exchanges: u64,
}

pub(crate) struct Simulation {
    start: Instant,
    event: Event,
    limit: u32,
    lifetime: Duration,
    seconds: Mutex<Vec<Second>>,
    /// When each process got its first token, and after how many exchanges.
    served: Mutex<Vec<(Duration, u64)>>,
}

impl Simulation {
    pub(crate) async fn run(scenario: &Scenario, options: &Options) -> Result<Outcome, BuildError> {
        let limit = options.processes / scenario.processes_per_exchange;
        let simulation = Arc::new(Self {
            start: Instant::now(),
            event: scenario.event,
            limit: options.limit.unwrap_or(limit).max(1),
            lifetime: options.lifetime,
            seconds: Mutex::new(vec![Second::default(); scenario.length + 1]),
            served: Mutex::default(),
        });
        let mut processes = JoinSet::new();
        for _ in 0..options.processes {
            let process = Process::new(&simulation)?;
            let start = options.start.mul_f64(fastrand::f64());
            processes.spawn(process.run(start));
        }
        let length = u64::try_from(scenario.length).unwrap_or(u64::MAX);
        tokio::time::sleep(Duration::from_secs(length)).await;
        processes.shutdown().await;
        let served = locked(&simulation.served);
        let all = u32::try_from(served.len()) == Ok(options.processes);
        let last = served.iter().map(|(when, _)| *when).max();
        Ok(Outcome {
            seconds: locked(&simulation.seconds)[..scenario.length].to_vec(),
            limit: simulation.limit,
            all_served: last.filter(|_| all),
            most_exchanges: served.iter().map(|(_, count)| *count).max().unwrap_or(0),
        })
    }

    /// The present second, and what happens in it.
    fn now(&self) -> (usize, MutexGuard<'_, Vec<Second>>) {
        let seconds = locked(&self.seconds);
        let second = usize::try_from(self.start.elapsed().as_secs()).unwrap_or(usize::MAX);
        (second.min(seconds.len() - 1), seconds)
    }

    fn answer(&self) -> Answer {
        let (now, mut seconds) = self.now();
        let second = &mut seconds[now];
        second.exchanges += 1;
        match self.event {
            Event::Outage if self.event.is_at(now) => return Answer::status(503),
            Event::PoolDeleted { .. } if self.event.is_at(now) => return Answer::status(400),
            _ => {}
        }
        if second.tokens >= self.limit {
            return Answer::status(429).retry_after(Duration::from_secs(1));
        }
        second.tokens += 1;
        Answer::token("a-token", self.lifetime)
    }

    /// What the file holds that all share: a JWT of no claims, which ends when its source says.
    fn read_file(&self) -> SubjectToken {
        let (now, mut seconds) = self.now();
        seconds[now].exchanges += 1;
        seconds[now].tokens += 1;
        let period = self.lifetime.mul_f64(0.8);
        let rotations = self.start.elapsed().div_duration_f64(period).floor();
        let end = period.mul_f64(rotations) + self.lifetime;
        SubjectToken::from(format!("e30.e30.{rotations:.0}"))
            .valid_until(SystemTime::UNIX_EPOCH + end)
    }

    /// Whether an API refuses every token.
    fn is_refusing(&self) -> bool {
        self.event == Event::Refusing && self.event.is_at(self.now().0)
    }
}

/// One process: a provider, and what asks it for tokens.
struct Process {
    simulation: Arc<Simulation>,
    tokens: Tokens,
}

enum Tokens {
    Access(TokenProvider),
    /// With how often its source was asked.
    External(ExternalTokenProvider, Arc<AtomicU64>),
}

impl Tokens {
    fn external(simulation: &Arc<Simulation>) -> Result<Self, BuildError> {
        let reads = Arc::new(AtomicU64::new(0));
        let (file, counted) = (Arc::clone(simulation), Arc::clone(&reads));
        let tokens = ExternalTokenProvider::builder().subject_token(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            let token = file.read_file();
            async { Ok::<_, SubjectTokenError>(token) }
        });
        let tokens = tokens.clock(VirtualClock(simulation.start)).build()?;
        Ok(Self::External(tokens, reads))
    }

    async fn token(&self) -> Result<Tag, TokenError> {
        match self {
            Self::Access(tokens) => Ok(tokens.token().await?.tag()),
            Self::External(tokens, _) => Ok(tokens.token().await?.tag()),
        }
    }

    fn invalidate(&self, tag: Tag) {
        match self {
            Self::Access(tokens) => tokens.invalidate(tag),
            Self::External(tokens, _) => tokens.invalidate(tag),
        };
    }

    fn exchanges(&self) -> u64 {
        match self {
            Self::Access(tokens) => tokens.status().exchanges,
            Self::External(_, reads) => reads.load(Ordering::Relaxed),
        }
    }
}

impl Process {
    fn new(simulation: &Arc<Simulation>) -> Result<Self, BuildError> {
        if simulation.event == Event::RotatedFile {
            return Ok(Self {
                simulation: Arc::clone(simulation),
                tokens: Tokens::external(simulation)?,
            });
        }
        let sts = FakeSts::new({
            let simulation = Arc::clone(simulation);
            move |_| simulation.answer()
        });
        let builder = sts.provider().clock(VirtualClock(simulation.start));
        let tokens = if simulation.event == (Event::PoolDeleted { minting: true }) {
            let minted = AtomicUsize::new(0);
            builder.subject_token(move || {
                let token = format!("minted-{}", minted.fetch_add(1, Ordering::Relaxed));
                async move { Ok::<_, SubjectTokenError>(token) }
            })
        } else {
            builder
        };
        Ok(Self {
            simulation: Arc::clone(simulation),
            tokens: Tokens::Access(tokens.build()?),
        })
    }

    /// Asks for a token now and then, as a process that has something to do.
    async fn run(self, start: Duration) {
        tokio::time::sleep(start).await;
        let mut is_served = false;
        loop {
            let outcome = self.call().await;
            if outcome.is_err() {
                let (now, mut seconds) = self.simulation.now();
                seconds[now].without += 1;
            } else if !is_served {
                is_served = true;
                let served = (self.simulation.start.elapsed(), self.tokens.exchanges());
                locked(&self.simulation.served).push(served);
            }
            tokio::time::sleep(BETWEEN_CALLS.mul_f64(2.0 * fastrand::f64())).await;
        }
    }

    /// A call of an API, which is repeated once after a 401.
    async fn call(&self) -> Result<(), TokenError> {
        for _ in 0..2 {
            let token = self.tokens.token().await?;
            if !self.simulation.is_refusing() {
                break;
            }
            self.tokens.invalidate(token);
        }
        Ok(())
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
