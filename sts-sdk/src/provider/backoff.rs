//! How long to wait after a failure.

use std::time::Duration;

use super::random;

/// First bound of the wait after a transient failure; it doubles with each further one.
const BASE: Duration = Duration::from_secs(1);
/// Longest wait that a server may ask for. Longer ones are cut, so that there is always another attempt.
const LONGEST_ASKED: Duration = Duration::from_secs(3600);

/// The wait after `failures` transient failures in a row: what the server `asked` for, if it did, and then any time up
/// to a bound (full jitter), so that those who failed together do not come back together.
pub(crate) fn after_transient(failures: u32, most: Duration, asked: Option<Duration>) -> Duration {
    let doublings = failures.saturating_sub(1).min(31);
    let bound = BASE.saturating_mul(1 << doublings).min(most);
    let asked = asked.unwrap_or_default().min(LONGEST_ASKED);
    // Those who were told the same wait must not come back together: the longer it is, the wider the spread.
    let bound = bound.max((asked / 4).min(most));
    asked + bound.mul_f64(random::unit())
}

/// The wait after a permanent failure: short, since somebody may be correcting its cause.
pub(crate) fn after_permanent() -> Duration {
    Duration::from_secs(1) + Duration::from_secs(4).mul_f64(random::unit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_transient_wait_keeps_its_bounds(failures in any::<u32>(), asked in proptest::option::of(0..7200_u64)) {
            let most = Duration::from_secs(30);
            let wait = after_transient(failures, most, asked.map(Duration::from_secs));
            let asked = Duration::from_secs(asked.unwrap_or_default()).min(LONGEST_ASKED);
            let bound = 2_u64.saturating_pow(failures.saturating_sub(1)).min(30);
            let bound = Duration::from_secs(bound).max((asked / 4).min(most));
            prop_assert!(wait >= asked && wait <= asked + bound);
        }

        #[test]
        fn a_permanent_failure_is_remembered_for_seconds(_ in 0..100) {
            let wait = after_permanent();
            prop_assert!(wait >= Duration::from_secs(1) && wait <= Duration::from_secs(5));
        }
    }

    #[test]
    fn waits_are_spread_over_the_whole_bound() {
        let most = Duration::from_secs(30);
        let waits: Vec<Duration> = (0..1000).map(|_| after_transient(9, most, None)).collect();
        for second in 0..30 {
            let within = |wait: &&Duration| wait.as_secs() == second;
            assert!(waits.iter().filter(within).count() > 5, "second {second}");
        }
    }
}
