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
