//! Whether a subject token is taken. The rules are those of RFC 7519 and of Confluent's documentation of identity
//! pools; the texts are the emulator's own.

use serde_json::{Map, Value};

use super::directory::{Directory, PoolEntry, ProviderEntry};
use super::keys;
use crate::jwt::{Jwt, VerifyingKey};
use crate::redact::shown;
use crate::specification::{IDENTITY_POOL_ID, Problem, SUBJECT_TOKEN};

/// A subject token that is taken.
#[derive(Debug)]
pub(crate) struct Identity {
    /// The value of the pool's identity claim.
    pub(crate) subject: String,
}

/// Checks `token` for the pool with the id `pool_id`, at `now` in seconds since 1970.
pub(crate) async fn check(
    directory: &Directory,
    token: &str,
    pool_id: &str,
    now: i64,
) -> Result<Identity, Problem> {
    let token = Jwt::parse(token).map_err(|why| {
        refused(
            "no_jwt",
            "Subject Token Is No JWT",
            format!("the subject token is no JWT: {why}"),
        )
    })?;
    let Some(pool) = directory.pool(pool_id) else {
        let detail = format!("there is no identity pool {}", shown(pool_id));
        return Err(
            Problem::new("unknown_identity_pool", "Unknown Identity Pool", detail)
                .of(IDENTITY_POOL_ID),
        );
    };
    if !directory.trust_any_jwt {
        signed(directory, &pool, &token, now).await?;
    }
    in_time(directory, &token.claims, now)?;
    if let Some(filter) = &pool.filter {
        let matches = filter.matches(&token.claims);
        if matches != Ok(true) {
            let why = matches
                .err()
                .map_or_else(String::new, |why| format!(": {why}"));
            let detail = format!(
                "the claims do not match the filter of the identity pool {pool_id}, {}{why}",
                filter.text()
            );
            return Err(refused("filter_mismatch", "Filter Does Not Match", detail));
        }
    }
    let subject = pool
        .identity_claim
        .iter()
        .try_fold(None, |of: Option<&Value>, name| {
            let next = of.map_or_else(|| token.claims.get(name), |of| of.get(name));
            next.map(Some)
        });
    match subject.flatten() {
        Some(Value::String(subject)) if !subject.is_empty() => Ok(Identity {
            subject: subject.clone(),
        }),
        _ => {
            let claim = pool.identity_claim.join(".");
            let detail = format!(
                "the claim {claim}, the identity in the identity pool {pool_id}, is missing or no text"
            );
            Err(refused("no_identity", "No Identity", detail))
        }
    }
}

fn refused(code: &'static str, title: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(code, title, detail).of(SUBJECT_TOKEN)
}

/// Issuer, signature and audience.
async fn signed(
    directory: &Directory,
    pool: &PoolEntry,
    token: &Jwt<'_>,
    now: i64,
) -> Result<(), Problem> {
    let issuer = token.claims.get("iss").and_then(Value::as_str);
    let issuer =
        issuer.ok_or_else(|| refused("no_issuer", "No Issuer", "the subject token has no iss"))?;
    let provider = directory.provider(issuer);
    let fits = pool.issuer.as_ref().is_none_or(|wanted| wanted == issuer);
    let (Some(provider), true) = (provider, fits) else {
        let known = match &pool.issuer {
            Some(issuer) => format!("of the identity provider {issuer}"),
            None => format!(
                "of the identity providers {}",
                directory.issuers().join(", ")
            ),
        };
        let detail = format!(
            "the issuer of the subject token is {}; the identity pool is {known}",
            shown(issuer)
        );
        return Err(refused("unknown_issuer", "Unknown Issuer", detail));
    };
    let named = token.header_text("alg").unwrap_or_default();
    let Some(algorithm) = VerifyingKey::algorithm(named) else {
        let detail = format!(
            "the subject token is signed with {}; taken are {}",
            shown(named),
            VerifyingKey::ALGORITHMS.join(", ")
        );
        return Err(refused("unknown_algorithm", "Unknown Algorithm", detail));
    };
    let id = token.header_text("kid");
    let keys = candidates(directory, provider, id, algorithm, now).await;
    let keys = keys.map_err(|why| {
        let detail = format!("the keys of {issuer} cannot be read: {why}");
        refused("no_keys", "No Keys", detail)
    })?;
    if keys.is_empty() {
        let id = id.map_or_else(|| "no kid".to_owned(), |id| format!("kid {}", shown(id)));
        let detail = format!("{issuer} has no key for a token with {id} and alg {algorithm}");
        return Err(refused("unknown_key", "Unknown Key", detail));
    }
    if !keys
        .iter()
        .any(|key| key.verifies(algorithm, token.signed, &token.signature))
    {
        let detail = format!("the signature of the subject token is not by the key of {issuer}");
        return Err(refused("invalid_signature", "Invalid Signature", detail));
    }
    let expected = provider.audiences();
    let audiences = match token.claims.get("aud") {
        Some(Value::Array(audiences)) => audiences.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(audience)) => vec![audience.as_str()],
        _ => Vec::new(),
    };
    if !expected.is_empty()
        && !expected
            .iter()
            .any(|audience| audiences.contains(&audience.as_str()))
    {
        let has = if audiences.is_empty() {
            "none".to_owned()
        } else {
            shown(&audiences.join(", "))
        };
        let detail = format!(
            "the audience of the subject token is {has}; taken is {}",
            expected.join(", ")
        );
        return Err(refused("wrong_audience", "Wrong Audience", detail));
    }
    Ok(())
}

async fn candidates(
    directory: &Directory,
    provider: &ProviderEntry,
    id: Option<&str>,
    algorithm: &str,
    now: i64,
) -> Result<Vec<VerifyingKey>, String> {
    match provider {
        ProviderEntry::Own { .. } => Ok(keys::own(&directory.ring, id, algorithm)),
        ProviderEntry::Other { keys, .. } => keys.candidates(id, algorithm, now).await,
    }
}

/// `exp`, `nbf` and `iat`, with the leeway that clocks are given.
fn in_time(directory: &Directory, claims: &Map<String, Value>, now: i64) -> Result<(), Problem> {
    let leeway = directory.leeway;
    let time = |name: &str| match claims.get(name) {
        None => Ok(None),
        // Whole seconds are enough; a fraction is cut.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "what is beyond is cut to the bounds"
        )]
        Some(value) => match value.as_f64() {
            Some(seconds) => Ok(Some(seconds as i64)),
            None => Err(refused(
                "invalid_claim",
                "Invalid Claim",
                format!("the claim {name} is no number"),
            )),
        },
    };
    match time("exp")? {
        Some(end) if now.saturating_sub(leeway) >= end => {
            let detail = format!(
                "the subject token expired {} s ago",
                now.saturating_sub(end)
            );
            return Err(refused("expired", "Subject Token Expired", detail));
        }
        None if !directory.trust_any_jwt => {
            return Err(refused(
                "no_expiry",
                "No Expiry",
                "the subject token has no exp",
            ));
        }
        _ => {}
    }
    for name in ["nbf", "iat"] {
        if let Some(begin) = time(name)?
            && now.saturating_add(leeway) < begin
        {
            let detail = format!(
                "the subject token is not valid for another {} s ({name})",
                begin.saturating_sub(now)
            );
            return Err(refused(
                "not_yet_valid",
                "Subject Token Not Yet Valid",
                detail,
            ));
        }
    }
    Ok(())
}
