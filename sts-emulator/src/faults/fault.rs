use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::endpoint::Endpoint;

/// What happens to some of the requests that come: the next one, unless told otherwise.
///
/// What is not set stays as it would be: a fault with a delay alone delays what the emulator answers anyway. Methods
/// can be combined. In JSON, for `POST /control/faults`, and in TOML the fields have the names of the methods.
///
/// ```
/// use std::time::Duration;
/// use sts_emulator::Fault;
///
/// let twice_429 = Fault::status(429).header("retry-after", "1").times(2);
/// let slow_for_one_pool = Fault::delay(Duration::from_secs(1)).matching("identity_pool_id", "pool-abc").always();
/// let second_and_fourth = Fault::reset().schedule([2, 4]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fault {
    pub(crate) endpoint: Endpoint,
    #[serde(rename = "match", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) matching: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) times: Option<u64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) always: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) schedule: Vec<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<FaultBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delay_ms: Option<u64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) reset: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) truncate: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) slow_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) clock_skew: Option<i64>,
}

/// The body of an answer whose status a [`Fault`] sets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultBody {
    /// `{"errors": [...]}`, the specification's `Failure`.
    #[default]
    Errors,
    /// `{"status": ..., "error": {"code": ..., "message": ...}}`, which Confluent documents since August 2025.
    #[serde(rename = "error_2025")]
    Error2025,
    /// A proxy's page.
    Html,
    /// Nothing.
    Empty,
    /// This text.
    Text {
        /// The value of `content-type`.
        content_type: String,
        /// The body.
        text: String,
    },
}

/// More than a client waits.
const LONGEST_MS: u64 = 24 * 60 * 60 * 1000;

impl Fault {
    /// The request is not carried out; the answer has this status (200 to 599) and a [`Failure`](FaultBody::Errors).
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self {
            status: Some(status),
            ..Self::default()
        }
    }

    /// The answer begins after this time, at most a day.
    #[must_use]
    pub fn delay(delay: Duration) -> Self {
        Self::default().and_delay(delay)
    }

    /// The connection is reset instead of an answer.
    #[must_use]
    pub fn reset() -> Self {
        Self {
            reset: true,
            ..Self::default()
        }
    }

    /// The connection ends after this many bytes of the body, of which the headers announce all.
    #[must_use]
    pub fn truncate(bytes: u64) -> Self {
        Self {
            truncate: Some(bytes),
            ..Self::default()
        }
    }

    /// The body comes byte by byte, with this pause before each, at most a day.
    #[must_use]
    pub fn slow(pause: Duration) -> Self {
        Self {
            slow_ms: Some(milliseconds(pause)),
            ..Self::default()
        }
    }

    /// For this request the emulator's clock is ahead by so many seconds, or behind if there are less than none: the
    /// times in the tokens, and what is checked of a subject token.
    #[must_use]
    pub fn clock_skew(seconds: i64) -> Self {
        Self {
            clock_skew: Some(seconds),
            ..Self::default()
        }
    }

    /// The answer as it would be, with whatever [`header`](Self::header) adds.
    #[must_use]
    pub fn headers() -> Self {
        Self::default()
    }

    /// Adds a header to the answer, in place of one with the same name.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// The body of an answer with a [`status`](Self::status).
    #[must_use]
    pub fn body(mut self, body: FaultBody) -> Self {
        self.body = Some(body);
        self
    }

    /// Delays the answer as well.
    #[must_use]
    pub fn and_delay(mut self, delay: Duration) -> Self {
        self.delay_ms = Some(milliseconds(delay));
        self
    }

    /// For another endpoint than the exchange.
    #[must_use]
    pub fn at(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = endpoint;
        self
    }

    /// Only for requests that have a parameter of the form with this value.
    #[must_use]
    pub fn matching(mut self, parameter: impl Into<String>, value: impl Into<String>) -> Self {
        self.matching.insert(parameter.into(), value.into());
        self
    }

    /// For the next so many requests.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// For all requests, until the faults are cleared.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.always = true;
        self
    }

    /// For the requests with these numbers, counted from one from now on.
    #[must_use]
    pub fn schedule(mut self, numbers: impl IntoIterator<Item = u64>) -> Self {
        self.schedule = numbers.into_iter().collect();
        self
    }

    /// What is wrong with it.
    pub(crate) fn check(&self) -> Result<(), String> {
        let chosen = [self.times.is_some(), self.always, !self.schedule.is_empty()];
        if chosen.into_iter().filter(|chosen| *chosen).count() > 1 {
            return Err("of times, always and schedule a fault has one".to_owned());
        }
        if self.times == Some(0) || self.schedule.contains(&0) {
            return Err("times and schedule count from 1".to_owned());
        }
        if self.schedule.len() > 10_000 {
            return Err("a schedule has at most 10000 numbers".to_owned());
        }
        if self
            .status
            .is_some_and(|status| !(200..600).contains(&status))
        {
            return Err("status is from 200 to 599".to_owned());
        }
        if self.body.is_some() && self.status.is_none() {
            return Err("body is for a fault with a status".to_owned());
        }
        if self.truncate.is_some() && self.slow_ms.is_some() {
            return Err("of truncate and slow_ms a fault has one".to_owned());
        }
        if self.delay_ms.max(self.slow_ms) > Some(LONGEST_MS) {
            return Err(format!(
                "delay_ms and slow_ms are at most {LONGEST_MS}, a day"
            ));
        }
        let content_type = match &self.body {
            Some(FaultBody::Text { content_type, .. }) => Some(("content-type", content_type)),
            _ => None,
        };
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value));
        for (name, value) in headers.chain(content_type) {
            if HeaderName::try_from(name).is_err() || HeaderValue::try_from(value).is_err() {
                return Err(format!(
                    "the header {name:?} has a name or a value that HTTP does not allow"
                ));
            }
            if ["content-length", "transfer-encoding", "connection"]
                .contains(&name.to_ascii_lowercase().as_str())
            {
                return Err(format!("the header {name} is the server's own"));
            }
        }
        let nothing = Self {
            endpoint: self.endpoint,
            matching: self.matching.clone(),
            times: self.times,
            always: self.always,
            schedule: self.schedule.clone(),
            ..Self::default()
        };
        if *self == nothing {
            return Err("it does nothing: it has none of status, headers, delay_ms, reset, truncate, slow_ms and clock_skew".to_owned());
        }
        Ok(())
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_refused() {
        let text = |content_type: &str| FaultBody::Text {
            content_type: content_type.to_owned(),
            text: String::new(),
        };
        for (fault, said) in [
            (Fault::default(), "it does nothing: "),
            (Fault::headers(), "it does nothing: "),
            (Fault::headers().at(Endpoint::Resource), "it does nothing: "),
            (Fault::headers().matching("a", "b"), "it does nothing: "),
            (Fault::headers().times(2), "it does nothing: "),
            (Fault::headers().always(), "it does nothing: "),
            (Fault::headers().schedule([1]), "it does nothing: "),
            (Fault::status(199), "status is from 200 to 599"),
            (Fault::status(600), "status is from 200 to 599"),
            (Fault::reset().times(0), "times and schedule count from 1"),
            (
                Fault::reset().schedule([0]),
                "times and schedule count from 1",
            ),
            (
                Fault::reset().times(1).always(),
                "of times, always and schedule a fault has one",
            ),
            (
                Fault::reset().schedule(1..=10_001),
                "a schedule has at most 10000 numbers",
            ),
            (
                Fault::reset().body(FaultBody::Html),
                "body is for a fault with a status",
            ),
            (
                Fault::status(200).header("a b", ""),
                "the header \"a b\" has a name or a value that HTTP does not allow",
            ),
            (
                Fault::status(200).header("a", "\n"),
                "the header \"a\" has a name or a value that HTTP does not allow",
            ),
            (
                Fault::status(200).body(text("\n")),
                "the header \"content-type\" has a name or a value that HTTP does not allow",
            ),
            (
                Fault::status(200).header("Content-Length", "1"),
                "the header Content-Length is the server's own",
            ),
            (
                Fault::delay(Duration::MAX),
                "delay_ms and slow_ms are at most 86400000, a day",
            ),
        ] {
            let error = fault.check().unwrap_err();
            assert!(error.starts_with(said), "{error}");
        }
        for fault in [
            Fault::status(429).times(2),
            Fault::headers().header("a", "b"),
            Fault::clock_skew(0),
        ] {
            assert_eq!(fault.check(), Ok(()));
        }
    }

    #[test]
    fn it_goes_to_json_and_back() {
        let fault = Fault::status(503)
            .body(FaultBody::Error2025)
            .matching("a", "b")
            .times(2)
            .at(Endpoint::Resource);
        let json = r#"{"endpoint":"resource","match":{"a":"b"},"times":2,"status":503,"body":"error_2025"}"#;
        assert_eq!(serde_json::to_string(&fault).unwrap(), json);
        assert_eq!(serde_json::from_str::<Fault>(json).unwrap(), fault);
    }
}
