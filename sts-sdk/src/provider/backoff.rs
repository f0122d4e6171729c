//! How long to wait after a failure.

use std::time::Duration;

use super::random;

/// First bound of the wait after a transient failure; it doubles with each further one.
const TRANSIENT: Duration = Duration::from_secs(1);
/// First bound of the wait after a permanent failure; it doubles with each further one.
const PERMANENT: Duration = Duration::from_secs(4);
/// Longest wait after a permanent failure.
const LONGEST_PERMANENT: Duration = Duration::from_secs(80);
/// Longest bound that a token in the cache allows.
const LONGEST_CACHED: Duration = Duration::from_secs(120);
/// Longest wait that a server may ask for. Longer ones are cut, so that there is always another attempt.
const LONGEST_ASKED: Duration = Duration::from_secs(300);

/// The wait after a transient failure, with `before` such failures in a row before it: what the server `asked` for, if
/// it did, and then any time up to a bound (full jitter), so that those who failed together do not come back together.
///
/// The bound doubles up to `most`. While callers do not miss another token, for the time `cached_for`, it may be half of that.
pub(super) fn after_transient(
    before: u32,
    most: Duration,
    cached_for: Option<Duration>,
    asked: Option<Duration>,
) -> Duration {
    let bound = transient_bound(before, most, cached_for);
    let Some(asked) = asked else {
        return bound.mul_f64(random::unit());
    };
    let asked = asked.min(LONGEST_ASKED);
    // Those who were told the same wait must not come back together: the longer it is, the wider the spread.
    asked + bound.max(asked / 4).mul_f64(random::unit())
}

fn transient_bound(before: u32, most: Duration, cached_for: Option<Duration>) -> Duration {
    let bound = doubled(TRANSIENT, before).min(most);
    bound.max((cached_for.unwrap_or_default() / 2).min(LONGEST_CACHED))
}

/// The wait after a permanent failure, with `before` such failures in a row before it: short at first, since somebody
/// may be correcting its cause.
pub(super) fn after_permanent(before: u32) -> Duration {
    let bound = doubled(PERMANENT, before).min(LONGEST_PERMANENT);
    bound.mul_f64(0.5 + random::unit() / 2.0)
}

fn doubled(first: Duration, times: u32) -> Duration {
    first.saturating_mul(1 << times.min(31))
}

#[cfg(test)]
mod tests {
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    const MOST: Duration = Duration::from_secs(30);

    proptest! {
        #[test]
        fn a_transient_wait_keeps_its_bounds(
            before in any::<u32>(),
            cached_for in option::of(0..1000_u64),
            asked in option::of(0..7200_u64),
        ) {
            let seconds = |option: Option<u64>| option.map(Duration::from_secs);
            let wait = after_transient(before, MOST, seconds(cached_for), seconds(asked)).as_secs_f64();
            let by_count = f64::from(2_u32.saturating_pow(before).min(30));
            let by_token = Duration::from_secs(cached_for.unwrap_or_default()).as_secs_f64() / 2.0;
            let bound = by_count.max(by_token.min(120.0));
            let asked = Duration::from_secs(asked.unwrap_or_default().min(300)).as_secs_f64();
            let bound = bound.max(asked / 4.0);
            prop_assert!(wait >= asked && wait <= asked + bound + 1e-6, "{wait}");
        }

        #[test]
        fn a_permanent_wait_keeps_its_bounds(before in any::<u32>()) {
            let wait = after_permanent(before).as_secs_f64();
            let bound = (4.0 * 2_f64.powi(before.min(10).try_into().unwrap())).min(80.0);
            prop_assert!(wait >= bound / 2.0 - 1e-6 && wait <= bound + 1e-6, "{wait}");
        }
    }

    #[test]
    fn waits_are_spread_over_the_whole_bound() {
        let spread = |wait: &dyn Fn() -> Duration, seconds: std::ops::Range<u64>| {
            let waits: Vec<Duration> = (0..3000).map(|_| wait()).collect();
            for second in seconds {
                let within = |wait: &&Duration| wait.as_secs() == second;
                assert!(waits.iter().filter(within).count() > 5, "second {second}");
            }
        };
        spread(&|| after_transient(9, MOST, None, None), 0..30);
        let cached_for = Some(Duration::from_secs(200));
        spread(&|| after_transient(0, MOST, cached_for, None), 0..100);
        spread(&|| after_permanent(7), 40..80);
    }
}
