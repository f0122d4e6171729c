//! What the headers of a response say, typed.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// The longest time that a header may name, in seconds: about 68 years (RFC 9111, section 1.2.2).
const LONGEST: u64 = 2_147_483_648;

/// The headers that the specification declares for responses, typed.
///
/// A header that is missing, negative, too large or garbled is `None`. Implemented for `HeaderMap`; other crates cannot
/// implement it, so that headers which the specification adds can be added here.
///
/// ```
/// use std::time::Duration;
/// use sts_sdk::ResponseHeaders;
/// use sts_sdk::reqwest::header::HeaderMap;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("retry-after", "12".parse().unwrap());
/// assert_eq!(headers.retry_after(), Some(Duration::from_secs(12)));
/// assert_eq!(headers.rate_limit(), None);
/// ```
///
/// ```compile_fail,E0277
/// struct MyHeaders;
/// impl sts_sdk::ResponseHeaders for MyHeaders {
///     fn rate_limit(&self) -> Option<u64> { None }
///     fn rate_limit_remaining(&self) -> Option<u64> { None }
///     fn rate_limit_reset(&self) -> Option<std::time::Duration> { None }
///     fn retry_after(&self) -> Option<std::time::Duration> { None }
///     fn request_id(&self) -> Option<&str> { None }
/// }
/// ```
pub trait ResponseHeaders: sealed::Sealed {
    /// `X-RateLimit-Limit`: the number of requests allowed in one window.
    fn rate_limit(&self) -> Option<u64>;

    /// `X-RateLimit-Remaining`: the number of requests left in the current window.
    fn rate_limit_remaining(&self) -> Option<u64>;

    /// `X-RateLimit-Reset`: the time from the response until the window ends. Relative, unlike headers
    /// of this name elsewhere.
    fn rate_limit_reset(&self) -> Option<Duration>;

    /// `Retry-After`: the time to wait from the response on. A date (RFC 9110, section 10.2.3) is taken
    /// relative to the response's `Date`, or to the system's clock where there is none; a past date is
    /// zero.
    fn retry_after(&self) -> Option<Duration>;

    /// `X-Request-Id`: identifies the request to Confluent's support. `None` as well where it is marked
    /// sensitive, as by this crate where it held a token.
    fn request_id(&self) -> Option<&str>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for reqwest::header::HeaderMap {}
}

impl ResponseHeaders for HeaderMap {
    fn rate_limit(&self) -> Option<u64> {
        integer(text(self, "x-ratelimit-limit")?)
    }

    fn rate_limit_remaining(&self) -> Option<u64> {
        integer(text(self, "x-ratelimit-remaining")?)
    }

    fn rate_limit_reset(&self) -> Option<Duration> {
        seconds(text(self, "x-ratelimit-reset")?)
    }

    fn retry_after(&self) -> Option<Duration> {
        let value = text(self, RETRY_AFTER.as_str())?;
        seconds(value).or_else(|| {
            let until = httpdate::parse_http_date(value).ok()?;
            let date = text(self, DATE.as_str());
            let now = date
                .and_then(|date| httpdate::parse_http_date(date).ok())
                .unwrap_or_else(SystemTime::now);
            let wait = until.duration_since(now).unwrap_or_default();
            (wait.as_secs() <= LONGEST).then_some(wait)
        })
    }

    fn request_id(&self) -> Option<&str> {
        let sensitive = self.get("x-request-id")?.is_sensitive();
        text(self, "x-request-id").filter(|id| !id.is_empty() && !sensitive)
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

fn integer(value: &str) -> Option<u64> {
    // `u64`'s own parser takes a leading plus sign.
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|_| digits)
}

fn seconds(value: &str) -> Option<Duration> {
    let seconds = integer(value).filter(|seconds| *seconds <= LONGEST);
    seconds.map(Duration::from_secs)
}
