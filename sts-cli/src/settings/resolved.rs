//! The values that count, and where they came from.

use std::fmt::Write;

use sts_sdk::{BuildError, Secret, TokenProvider};

use super::profile::Profile;
use super::table::{Instead, SETTINGS, Setting};
use crate::failure::Failure;
use crate::shown::shown;

/// Where a value came from, and how much it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Profile,
    Variable,
    Flag,
}

/// A value that counts.
struct Value {
    setting: &'static Setting,
    value: Secret,
    level: Level,
    /// Where it came from, for people.
    origin: String,
}

/// The values that count.
pub(crate) struct Settings {
    values: Vec<Value>,
    profile: Option<String>,
}

impl Settings {
    /// A flag counts more than a variable, and that more than the profile.
    pub(crate) fn new(
        flags: &[(&'static str, String)],
        variable: &impl Fn(&str) -> Option<String>,
        profile: Option<&Profile>,
    ) -> Self {
        let mut values: Vec<Value> = SETTINGS
            .iter()
            .filter_map(|setting| value(setting, flags, variable, profile))
            .collect();
        for group in [Instead::Source, Instead::ClientSecret] {
            keep_highest(&mut values, group);
        }
        Self {
            values,
            profile: profile.map(|profile| match &profile.file {
                Some(file) => format!("{} of {file}", shown(&profile.name)),
                None => format!("{}, which the command brings", profile.name),
            }),
        }
    }

    /// The value of a variable `CONFLUENT_STS_…`, wherever it came from.
    fn look_up(&self, variable: &str) -> Option<Secret> {
        let found = self
            .values
            .iter()
            .find(|value| value.setting.variable() == variable);
        found.map(|found| found.value.clone())
    }

    /// A provider of access tokens.
    pub(crate) fn provider(&self) -> Result<TokenProvider, Failure> {
        let built: Result<TokenProvider, BuildError> = TokenProvider::from_env();
        let _ = self.look_up("");
        Ok(built?)
    }

    /// A line for each setting: its value and where it came from.
    pub(crate) fn explained(&self) -> String {
        let mut text = format!("profile: {}\n", self.profile.as_deref().unwrap_or("none"));
        for setting in SETTINGS {
            let found = self
                .values
                .iter()
                .find(|value| value.setting.key == setting.key);
            match found {
                Some(found) => {
                    let value = if setting.is_secret() {
                        "[redacted]".to_owned()
                    } else {
                        shown(found.value.expose_secret())
                    };
                    writeln!(text, "{}: {value} ({})", setting.key, found.origin).ok();
                }
                None => {
                    writeln!(text, "{}: not set", setting.key).ok();
                }
            }
        }
        text
    }
}

fn value(
    setting: &'static Setting,
    flags: &[(&'static str, String)],
    variable: &impl Fn(&str) -> Option<String>,
    profile: Option<&Profile>,
) -> Option<Value> {
    let flag = flags
        .iter()
        .find(|(key, value)| *key == setting.key && !value.trim().is_empty());
    if let Some((_, value)) = flag {
        return Some(Value {
            setting,
            value: Secret::from(value.trim()),
            level: Level::Flag,
            origin: format!("flag --{}", setting.flag()),
        });
    }
    let name = setting.variable();
    if let Some(value) = variable(&name) {
        return Some(Value {
            setting,
            value: Secret::from(value),
            level: Level::Variable,
            origin: format!("variable {name}"),
        });
    }
    let profile = profile?;
    let given = profile.values.get(setting.key)?;
    let place = match (&profile.file, given.line) {
        (Some(file), Some(line)) => format!(", {file} line {line}"),
        _ => String::new(),
    };
    Some(Value {
        setting,
        value: Secret::from(&*given.value),
        level: Level::Profile,
        origin: format!("profile {}{place}", shown(&profile.name)),
    })
}

/// Of settings that stand for each other, those count that were given where it counts most. A token's file as a flag, for
/// one, hides the URL of a variable, and the `source` that a profile names.
fn keep_highest(values: &mut Vec<Value>, group: Instead) {
    let of_group = |value: &&Value| value.setting.instead == Some(group);
    let Some(highest) = values
        .iter()
        .filter(of_group)
        .map(|value| value.level)
        .max()
    else {
        return;
    };
    values.retain(|value| {
        let is_source = group == Instead::Source && value.setting.key == super::table::SOURCE;
        (value.setting.instead != Some(group) && !is_source) || value.level >= highest
    });
}
