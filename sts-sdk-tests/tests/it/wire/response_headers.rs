//! The headers of a response are typed; what is missing or makes no sense is `None`.

use std::time::Duration;

use proptest::prelude::*;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use sts_sdk::ResponseHeaders;

const NAMES: [&str; 6] = [
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "retry-after",
    "x-request-id",
    "date",
];

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pairs = pairs.iter().map(|(name, value)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        )
    });
    pairs.collect()
}

#[test]
fn values_are_typed() {
    let headers = headers(&[
        ("x-ratelimit-limit", "100"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", " 30 "),
        ("retry-after", "12"),
        ("x-request-id", "abc"),
    ]);
    assert_eq!(headers.rate_limit(), Some(100));
    assert_eq!(headers.rate_limit_remaining(), Some(0));
    assert_eq!(headers.rate_limit_reset(), Some(Duration::from_secs(30)));
    assert_eq!(headers.retry_after(), Some(Duration::from_secs(12)));
    assert_eq!(headers.request_id(), Some("abc"));
}

#[test]
fn what_is_missing_is_none() {
    let headers = HeaderMap::new();
    assert_eq!(headers.rate_limit(), None);
    assert_eq!(headers.rate_limit_remaining(), None);
    assert_eq!(headers.rate_limit_reset(), None);
    assert_eq!(headers.retry_after(), None);
    assert_eq!(headers.request_id(), None);
}

#[test]
fn what_makes_no_sense_is_none() {
    for value in [
        "",
        " ",
        "-1",
        "+1",
        "1.5",
        "1e3",
        "0x10",
        "10s",
        "1 2",
        "1,2",
        "NaN",
        "∞",
        "\u{e9}",
        "18446744073709551616",
        "99999999999999999999999999",
        "soon",
    ] {
        let headers = headers(&[
            ("x-ratelimit-limit", value),
            ("x-ratelimit-remaining", value),
            ("x-ratelimit-reset", value),
            ("retry-after", value),
        ]);
        assert_eq!(headers.rate_limit(), None, "{value}");
        assert_eq!(headers.rate_limit_remaining(), None, "{value}");
        assert_eq!(headers.rate_limit_reset(), None, "{value}");
        assert_eq!(headers.retry_after(), None, "{value}");
    }
    // A duration that an `Instant` cannot take is none either.
    let headers = headers(&[
        ("retry-after", "18446744073709551615"),
        ("x-ratelimit-reset", "2147483649"),
    ]);
    assert_eq!(headers.retry_after(), None);
    assert_eq!(headers.rate_limit_reset(), None);
}

#[test]
fn dates_are_relative_to_the_response() {
    let at = |date: &'static str, after: &'static str| {
        headers(&[("date", date), ("retry-after", after)]).retry_after()
    };
    let now = "Mon, 23 Nov 2026 10:00:00 GMT";
    assert_eq!(
        at(now, "Mon, 23 Nov 2026 10:01:05 GMT"),
        Some(Duration::from_secs(65))
    );
    assert_eq!(
        at(now, "Monday, 23-Nov-26 10:00:01 GMT"),
        Some(Duration::from_secs(1))
    );
    assert_eq!(
        at(now, "Mon, 23 Nov 2026 09:00:00 GMT"),
        Some(Duration::ZERO)
    );
    assert_eq!(at(now, "Mon, 23 Nov 9999 09:00:00 GMT"), None);
    assert_eq!(at(now, "Mon, 32 Nov 2026 10:00:00 GMT"), None);
    // Without a date of the response, the system's clock is taken.
    assert_eq!(
        headers(&[("retry-after", "Thu, 01 Jan 1970 00:00:00 GMT")]).retry_after(),
        Some(Duration::ZERO)
    );
    assert_eq!(
        at("garbled", "Thu, 01 Jan 1970 00:00:00 GMT"),
        Some(Duration::ZERO)
    );
}

proptest! {
    #[test]
    fn nothing_panics(values in proptest::collection::vec(any::<Vec<u8>>(), NAMES.len())) {
        let mut headers = HeaderMap::new();
        for (name, value) in NAMES.iter().zip(values) {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                headers.insert(*name, value);
            }
        }
        let waits = [headers.rate_limit_reset(), headers.retry_after()];
        for wait in waits.into_iter().flatten() {
            prop_assert!(std::time::Instant::now().checked_add(wait).is_some());
        }
        let _ = (headers.rate_limit(), headers.rate_limit_remaining(), headers.request_id());
    }
}
