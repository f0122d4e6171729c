//! What is unusual about a token.

use serde_json::{Map, Value};
use sts_emulator::{Jwt, VerifyingKey};

use super::issuer::EntraVersion;
use super::times::{Times, span};
use crate::shown::shown;

/// Longer than the tokens that identity providers give to workloads, in seconds.
const LONG: i64 = 86_400;
/// Shorter than what a workload can rely on, in seconds.
const SHORT: i64 = 60;
/// How far the clocks of two machines may differ, in seconds.
const SKEW: i64 = 60;

/// Something unusual: a name for programs, and a line for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) what: &'static str,
    pub(crate) text: String,
}

/// What is unusual about a token for an exchange, as seen at the `now` of `times`.
pub(crate) fn findings(jwt: &Jwt<'_>, times: &Times) -> Vec<Finding> {
    let mut found = Found(Vec::new());
    signature(jwt, &mut found);
    issuer(&jwt.claims, &mut found);
    audience(&jwt.claims, &mut found);
    subject(&jwt.claims, &mut found);
    of_times(&jwt.claims, times, &mut found);
    found.0
}

struct Found(Vec<Finding>);

impl Found {
    fn add(&mut self, what: &'static str, text: impl Into<String>) {
        let text = text.into();
        self.0.push(Finding { what, text });
    }
}

fn signature(jwt: &Jwt<'_>, found: &mut Found) {
    let alg = jwt.header_text("alg").unwrap_or_default();
    if alg.eq_ignore_ascii_case("none") {
        let text = "it is not signed (alg none), so that anybody can have written it";
        found.add("not_signed", text);
    } else if alg.starts_with("HS") {
        let text = format!(
            "alg is {}, a signature with a shared secret, which no published key verifies",
            shown(alg)
        );
        found.add("shared_secret", text);
    } else if VerifyingKey::algorithm(alg).is_none() {
        let text = format!(
            "alg is {}; identity providers use one of {}",
            shown(alg),
            VerifyingKey::ALGORITHMS.join(", ")
        );
        found.add("unknown_algorithm", text);
    } else if jwt.header_text("kid").is_none() {
        let text =
            "the header has no kid, so that nothing says which key of the issuer it is signed with";
        found.add("no_key_id", text);
    }
    if jwt.header.contains_key("crit") {
        let text = "the header has crit, extensions that whoever does not know them must refuse (RFC 7515, section \
            4.1.11)";
        found.add("critical_extensions", text);
    }
}

fn issuer(claims: &Map<String, Value>, found: &mut Found) {
    let Some(issuer) = claims.get("iss").and_then(Value::as_str) else {
        found.add(
            "no_issuer",
            "it has no iss, so that no identity provider is found for it",
        );
        return;
    };
    if !issuer.starts_with("https://") {
        let text = "the issuer is no https URL, below which keys could be found";
        found.add("issuer_no_https", text);
    }
    match EntraVersion::of_issuer(issuer) {
        Some(version) => {
            let claim = version.application();
            let other = match version {
                EntraVersion::V1 => "login.microsoftonline.com/TENANT/v2.0 and azp",
                EntraVersion::V2 => "sts.windows.net/TENANT/ and appid",
            };
            let text = format!(
                "Microsoft Entra issued it in version {version}: the application is {claim}; the other version has \
                 {other}"
            );
            found.add("entra_version", text);
        }
        None if issuer.ends_with('/') => {
            let text = "the issuer ends in a slash, which an identity provider has to have as well";
            found.add("issuer_slash", text);
        }
        None => {}
    }
}

fn audience(claims: &Map<String, Value>, found: &mut Found) {
    match claims.get("aud") {
        None => found.add("no_audience", "it has no aud, so that it is for anybody"),
        Some(Value::String(audience)) if audience.is_empty() => {
            found.add("no_audience", "aud is empty");
        }
        Some(Value::String(_)) => {}
        Some(Value::Array(all)) => {
            let text = format!(
                "aud is a list of {}: a filter claims.aud == \"…\" does not match it, \"…\" in claims.aud does",
                all.len()
            );
            found.add("audience_list", text);
        }
        Some(_) => found.add("no_audience", "aud is neither text nor a list"),
    }
}

fn subject(claims: &Map<String, Value>, found: &mut Found) {
    match claims.get("sub") {
        Some(Value::String(subject)) if !subject.is_empty() => {}
        Some(Value::String(_)) => found.add("no_subject", "sub is empty"),
        Some(_) => found.add("no_subject", "sub is no text"),
        None => found.add(
            "no_subject",
            "it has no sub, so that it says of nobody who they are",
        ),
    }
}

fn of_times(claims: &Map<String, Value>, times: &Times, found: &mut Found) {
    for (name, read) in [
        ("exp", times.expires),
        ("nbf", times.not_before),
        ("iat", times.issued),
    ] {
        if read.is_none() && claims.contains_key(name) {
            found.add("no_time", format!("{name} is no number of seconds"));
        }
    }
    match times.expires {
        None => found.add("no_end", "it has no exp, so that it never expires"),
        Some(end) if end <= times.now => {
            found.add("expired", format!("it expired {}", times.relative(end)));
        }
        Some(_) => {}
    }
    if let Some(begin) = times.not_before.filter(|begin| *begin > times.now) {
        let text = format!(
            "nbf is in the future: it is valid only {}",
            times.relative(begin)
        );
        found.add("not_yet_valid", text);
    }
    if let Some(issued) = times.issued.filter(|issued| *issued > times.now + SKEW) {
        let text = format!(
            "iat is in the future, {}: one of the two clocks is wrong",
            times.relative(issued)
        );
        found.add("issued_in_the_future", text);
    }
    match times.lifetime() {
        Some(lifetime) if lifetime <= 0 => {
            found.add("no_lifetime", "it expires before it was issued");
        }
        Some(lifetime) if lifetime > LONG => {
            let text = format!(
                "it lives for {}, during which whoever finds it can use it",
                span(lifetime.unsigned_abs())
            );
            found.add("long_lifetime", text);
        }
        Some(lifetime) if lifetime < SHORT => {
            let text =
                format!("it lives for {lifetime} s, hardly longer than an exchange may take");
            found.add("short_lifetime", text);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;

    const NOW: u64 = 1_700_000_000;

    fn of(header: &Value, changes: &Value) -> Vec<(&'static str, String)> {
        let mut claims = json!({
            "iss": "https://idp.example", "sub": "me", "aud": "confluent", "iat": NOW, "exp": NOW + 3600,
        });
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let token = format!("{}.{}.AA", encode(header), encode(&claims));
        let jwt = Jwt::parse(&token).unwrap();
        let now = UNIX_EPOCH + Duration::from_secs(NOW);
        let found = findings(&jwt, &Times::of(&jwt.claims, now));
        found
            .into_iter()
            .map(|found| (found.what, found.text))
            .collect()
    }

    #[test]
    fn an_ordinary_token_has_nothing_unusual() {
        assert_eq!(of(&json!({"alg": "RS256", "kid": "a"}), &json!({})), []);
    }

    #[test]
    fn headers_are_looked_at() {
        for (header, what) in [
            (json!({"alg": "none"}), "not_signed"),
            (json!({"alg": "HS256", "kid": "a"}), "shared_secret"),
            (json!({"alg": "XS256", "kid": "a"}), "unknown_algorithm"),
            (json!({"alg": "ES384"}), "no_key_id"),
            (
                json!({"alg": "ES384", "kid": "a", "crit": ["b64"]}),
                "critical_extensions",
            ),
        ] {
            let found: Vec<_> = of(&header, &json!({}))
                .into_iter()
                .map(|(what, _)| what)
                .collect();
            assert_eq!(found, [what], "{header}");
        }
    }

    #[test]
    fn claims_are_looked_at() {
        for (changes, what, text) in [
            (
                json!({"iss": null}),
                "no_issuer",
                "it has no iss, so that no identity provider is found for it",
            ),
            (
                json!({"iss": "http://idp.example"}),
                "issuer_no_https",
                "the issuer is no https URL, below which keys could be found",
            ),
            (
                json!({"iss": "https://idp.example/"}),
                "issuer_slash",
                "the issuer ends in a slash, which an identity provider has to have as well",
            ),
            (
                json!({"iss": "https://sts.windows.net/6a5b/"}),
                "entra_version",
                "Microsoft Entra issued it in version 1.0: the application is appid; the other version has \
                 login.microsoftonline.com/TENANT/v2.0 and azp",
            ),
            (
                json!({"iss": "https://login.microsoftonline.com/6a5b/v2.0"}),
                "entra_version",
                "Microsoft Entra issued it in version 2.0: the application is azp; the other version has \
                 sts.windows.net/TENANT/ and appid",
            ),
            (
                json!({"aud": null}),
                "no_audience",
                "it has no aud, so that it is for anybody",
            ),
            (
                json!({"aud": ["a", "b"]}),
                "audience_list",
                "aud is a list of 2: a filter claims.aud == \"…\" does not match it, \"…\" in claims.aud does",
            ),
            (json!({"sub": ""}), "no_subject", "sub is empty"),
            (
                json!({"sub": null}),
                "no_subject",
                "it has no sub, so that it says of nobody who they are",
            ),
            (
                json!({"exp": null}),
                "no_end",
                "it has no exp, so that it never expires",
            ),
            (
                json!({"iat": NOW - 7300, "exp": NOW - 100}),
                "expired",
                "it expired 100 s ago",
            ),
            (
                json!({"nbf": NOW + 90}),
                "not_yet_valid",
                "nbf is in the future: it is valid only in 90 s",
            ),
            (
                json!({"iat": NOW + 600}),
                "issued_in_the_future",
                "iat is in the future, in 10 min: one of the two clocks is wrong",
            ),
            (
                json!({"exp": NOW + 90 * 86_400}),
                "long_lifetime",
                "it lives for 90 d, during which whoever finds it can use it",
            ),
            (
                json!({"exp": NOW + 20}),
                "short_lifetime",
                "it lives for 20 s, hardly longer than an exchange may take",
            ),
            (
                json!({"iat": NOW + 10, "exp": NOW + 5}),
                "no_lifetime",
                "it expires before it was issued",
            ),
        ] {
            let found = of(&json!({"alg": "RS256", "kid": "a"}), &changes);
            assert_eq!(found, [(what, text.to_owned())], "{changes}");
        }
        let found = of(
            &json!({"alg": "RS256", "kid": "a"}),
            &json!({"exp": "soon"}),
        );
        assert_eq!(
            found[0],
            ("no_time", "exp is no number of seconds".to_owned())
        );
    }
}
