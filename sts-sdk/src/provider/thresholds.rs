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

/// How far the refreshes of tokens that were obtained together are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spread {
    Narrow,
    /// For tokens that many processes may have obtained together: after a common start, or a common outage.
    Wide,
}

impl Thresholds {
    /// Those of a token that lives for `lifetime`. `draw`, from 0 to 1, says where in the `spread` its refresh is.
    pub(super) fn new(lifetime: Duration, spread: Spread, draw: f64) -> Self {
        let before = |most: u64, part: u32| (lifetime / part).min(Duration::from_secs(most));
        let earliest = match spread {
            Spread::Narrow => lifetime / 2,
            Spread::Wide => lifetime / 6,
        };
        let latest = (lifetime / 5).saturating_mul(3);
        Self {
            refresh_at: earliest + latest.saturating_sub(earliest).mul_f64(draw),
            wait_at: lifetime.saturating_sub(before(60, 6)),
            serve_until: lifetime.saturating_sub(before(5, 20)),
            expires_at: lifetime,
        }
    }
}

/// The time within which a token of `lifetime` is invalidated early.
pub(super) fn early(lifetime: Duration) -> Duration {
    (lifetime / 6).min(Duration::from_secs(60))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn those_of_fifteen_minutes() {
        let seconds = Duration::from_secs;
        let life = seconds(900);
        let early = Thresholds::new(life, Spread::Narrow, 0.0);
        assert_eq!(
            early,
            Thresholds {
                refresh_at: seconds(450),
                wait_at: seconds(840),
                serve_until: seconds(895),
                expires_at: seconds(900)
            }
        );
        let refresh_at = |spread, draw| Thresholds::new(life, spread, draw).refresh_at;
        assert_eq!(refresh_at(Spread::Narrow, 1.0), seconds(540));
        assert_eq!(refresh_at(Spread::Wide, 0.0), seconds(150));
        assert_eq!(refresh_at(Spread::Wide, 1.0), seconds(540));
    }

    #[test]
    fn those_of_one_second() {
        let millis = Duration::from_millis;
        let late = Thresholds::new(millis(1000), Spread::Wide, 1.0);
        assert_eq!(late.refresh_at, millis(600));
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
            wide in any::<bool>(),
            draw in 0.0..=1.0_f64,
        ) {
            let (spread, earliest) = if wide { (Spread::Wide, 6.0) } else { (Spread::Narrow, 2.0) };
            let thresholds = Thresholds::new(lifetime, spread, draw);
            let Thresholds { refresh_at, wait_at, serve_until, expires_at } = thresholds;
            prop_assert!(Duration::ZERO < refresh_at && refresh_at < wait_at);
            prop_assert!(wait_at < serve_until && serve_until < expires_at);
            prop_assert_eq!(expires_at, lifetime);
            let life = lifetime.as_secs_f64();
            let is = |a: Duration, b: f64| (a.as_secs_f64() - b).abs() < 1e-6;
            prop_assert!(is(serve_until, life - (life / 20.0).min(5.0)));
            prop_assert!(is(wait_at, life - (life / 6.0).min(60.0)));
            let (earliest, latest) = (life / earliest, life * 0.6);
            prop_assert!(is(refresh_at, earliest + draw * (latest - earliest)));
        }
    }
}
