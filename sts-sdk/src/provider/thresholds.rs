//! When a token is refreshed, and how long it is served.

use std::time::Duration;

/// What a token's age means, as durations since the moment before its exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Thresholds {
    /// From here on it is refreshed in the background.
    pub(crate) soft: Duration,
    /// From here on callers wait for its successor.
    pub(crate) hard: Duration,
    /// From here on it is not served.
    pub(crate) never: Duration,
    /// From here on it is not valid.
    pub(crate) dead: Duration,
}

impl Thresholds {
    /// Those of a token that lives for `lifetime`. `draw`, from 0 to 1, spreads the refreshes of tokens
    /// that were obtained together.
    pub(crate) fn new(lifetime: Duration, draw: f64) -> Self {
        let before = |most: u64, part: u32| (lifetime / part).min(Duration::from_secs(most));
        let spread = before(60, 15).mul_f64(draw);
        Self {
            soft: lifetime.saturating_sub(before(300, 3)) + spread,
            hard: lifetime.saturating_sub(before(60, 6)),
            never: lifetime.saturating_sub(before(5, 20)),
            dead: lifetime,
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
                soft: seconds(600),
                hard: seconds(840),
                never: seconds(895),
                dead: seconds(900)
            }
        );
        assert_eq!(Thresholds::new(seconds(900), 1.0).soft, seconds(660));
    }

    #[test]
    fn those_of_one_second() {
        let millis = Duration::from_millis;
        let late = Thresholds::new(millis(1000), 1.0);
        assert!(
            late.soft < millis(734) && late.soft > millis(733),
            "{late:?}"
        );
        assert!(
            late.hard < millis(834) && late.hard > millis(833),
            "{late:?}"
        );
        assert_eq!((late.never, late.dead), (millis(950), millis(1000)));
    }

    proptest! {
        #[test]
        fn they_follow_each_other(
            // One second to thirty days, as likely short as long.
            lifetime in (0.0..=1.0_f64).prop_map(|x| Duration::from_secs_f64(2_592_000_f64.powf(x))),
            draw in 0.0..=1.0_f64,
        ) {
            let Thresholds { soft, hard, never, dead } = Thresholds::new(lifetime, draw);
            prop_assert!(Duration::ZERO < soft && soft < hard && hard < never && never < dead);
            prop_assert_eq!(dead, lifetime);
            let part = |most: f64, part: f64| (lifetime.as_secs_f64() / part).min(most);
            let before = |a: Duration, b: f64| (dead.as_secs_f64() - a.as_secs_f64() - b).abs() < 1e-6;
            prop_assert!(before(never, part(5.0, 20.0)));
            prop_assert!(before(hard, part(60.0, 6.0)));
            prop_assert!(before(soft, part(300.0, 3.0) - draw * part(60.0, 15.0)));
        }
    }
}
