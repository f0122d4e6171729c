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
    use super::*;

    const MOST: Duration = Duration::from_secs(30);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Fails unless waits are spread over all that lies between `least` and `most`, in seconds, and nothing else.
    fn assert_spread(wait: impl Fn() -> Duration, least: u64, most: u64, what: &str) {
        let mut fifths = [0; 5];
        for _ in 0..400 {
            let wait = wait();
            assert!(
                wait >= seconds(least) && wait <= seconds(most),
                "{what}: {wait:?}"
            );
            let share = wait.saturating_sub(seconds(least)).as_secs_f64()
                / seconds(most - least).as_secs_f64();
            let fifth = [0.2, 0.4, 0.6, 0.8]
                .iter()
                .filter(|end| share > **end)
                .count();
            fifths[fifth] += 1;
        }
        // 80 in each, and never far less than half of them.
        assert!(fifths.iter().all(|count| *count > 30), "{what}: {fifths:?}");
    }

    #[test]
    fn a_transient_wait_doubles_with_each_failure() {
        for (before, bound) in [
            (0, 1),
            (1, 2),
            (2, 4),
            (3, 8),
            (4, 16),
            (5, 30),
            (6, 30),
            (u32::MAX, 30),
        ] {
            let wait = || after_transient(before, MOST, None, None);
            assert_spread(wait, 0, bound, &format!("{before} before"));
        }
    }

    #[test]
    fn a_cached_token_widens_a_transient_wait() {
        for (before, cached_for, bound) in [
            (0, 100, 50),
            (0, 200, 100),
            (0, 240, 120),
            (0, 900, 120),
            (5, 40, 30),
            (2, 6, 4),
        ] {
            let wait = || after_transient(before, MOST, Some(seconds(cached_for)), None);
            assert_spread(
                wait,
                0,
                bound,
                &format!("{before} before, for {cached_for} s"),
            );
        }
    }

    #[test]
    fn a_wait_that_was_asked_for_is_kept_and_spread() {
        for (before, cached_for, asked, least, most) in [
            (0, None, 8, 8, 10),
            (0, None, 0, 0, 1),
            (3, None, 8, 8, 16),
            (9, None, 8, 8, 38),
            (0, None, 200, 200, 250),
            (0, None, 300, 300, 375),
            (0, None, 7200, 300, 375),
            (0, Some(200), 8, 8, 108),
        ] {
            let wait =
                || after_transient(before, MOST, cached_for.map(seconds), Some(seconds(asked)));
            assert_spread(
                wait,
                least,
                most,
                &format!("{before} before, {asked} s asked for"),
            );
        }
    }

    #[test]
    fn a_permanent_wait_doubles_with_each_failure() {
        for (before, bound) in [
            (0, 4),
            (1, 8),
            (2, 16),
            (3, 32),
            (4, 64),
            (5, 80),
            (6, 80),
            (u32::MAX, 80),
        ] {
            assert_spread(
                || after_permanent(before),
                bound / 2,
                bound,
                &format!("{before} before"),
            );
        }
    }
}
