//! How long to wait after a 429.

use std::time::Duration;

use reqwest::header::HeaderMap;

use crate::provider::random;
use crate::response_headers::ResponseHeaders;

/// Longest wait where the response says nothing.
const UNSAID: Duration = Duration::from_secs(10);
/// Shortest spread of waits that a response asks for.
const SPREAD: Duration = Duration::from_secs(1);

/// How long to wait, if that keeps within `limit`: what the response asks for and then any time up to a quarter of it,
/// at least up to a second, so that those who were limited together do not come back together; any time up to 10 s
/// where it asks for nothing.
pub(super) fn wait(headers: &HeaderMap, limit: Duration) -> Option<Duration> {
    let asked = headers.retry_after().or_else(|| headers.rate_limit_reset());
    let Some(asked) = asked else {
        return Some(limit.min(UNSAID).mul_f64(random::unit()));
    };
    let spread = SPREAD.max(asked / 4);
    let longest = asked.checked_add(spread)?;
    (longest <= limit).then(|| asked + spread.mul_f64(random::unit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn waits(headers: &[(&'static str, &str)], limit: Duration) -> Vec<Option<Duration>> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        (0..1000).map(|_| wait(&map, limit)).collect()
    }

    fn bounds(headers: &[(&'static str, &str)], limit: Duration) -> (f64, f64) {
        let waits = waits(headers, limit);
        let seconds = waits.into_iter().map(|wait| wait.unwrap().as_secs_f64());
        seconds.fold((f64::MAX, 0.0), |(least, most), wait| {
            (wait.min(least), wait.max(most))
        })
    }

    #[test]
    fn waits_are_what_is_asked_for_and_spread() {
        for (headers, limit, (least, most)) in [
            (&[("retry-after", "8")][..], MINUTE, (8.0, 10.0)),
            (&[("retry-after", "1")], MINUTE, (1.0, 2.0)),
            (&[("retry-after", "0")], MINUTE, (0.0, 1.0)),
            (&[("x-ratelimit-reset", "20")], MINUTE, (20.0, 25.0)),
            (
                &[("retry-after", "4"), ("x-ratelimit-reset", "20")],
                MINUTE,
                (4.0, 5.0),
            ),
            (&[("retry-after", "48")], MINUTE, (48.0, 60.0)),
            (&[], MINUTE, (0.0, 10.0)),
            (&[("retry-after", "soon")], MINUTE, (0.0, 10.0)),
            (&[], Duration::from_secs(3), (0.0, 3.0)),
        ] {
            let (shortest, longest) = bounds(headers, limit);
            let tenth = (most - least) / 10.0;
            assert!(
                shortest >= least && shortest < least + tenth,
                "{headers:?}: {shortest}"
            );
            assert!(
                longest <= most && longest > most - tenth,
                "{headers:?}: {longest}"
            );
        }
    }

    #[test]
    fn a_wait_that_could_exceed_the_limit_is_not_begun() {
        for seconds in ["49", "60", "3600", "2147483648"] {
            let waits = waits(&[("retry-after", seconds)], MINUTE);
            assert!(waits.iter().all(Option::is_none), "{seconds}");
        }
    }
}
