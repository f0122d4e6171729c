//! The headers of a response are typed; what is missing or makes no sense is `None`.

use std::cell::Cell;
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
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

#[test]
fn a_date_is_relative_to_the_systems_clock_where_the_response_has_none() {
    // 2090-01-01, a Sunday.
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(3_786_912_000);
    for pairs in [
        &[("retry-after", "Sun, 01 Jan 2090 00:00:00 GMT")][..],
        &[
            ("retry-after", "Sun, 01 Jan 2090 00:00:00 GMT"),
            ("date", "garbled"),
        ],
    ] {
        let before = SystemTime::now();
        let wait = headers(pairs).retry_after().unwrap();
        let after = SystemTime::now();
        let within = date.duration_since(after).unwrap()..=date.duration_since(before).unwrap();
        assert!(within.contains(&wait), "{wait:?} is not within {within:?}");
    }
}

/// What a header may hold: numbers and dates, damaged or not, and anything else.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let text = prop_oneof![
        3 => "[ \t]{0,2}[0-9]{1,12}[ \t]{0,2}",
        1 => "[0-9]{10,22}",
        1 => "[-+ 0-9.,eEx_]{1,8}",
        1 => "(Mon|Tue|Sun), [0-3][0-9] (Jan|Feb|Nov) [0-9]{4} [0-2][0-9]:[0-5][0-9]:[0-6][0-9] (GMT|UTC)",
        1 => "Sunday, 01-Jan-[0-9]{2} 00:00:0[0-9] GMT",
        1 => "Sun Nov [ 0-9][0-9] [0-9]{2}:00:00 19[0-9]{2}",
        1 => any::<String>(),
    ];
    prop_oneof![
        3 => text.prop_map(String::into_bytes),
        1 => any::<Vec<u8>>(),
    ]
}

#[test]
fn whatever_a_header_holds_is_a_value_or_none() {
    let parsed = Cell::new(0);
    let values = proptest::collection::vec(value(), NAMES.len());
    let default = Config::default();
    let config = Config {
        // More where `PROPTEST_CASES` is more than its default.
        cases: (default.cases / 256).max(1).saturating_mul(2000),
        failure_persistence: None,
        ..default
    };
    let outcome = TestRunner::new(config).run(&values, |values| {
        let mut headers = HeaderMap::new();
        for (name, value) in NAMES.iter().zip(&values) {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                headers.insert(*name, value);
            }
        }
        // What is more than white space around digits is no number.
        let number = |name: &str| {
            let text = headers.get(name)?.to_str().ok()?.trim();
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u64>().ok().filter(|_| digits)
        };
        prop_assert_eq!(headers.rate_limit(), number("x-ratelimit-limit"));
        prop_assert_eq!(
            headers.rate_limit_remaining(),
            number("x-ratelimit-remaining")
        );
        let reset = number("x-ratelimit-reset").filter(|seconds| *seconds <= 1 << 31);
        prop_assert_eq!(headers.rate_limit_reset(), reset.map(Duration::from_secs));
        for wait in [headers.rate_limit_reset(), headers.retry_after()]
            .into_iter()
            .flatten()
        {
            prop_assert!(std::time::Instant::now().checked_add(wait).is_some());
            parsed.set(parsed.get() + 1);
        }
        let _ = headers.request_id();
        Ok(())
    });
    outcome.unwrap();
    assert!(parsed.get() > 500, "{} of 4000 were read", parsed.get());
}
