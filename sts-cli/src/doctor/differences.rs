//! What differs from what is expected, each with what to do about it.

use serde_json::{Map, Value};
use sts_emulator::{Jwt, VerifyingKey};

use super::server;
use crate::jwt::{EntraVersion, Times, mismatch, same_but_slash, same_entra_tenant};
use crate::shown::shown;

/// What Confluent is configured with, as far as the caller knows it.
#[derive(Clone, Debug, Default)]
pub(super) struct Expected {
    pub(super) issuer: Option<String>,
    pub(super) audience: Option<String>,
    pub(super) filter: Option<String>,
}

/// Something that a server may refuse the token for: a name for programs, and the cause with the next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) what: &'static str,
    pub(super) text: String,
}

impl Difference {
    fn new(what: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { what, text }
    }
}

/// All that differs, what is most certain first. This machine's clock is `ahead` of the server's by so many seconds.
pub(super) fn differences(
    jwt: &Jwt<'_>,
    times: &Times,
    ahead: Option<i64>,
    expected: &Expected,
) -> Vec<Difference> {
    let claims = &jwt.claims;
    let found = [
        algorithm(jwt),
        time(times, ahead),
        issuer(claims, expected.issuer.as_deref()),
        audience(claims, expected.audience.as_deref()),
        filter(claims, expected.filter.as_deref()),
        subject(claims),
    ];
    found.into_iter().flatten().collect()
}

fn algorithm(jwt: &Jwt<'_>) -> Option<Difference> {
    let alg = jwt.header_text("alg").unwrap_or_default();
    let known = VerifyingKey::algorithm(alg).is_some();
    (!known).then(|| {
        let text = format!(
            "the subject token has alg {}, which no published key verifies; take the token that the identity \
             provider signed",
            shown(alg)
        );
        Difference::new("algorithm", text)
    })
}

/// What the server's clock makes of the times.
fn time(times: &Times, ahead: Option<i64>) -> Option<Difference> {
    let ahead = ahead.unwrap_or(0);
    let servers = times.seen_ahead(-ahead);
    let clock = || {
        format!(
            "{}; set this machine's clock, as by NTP",
            server::off(ahead)
        )
    };
    let begin = servers.not_before.into_iter().chain(servers.issued).max();
    if servers.expires.is_some_and(|end| end <= servers.now) {
        let text = if times.expires.is_some_and(|end| end > times.now) {
            format!(
                "by the server's clock, the subject token {}, for {}",
                servers.state(),
                clock()
            )
        } else {
            format!(
                "the subject token {}; have its source renew it",
                servers.state()
            )
        };
        return Some(Difference::new("expired", text));
    }
    let begin = begin.filter(|begin| *begin > servers.now.saturating_add(1))?;
    let when = servers.relative(begin);
    let text = if server::is_off(ahead) {
        format!(
            "by the server's clock, the subject token is valid only {when}, for {}",
            clock()
        )
    } else {
        format!(
            "the subject token is valid only {when}; set the clock of the machine that issued it"
        )
    };
    Some(Difference::new("not_yet_valid", text))
}

fn issuer(claims: &Map<String, Value>, expected: Option<&str>) -> Option<Difference> {
    let expected = expected?;
    let has = claims.get("iss").and_then(Value::as_str);
    if has == Some(expected) {
        return None;
    }
    let Some(has) = has else {
        let text = format!(
            "the subject token has no iss, and {} is expected; take the token of that identity provider",
            shown(expected)
        );
        return Some(Difference::new("issuer", text));
    };
    let differ = format!(
        "the issuer of the subject token is {}, and {} is expected",
        shown(has),
        shown(expected)
    );
    let text = if same_but_slash(has, expected) {
        let only = if has.ends_with('/') {
            "with"
        } else {
            "without"
        };
        format!(
            "{differ}: the slash at the end counts; write the issuer at Confluent {only} it, as the token has it"
        )
    } else if let Some((has, wanted)) = same_entra_tenant(has, expected) {
        let number = match wanted {
            EntraVersion::V1 => 1,
            EntraVersion::V2 => 2,
        };
        format!(
            "{differ}: Microsoft Entra issued version {has} in place of {wanted}; set requestedAccessTokenVersion \
             of the application to {number}, or the issuer at Confluent to that of the token"
        )
    } else {
        format!(
            "{differ}; take the token of that identity provider, or set the issuer at Confluent to that of the token"
        )
    };
    Some(Difference::new("issuer", text))
}

fn audience(claims: &Map<String, Value>, expected: Option<&str>) -> Option<Difference> {
    let expected = expected?;
    let has: Vec<&str> = match claims.get("aud") {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(one)) => vec![one],
        _ => Vec::new(),
    };
    if has.contains(&expected) {
        return None;
    }
    let named = if has.is_empty() {
        "missing".to_owned()
    } else {
        shown(&has.join(", "))
    };
    let bare = |audience: &str| audience.trim_start_matches("api://").to_owned();
    let entra = has.iter().any(|has| bare(has) == bare(expected));
    let reason = if entra {
        ": Microsoft Entra's version 1.0 writes api:// before it, 2.0 does not"
    } else {
        ""
    };
    let text = format!(
        "the audience of the subject token is {named}, and {expected} is expected{reason}; have the source ask for \
         {expected} (--audience or --scope), or take the token's at Confluent",
        expected = shown(expected)
    );
    Some(Difference::new("audience", text))
}

fn filter(claims: &Map<String, Value>, filter: Option<&str>) -> Option<Difference> {
    let (what, text) = match mismatch(filter?, claims) {
        Ok(None) => return None,
        Ok(Some(why)) => (
            "filter",
            format!(
                "the filter does not match, as far as it can be evaluated here: {why}; correct the filter of the \
                 identity pool, or have the identity provider give the claim"
            ),
        ),
        Err(why) => (
            "filter_unknown",
            format!(
                "the filter cannot be evaluated here: {why}; compare it with the claims that confluent-sts inspect \
                 prints"
            ),
        ),
    };
    Some(Difference::new(what, text))
}

fn subject(claims: &Map<String, Value>) -> Option<Difference> {
    let has = claims.get("sub").and_then(Value::as_str);
    has.is_none_or(str::is_empty).then(|| {
        let text = "the subject token has no sub; take the token of a workload, or let the identity pool use \
            another claim";
        Difference::new("subject", text)
    })
}
