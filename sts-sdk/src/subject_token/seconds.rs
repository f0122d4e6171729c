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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::subject_token::arbitrary_json::json as any_json;

    fn seconds(value: Value) -> Option<Duration> {
        // A reply is not refused for what it says of its lifetime.
        serde_json::from_value::<Seconds>(value)
            .unwrap()
            .to_duration()
    }

    proptest! {
        #[test]
        fn nothing_is_refused_and_nothing_panics(value in any_json(&["expires_in"])) {
            let known = seconds(value.clone()).is_some();
            let time: UnixTime = serde_json::from_value(value.clone()).unwrap();
            prop_assert!(known || time.to_system_time().is_none());
            prop_assert!(!known || value.is_number() || value.is_string());
        }

        #[test]
        fn numbers_and_texts_are_the_same(number in any::<u64>(), fraction in 0.0_f64..0.99) {
            let expected = Some(Duration::from_secs(number));
            prop_assert_eq!(seconds(json!(number)), expected);
            prop_assert_eq!(seconds(json!(format!(" {number}\n"))), expected);
            let small = f64::from(u32::try_from(number >> 32).unwrap_or_default());
            let expected = seconds(json!(number >> 32));
            prop_assert_eq!(seconds(json!(small + fraction)), expected);
            prop_assert_eq!(seconds(json!((small + fraction).to_string())), expected);
        }

        #[test]
        fn what_is_below_zero_or_no_number_is_none(number in i64::MIN..0, text in "[^0-9]{0,9}") {
            prop_assert_eq!(seconds(json!(number)), None);
            prop_assert_eq!(seconds(json!(number.to_string())), None);
            let none = text.trim().parse::<f64>().is_err();
            prop_assert!(!none || seconds(json!(text)).is_none());
        }
    }
}
