//! Times of tokens, in words.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

/// The last second that a date with a year of four digits has.
const LAST: u64 = 253_402_300_799;

/// How long something lasts, in the largest unit of which it has at least two.
pub(crate) fn span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// A time in seconds since 1970, as RFC 3339 writes it; as a number beyond the years that it can write.
pub(crate) fn date(at: i64) -> String {
    match u64::try_from(at) {
        Ok(seconds) if seconds <= LAST => {
            let at = UNIX_EPOCH + Duration::from_secs(seconds);
            humantime::format_rfc3339_seconds(at).to_string()
        }
        _ => format!("{at} s since 1970"),
    }
}

/// The time in seconds since 1970.
pub(crate) fn seconds(at: SystemTime) -> i64 {
    let whole = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    match at.duration_since(UNIX_EPOCH) {
        Ok(since) => whole(since),
        Err(before) => -whole(before.duration()),
    }
}

/// The times of a token (RFC 7519, section 4.1), in seconds since 1970, as seen at `now`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) now: i64,
    pub(crate) expires: Option<i64>,
    pub(crate) not_before: Option<i64>,
    pub(crate) issued: Option<i64>,
}

impl Times {
    pub(crate) fn of(claims: &Map<String, Value>, now: SystemTime) -> Self {
        Self {
            now: seconds(now),
            expires: Self::claim(claims, "exp"),
            not_before: Self::claim(claims, "nbf"),
            issued: Self::claim(claims, "iat"),
        }
    }

    /// A `NumericDate`, without its fraction.
    pub(crate) fn claim(claims: &Map<String, Value>, name: &str) -> Option<i64> {
        let seconds = claims.get(name)?.as_f64()?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "what is beyond is cut to the bounds"
        )]
        let whole = seconds as i64;
        Some(whole)
    }

    /// The same as seen by a clock that is so many seconds ahead of this one.
    pub(crate) fn seen_ahead(self, seconds: i64) -> Self {
        let now = self.now.saturating_add(seconds);
        Self { now, ..self }
    }

    /// When `at` is, seen from now: `in 4 min`, `2 h ago`.
    pub(crate) fn relative(&self, at: i64) -> String {
        let apart = span(self.now.abs_diff(at));
        if at > self.now {
            format!("in {apart}")
        } else {
            format!("{apart} ago")
        }
    }

    pub(crate) fn lifetime(&self) -> Option<i64> {
        Some(self.expires?.saturating_sub(self.issued?))
    }

    /// Whether it is valid: `expires in 4 min`, `expired 2 h ago`.
    pub(crate) fn state(&self) -> String {
        if let Some(begin) = self.not_before.filter(|begin| *begin > self.now) {
            return format!("is not valid yet, but {}", self.relative(begin));
        }
        match self.expires {
            None => "never expires".to_owned(),
            Some(end) if end > self.now => format!("expires {}", self.relative(end)),
            Some(end) => format!("expired {}", self.relative(end)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn spans_are_in_one_unit() {
        for (seconds, expected) in [
            (0, "0 s"),
            (119, "119 s"),
            (120, "2 min"),
            (299, "4 min"),
            (7199, "119 min"),
            (7200, "2 h"),
            (172_799, "47 h"),
            (172_800, "2 d"),
            (u64::MAX, "213503982334601 d"),
        ] {
            assert_eq!(span(seconds), expected);
        }
    }

    #[test]
    fn dates_have_years_of_four_digits() {
        assert_eq!(date(1_764_336_000), "2025-11-28T13:20:00Z");
        assert_eq!(date(253_402_300_799), "9999-12-31T23:59:59Z");
        assert_eq!(date(253_402_300_800), "253402300800 s since 1970");
        assert_eq!(date(-1), "-1 s since 1970");
    }

    #[test]
    fn the_state_is_in_words() {
        let state = |claims: &Value| {
            let now = UNIX_EPOCH + Duration::from_secs(10_000);
            Times::of(claims.as_object().unwrap(), now).state()
        };
        for (claims, expected) in [
            (json!({}), "never expires"),
            (json!({"exp": 10_240.5}), "expires in 4 min"),
            (json!({"exp": 10_000}), "expired 0 s ago"),
            (json!({"exp": 2800}), "expired 2 h ago"),
            (
                json!({"exp": 20_000, "nbf": 10_030}),
                "is not valid yet, but in 30 s",
            ),
            (json!({"exp": 1e300}), "expires in 106751991167300 d"),
        ] {
            assert_eq!(state(&claims), expected, "{claims}");
        }
    }
}
