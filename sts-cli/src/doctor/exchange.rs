//! The exchange, and why it was refused.

use sts_sdk::{Client, ExchangeError, ResponseHeaders, Secret, TokenExchangeRequest};

use super::connection::Route;
use super::differences::Difference;
use super::pool;
use super::step::Step;
use crate::failure::Kind;
use crate::jwt::span;
use crate::shown::shown;

pub(super) const EXCHANGE: &str = "exchange";
const COMPARE: &str = "compare issuer, audience and filter of the identity provider and the pool with the subject \
    token (--expect-issuer, --expect-audience and --filter do)";

/// Exchanges `token` once, without trying again.
pub(super) async fn exchange(
    client: &Client,
    route: &Route,
    pool: &str,
    lifetime: Option<u64>,
    token: Secret,
    differences: &[Difference],
) -> Step {
    let mut request = TokenExchangeRequest::builder()
        .identity_pool_id(pool)
        .subject_token(token);
    if let Some(lifetime) = lifetime {
        let Ok(lifetime) = i64::try_from(lifetime) else {
            return Step::failed(
                EXCHANGE,
                Kind::Usage,
                "lifetime",
                "the lifetime is too long; ask for at most 900 s",
            );
        };
        request = request.expires_in(lifetime);
    }
    match client.exchange(request).await {
        Ok(token) => {
            let id = token.headers().request_id().map(shown);
            let lifetime = span(token.lifetime().as_secs());
            let found = format!(
                "an access token that lives for {lifetime}{}",
                named(id.as_deref())
            );
            Step::ok(EXCHANGE, found).with_request_id(id)
        }
        Err(error) => failed(&error, route, pool, differences),
    }
}

fn named(id: Option<&str>) -> String {
    id.map_or_else(String::new, |id| format!(" (request id {id})"))
}

fn failed(error: &ExchangeError, route: &Route, pool: &str, differences: &[Difference]) -> Step {
    if let Some(error) = error.transport() {
        let (cause, why) = route.failure(error);
        return Step::failed(EXCHANGE, Kind::Unreachable, cause, why);
    }
    let kind = Kind::of_exchange(error);
    let (cause, why) = cause(error, pool, differences);
    let text = format!("{why}; it said {error}");
    Step::failed(EXCHANGE, kind, cause, text).with_request_id(error.request_id().map(shown))
}

/// A name for the cause, and a line with the next step.
fn cause(
    error: &ExchangeError,
    pool_id: &str,
    differences: &[Difference],
) -> (&'static str, String) {
    if error.is_invalid_request() {
        return (
            "request",
            "nothing was sent; correct what the request is made of".to_owned(),
        );
    }
    let status = error.status().map_or(0, |status| status.as_u16());
    match status {
        429 => {
            let wait = error.retry_after().map_or(60, |wait| wait.as_secs());
            let text = format!(
                "this address has made more exchanges than it may; try again in {wait} s, and let processes share a \
                 provider"
            );
            return ("rate_limit", text);
        }
        408 | 500.. => {
            let text = "the server, or what is before it, cannot answer now; try again later, and give Confluent \
                the request id if it stays so";
            return ("server", text.to_owned());
        }
        200..400 | 404 | 405 => {
            let text = "what answers there is no STS of Confluent; check the URL, to which /sts/v1/oauth2/token is \
                appended, and what is between";
            return ("url", text.to_owned());
        }
        _ => {}
    }
    if names_pool(error) {
        let oddity = pool::oddity(pool_id);
        let text = oddity.unwrap_or_else(|| {
            format!(
                "the server does not know the identity pool {}; compare the id with that at \
                Confluent",
                shown(pool_id)
            )
        });
        return ("pool", text);
    }
    let sure = differences
        .iter()
        .find(|difference| difference.what != "filter_unknown");
    if let Some(difference) = sure {
        return (difference.what, difference.text.clone());
    }
    if let Some(oddity) = pool::oddity(pool_id) {
        return ("pool", oddity);
    }
    if let Some(difference) = differences.first() {
        return (difference.what, difference.text.clone());
    }
    (
        "unknown",
        format!("the server refused, and nothing wrong is seen from here; {COMPARE}"),
    )
}

/// Whether the server says that the identity pool is what it refuses.
fn names_pool(error: &ExchangeError) -> bool {
    let errors = error.failure().map(|failure| failure.errors.as_slice());
    errors.unwrap_or_default().iter().any(|error| {
        let source = error.source.as_ref();
        let named = |name: &Option<String>| {
            let name = name.as_deref().unwrap_or_default();
            name.trim_start_matches('/') == "identity_pool_id"
        };
        source.is_some_and(|source| named(&source.parameter) || named(&source.pointer))
    })
}
