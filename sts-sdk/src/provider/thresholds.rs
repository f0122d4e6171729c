//! When a token is refreshed, and how long it is served.

use std::time::Duration;

/// What a token's age means, as durations since the moment before its exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Thresholds {
    /// From here on it is refreshed in the background.
    pub(super) refresh_at: Duration,
    /// From here on callers wait for another one.
    pub(super) wait_at: Duration,
    /// From here on it is not served.
    pub(super) serve_until: Duration,
    /// From here on it is not valid.
    pub(super) expires_at: Duration,
}

impl Thresholds {
    /// Those of a token that lives for `lifetime`. `draw`, from 0 to 1, spreads the refreshes of tokens
    /// that were obtained together.
    pub(super) fn new(lifetime: Duration, draw: f64) -> Self {
        let before = |most: u64, part: u32| (lifetime / part).min(Duration::from_secs(most));
        let spread = before(60, 15).mul_f64(draw);
        Self {
            refresh_at: lifetime.saturating_sub(before(300, 3)) + spread,
            wait_at: lifetime.saturating_sub(before(60, 6)),
            serve_until: lifetime.saturating_sub(before(5, 20)),
            expires_at: lifetime,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn those_of_fifteen_minutes() {
        let seconds = Duration::from_secs;
        let early = Thresholds::new(seconds(900), 0.0);
        assert_eq!(
            early,
            Thresholds {
                refresh_at: seconds(600),
                wait_at: seconds(840),
                serve_until: seconds(895),
                expires_at: seconds(900)
            }
        );
        assert_eq!(Thresholds::new(seconds(900), 1.0).refresh_at, seconds(660));
    }

    #[test]
    fn those_of_one_second() {
        let millis = Duration::from_millis;
        let late = Thresholds::new(millis(1000), 1.0);
        assert!(
            late.refresh_at < millis(734) && late.refresh_at > millis(733),
            "{late:?}"
        );
        assert!(
            late.wait_at < millis(834) && late.wait_at > millis(833),
            "{late:?}"
        );
        assert_eq!(
            (late.serve_until, late.expires_at),
            (millis(950), millis(1000))
        );
    }

    proptest! {
        #[test]
        fn they_follow_each_other(
            // One second to thirty days, as likely short as long.
            lifetime in (0.0..=1.0_f64).prop_map(|x| Duration::from_secs_f64(2_592_000_f64.powf(x))),
            draw in 0.0..=1.0_f64,
        ) {
            let Thresholds { refresh_at, wait_at, serve_until, expires_at } = Thresholds::new(lifetime, draw);
            prop_assert!(Duration::ZERO < refresh_at && refresh_at < wait_at);
            prop_assert!(wait_at < serve_until && serve_until < expires_at);
            prop_assert_eq!(expires_at, lifetime);
            let part = |most: f64, part: f64| (lifetime.as_secs_f64() / part).min(most);
            let before = |a: Duration, b: f64| (expires_at.as_secs_f64() - a.as_secs_f64() - b).abs() < 1e-6;
            prop_assert!(before(serve_until, part(5.0, 20.0)));
            prop_assert!(before(wait_at, part(60.0, 6.0)));
            prop_assert!(before(refresh_at, part(300.0, 3.0) - draw * part(60.0, 15.0)));
        }
    }
}
