//! What is printed of a token.

use std::fmt::Write;

use serde_json::{Map, Value, json};
use sts_emulator::Jwt;

use super::signature::Signature;
use crate::jwt::{Finding, Times, date, span};
use crate::shown::shown;

/// Claims that are times.
const TIMES: [&str; 5] = ["exp", "nbf", "iat", "auth_time", "updated_at"];

/// What is told of a token.
pub(super) struct Report<'a> {
    pub(super) jwt: &'a Jwt<'a>,
    pub(super) times: Times,
    pub(super) unusual: Vec<Finding>,
    pub(super) signature: &'a Signature,
}

impl Report<'_> {
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for (title, members) in [("header", &self.jwt.header), ("claims", &self.jwt.claims)] {
            writeln!(text, "{title}").ok();
            let width = members.keys().map(|name| shown(name).chars().count()).max();
            for (name, value) in members {
                let name = shown(name);
                let value = self.of_member(title, &name, value);
                writeln!(text, "  {name:width$}  {value}", width = width.unwrap_or(0)).ok();
            }
        }
        let lifetime = self.times.lifetime().filter(|lifetime| *lifetime > 0);
        let lifetime = lifetime
            .map(|lifetime| format!(", of a lifetime of {}", span(lifetime.unsigned_abs())));
        writeln!(
            text,
            "time: {}{}",
            self.times.state(),
            lifetime.unwrap_or_default()
        )
        .ok();
        match self.signature {
            Signature::NotVerified => {
                writeln!(text, "signature: not verified; --jwks does").ok();
            }
            Signature::Valid(by) => {
                writeln!(text, "signature: valid, by {by}").ok();
            }
            Signature::NotValid(why) => {
                writeln!(text, "signature: not verified: {why}").ok();
            }
        }
        for finding in &self.unusual {
            writeln!(text, "unusual: {}", finding.text).ok();
        }
        text
    }

    fn of_member(&self, title: &str, name: &str, value: &Value) -> String {
        if title == "claims"
            && TIMES.contains(&name)
            && let Some(at) = Times::claim(&self.jwt.claims, name)
        {
            return format!("{}, {}", date(at), self.times.relative(at));
        }
        match clean(value) {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    pub(super) fn json(&self) -> Value {
        let times = TIMES.iter().filter_map(|name| {
            let at = Times::claim(&self.jwt.claims, name)?;
            let seconds = at.saturating_sub(self.times.now);
            let time =
                json!({"at": date(at), "in_seconds": seconds, "words": self.times.relative(at)});
            Some(((*name).to_owned(), time))
        });
        let unusual = self.unusual.iter();
        let unusual: Vec<Value> = unusual
            .map(|finding| json!({"what": finding.what, "text": finding.text}))
            .collect();
        let (verified, why) = match self.signature {
            Signature::NotVerified => (Value::Null, None),
            Signature::Valid(by) => (Value::Bool(true), Some(format!("by {by}"))),
            Signature::NotValid(why) => (Value::Bool(false), Some(why.clone())),
        };
        json!({
            "header": clean_all(&self.jwt.header),
            "claims": clean_all(&self.jwt.claims),
            "times": times.collect::<Map<_, _>>(),
            "state": self.times.state(),
            "lifetime_seconds": self.times.lifetime(),
            "signature": {"verified": verified, "why": why},
            "unusual": unusual,
        })
    }
}

/// A value without what looks like a token: a token may hold another one.
fn clean(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(shown(text)),
        Value::Array(all) => all.iter().map(clean).collect(),
        Value::Object(members) => Value::Object(clean_all(members)),
        other => other.clone(),
    }
}

fn clean_all(members: &Map<String, Value>) -> Map<String, Value> {
    let members = members.iter();
    members
        .map(|(name, value)| (shown(name), clean(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    use super::*;
    use crate::jwt::findings;

    fn claim() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            (1_700_000_000..1_900_000_000_i64).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "https://(login\\.microsoftonline\\.com|sts\\.windows\\.net|[a-z.]{1,6})/[a-z0-9]{0,6}/?(v2\\.0)?".prop_map(Value::from),
            proptest::collection::vec(any::<String>().prop_map(Value::from), 0..3).prop_map(Value::from),
            Just(json!({"a": {"b": [1]}})),
        ]
    }

    proptest! {
        #[test]
        fn any_claims_are_told_in_lines_without_the_token(
            claims in proptest::collection::btree_map(
                "exp|nbf|iat|iss|aud|sub|ver|tid|auth_time|jti|azp|appid|\\PC{0,8}",
                claim(),
                0..8,
            ),
            signature in any::<[u8; 8]>(),
        ) {
            let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let signature = URL_SAFE_NO_PAD.encode(signature);
            let header = part(json!({"alg": "RS256", "kid": "a"}));
            let token = format!("{header}.{}.{signature}", part(json!(claims)));
            let jwt = Jwt::parse(&token).unwrap();
            let times = Times::of(&jwt.claims, SystemTime::now());
            let report = Report {
                unusual: findings(&jwt, &times),
                jwt: &jwt,
                times,
                signature: &Signature::NotVerified,
            };
            let text = report.text();
            prop_assert!(text.starts_with("header\n"));
            prop_assert!(!text.contains(&token) && !text.contains(&signature));
            prop_assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
            prop_assert!(report.json().is_object());
        }
    }
}
