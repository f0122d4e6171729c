//! Times of day as identity providers write them.

use std::time::{Duration, SystemTime};

use serde::Deserialize;

/// Seconds since 1970, as a number or as text.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(from = "NumberOrText")]
pub(super) struct UnixTime(Option<u64>);

/// A number of seconds, as a number or as text.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(from = "NumberOrText")]
pub(super) struct Seconds(Option<u64>);

#[derive(Deserialize)]
#[serde(untagged)]
enum NumberOrText {
    Number(u64),
    /// Some write `3599.0`.
    Fraction(f64),
    Text(String),
    Other(serde::de::IgnoredAny),
}

impl UnixTime {
    /// `None` where it is no time.
    pub(super) fn to_system_time(self) -> Option<SystemTime> {
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(self.0?))
    }
}

impl Seconds {
    /// `None` where it is no number of seconds.
    pub(super) fn to_duration(self) -> Option<Duration> {
        self.0.map(Duration::from_secs)
    }
}

impl From<NumberOrText> for Seconds {
    fn from(value: NumberOrText) -> Self {
        Self(value.whole())
    }
}

impl From<NumberOrText> for UnixTime {
    fn from(value: NumberOrText) -> Self {
        Self(value.whole())
    }
}

impl NumberOrText {
    fn whole(self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Fraction(number) => Duration::try_from_secs_f64(number)
                .ok()
                .map(|d| d.as_secs()),
            Self::Text(text) => {
                let text = text.trim();
                text.parse().ok().or_else(|| {
                    let seconds: f64 = text.parse().ok()?;
                    Duration::try_from_secs_f64(seconds)
                        .ok()
                        .map(|d| d.as_secs())
                })
            }
            Self::Other(_) => None,
        }
    }
}
