//! The token provider of the SDK.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sts_sdk::testing::{self, Answer, FakeSts};
use sts_sdk::{BoxFuture, Clock, Moment, SystemClock, TokenProvider};
use sts_sdk_benchmarks::token;
use tokio::runtime::Runtime;

use super::{Visitor, ready};

pub(super) fn visit(runtime: &Runtime, visitor: &mut impl Visitor) {
    let tokens = testing::fixed(token::jwt());
    let token = runtime.block_on(tokens.warm_up());
    token.expect("the stand-in issues a token");

    visitor.visit("sts-sdk token", || {
        ready(tokens.token()).expect("a token is cached")
    });
    visitor.visit("sts-sdk authorization", || {
        ready(tokens.authorization()).expect("a token is cached")
    });
    for (name, answer) in [
        ("sts-sdk token, a refresh under way", Answer::hang()),
        (
            "sts-sdk token, too early for a refresh",
            Answer::status(503).retry_after(Duration::from_mins(5)),
        ),
    ] {
        let tokens = due(runtime, answer);
        visitor.visit(name, || ready(tokens.token()).expect("a token is cached"));
    }
}

/// A provider whose token is due to be refreshed, where the first refresh ends with `answer`.
fn due(runtime: &Runtime, answer: Answer) -> TokenProvider {
    let sts = FakeSts::new(move |nth| match nth {
        0 => Answer::token(token::jwt(), Duration::from_mins(15)),
        _ => answer.clone(),
    });
    let clock = ForwardClock::default();
    let tokens = sts.provider().clock(clock.clone());
    // Both hold for longer than the benchmark takes.
    let tokens = tokens.deadline(Duration::from_hours(1)).max_retries(0);
    let tokens = tokens.build().expect("the provider is complete");
    runtime.block_on(async {
        tokens.warm_up().await.expect("the stand-in issues a token");
        // Callers do not wait before second 840, which is minutes away.
        clock.0.store(560, Ordering::Relaxed);
        let before = tokens.status().exchanges;
        tokens.warm_up().await.expect("a token is cached");
        while tokens.status().exchanges == before {
            tokio::task::yield_now().await;
        }
        // The answer that is no hanging one.
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
    });
    tokens
}

/// The system's clock, put forward by some seconds.
#[derive(Clone, Debug, Default)]
struct ForwardClock(Arc<AtomicU64>);

impl Clock for ForwardClock {
    fn now(&self) -> Moment {
        let forward = self.0.load(Ordering::Relaxed);
        SystemClock::default()
            .now()
            .after(Duration::from_secs(forward))
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        SystemClock::default().sleep(duration)
    }
}
