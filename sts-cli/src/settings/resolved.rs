//! The values that count, and where they came from.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sts_sdk::auth::Pools;
use sts_sdk::subject_token::{self, ChosenSource, StaticToken};
use sts_sdk::{ExternalTokenProvider, Secret, TokenProvider, TokenProviderBuilder};

use super::profile::Profile;
use super::table::{Alternatives, DEADLINE, Setting, settings};
use crate::bounded;
use crate::failure::Failure;
use crate::output::warn;
use crate::shown::shown;

/// The server unless one is set.
pub(super) const PRODUCTION: &str = "https://api.confluent.cloud";
pub(super) const URL: &str = "CONFLUENT_STS_URL";

/// Where a value came from, and how much it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Profile,
    Variable,
    Flag,
}

pub(super) struct Value {
    pub(super) setting: Setting,
    pub(super) text: Secret,
    level: Level,
    /// Where it came from, for people.
    pub(super) origin: String,
}

/// Where a file of profiles was looked for.
pub(super) struct LookedFor {
    pub(super) path: Option<PathBuf>,
    /// Why there, and what was found, for people.
    pub(super) explained: String,
}

/// The values that count.
pub(crate) struct Settings {
    pub(super) values: Vec<Value>,
    /// Values that count less than others that stand for them.
    pub(super) hidden: Vec<Value>,
    pub(super) profile: Option<String>,
    pub(super) place: LookedFor,
}

impl Settings {
    /// A flag counts more than a variable, and that more than the profile.
    pub(super) fn new(
        flags: &[(&'static str, String)],
        variable: &impl Fn(&str) -> Option<String>,
        profile: Option<&Profile>,
        place: LookedFor,
    ) -> Self {
        let all = settings().filter_map(|setting| value(setting, flags, variable, profile));
        let mut this = Self {
            values: all.collect(),
            hidden: Vec::new(),
            profile: profile.map(|profile| match &profile.file {
                Some(file) => format!("{} of {file}", shown(&profile.name)),
                None => format!("{}, which the command brings", profile.name),
            }),
            place,
        };
        for alternatives in [
            Alternatives::Source,
            Alternatives::ClientSecret,
            Alternatives::Body,
        ] {
            this.keep_highest(alternatives);
        }
        this
    }

    /// Of settings that stand for each other, those count that were given where it counts most. The file of a token as a
    /// flag, for one, hides the URL of a variable, and the `source` that a profile names.
    fn keep_highest(&mut self, alternatives: Alternatives) {
        let is_one = |value: &Value| value.setting.alternatives() == Some(alternatives);
        let given = self.values.iter().filter(|value| is_one(value));
        let Some(highest) = given.map(|value| value.level).max() else {
            return;
        };
        let counts = |value: &Value| {
            let hides_name = alternatives == Alternatives::Source
                && value.setting.alternatives() == Some(Alternatives::NamedSource);
            !(is_one(value) || hides_name) || value.level >= highest
        };
        let all = std::mem::take(&mut self.values);
        let (values, hidden): (Vec<Value>, Vec<Value>) = all.into_iter().partition(counts);
        self.values = values;
        self.hidden.extend(hidden);
    }

    /// The value of a variable `CONFLUENT_STS_…`, wherever it came from.
    pub(crate) fn look_up(&self, variable: &str) -> Option<Secret> {
        let found = self
            .values
            .iter()
            .find(|value| value.setting.variable() == variable);
        found.map(|found| found.text.clone())
    }

    /// The files that are named, by their variables, those that do not count among them.
    pub(super) fn files(&self) -> impl Iterator<Item = (&'static str, &Secret)> {
        let all = self.values.iter().chain(&self.hidden);
        all.filter(|value| value.setting.is_path())
            .map(|value| (value.setting.variable(), &value.text))
    }

    /// Whether a flag gave the value that counts.
    pub(crate) fn is_flag(&self, variable: &str) -> bool {
        let is_it = |value: &Value| value.setting.variable() == variable;
        let found = self.values.iter().find(|value| is_it(value));
        found.is_some_and(|value| value.level == Level::Flag)
    }

    /// The source of subject tokens that is named, or that fits the platform.
    pub(crate) fn source(&self) -> Result<ChosenSource, Failure> {
        Ok(subject_token::from_settings(|name| self.look_up(name))?)
    }

    /// A provider of access tokens, and its source, which others may share. All that is wrong is in one error.
    pub(crate) fn provider(&self) -> Result<(TokenProvider, ChosenSource), Failure> {
        let source = match self.source() {
            Ok(source) => source,
            // With what is wrong beside the source.
            Err(failure) => {
                return Err(self
                    .build(TokenProvider::builder())
                    .err()
                    .unwrap_or(failure));
            }
        };
        let builder = TokenProvider::builder().subject_token(source.clone());
        Ok((self.build(builder)?, source))
    }

    /// A provider of access tokens whose subject tokens come from `source`, if there is one identity pool.
    pub(crate) fn provider_of(
        &self,
        source: ChosenSource,
    ) -> Result<Option<TokenProvider>, Failure> {
        let Some(pools) = self.look_up("CONFLUENT_STS_IDENTITY_POOL_ID") else {
            return Ok(None);
        };
        if pools.expose_secret().contains(',') {
            self.pools()?;
            warn(
                "several identity pools are named, and STS takes one: there is the endpoint of the external token, and \
                 none of access tokens",
            );
            return Ok(None);
        }
        self.build(TokenProvider::builder().subject_token(source))
            .map(Some)
    }

    /// Whether a provider can be made, whatever its source.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let source = StaticToken::new("a.b.c");
        self.build(TokenProvider::builder().subject_token(source))?;
        Ok(())
    }

    fn build(&self, builder: TokenProviderBuilder) -> Result<TokenProvider, Failure> {
        let builder = builder.settings(|name| self.look_up(name))?;
        let builder = match self.deadline()? {
            Some(deadline) => builder.deadline(deadline),
            None => builder,
        };
        Ok(builder.build()?)
    }

    /// A provider of external tokens.
    pub(crate) fn external_provider_of(
        &self,
        source: ChosenSource,
    ) -> Result<ExternalTokenProvider, Failure> {
        let builder = ExternalTokenProvider::builder().subject_token(source);
        let builder = match self.deadline()? {
            Some(deadline) => builder.deadline(deadline),
            None => builder,
        };
        Ok(builder.build()?)
    }

    /// The longest time that getting a token may take, if it is set.
    pub(crate) fn deadline(&self) -> Result<Option<Duration>, Failure> {
        let Some(seconds) = self.look_up(DEADLINE) else {
            return Ok(None);
        };
        let seconds = seconds.expose_secret().parse();
        let wrong = |_| Failure::usage(format!("{DEADLINE} is not a number of seconds"));
        Ok(Some(Duration::from_secs(seconds.map_err(wrong)?)))
    }

    /// The identity pools that an external token is presented with: those of the list, or all that match it.
    pub(crate) fn pools(&self) -> Result<Pools, Failure> {
        match self.look_up("CONFLUENT_STS_IDENTITY_POOL_ID") {
            Some(ids) => Ok(ids.expose_secret().parse()?),
            None => Ok(Pools::automatic()),
        }
    }

    /// The secret of the identity provider's client, if there is one.
    pub(crate) fn client_secret(&self) -> Result<Option<Secret>, Failure> {
        let secret = self.look_up("CONFLUENT_STS_CLIENT_SECRET");
        let Some(file) = self
            .look_up("CONFLUENT_STS_CLIENT_SECRET_FILE")
            .filter(|_| secret.is_none())
        else {
            return Ok(secret);
        };
        match bounded::read_text(Path::new(file.expose_secret())) {
            Ok(text) => Ok(Some(Secret::from(
                Secret::from(text).expose_secret().trim(),
            ))),
            Err(error) => {
                let file = shown(file.expose_secret());
                Err(Failure::usage(format!(
                    "the client's secret cannot be read from {file}: {error}"
                )))
            }
        }
    }

    /// What a command waits for that gets a token, in a few words.
    pub(crate) fn waited_for(&self, source: &ChosenSource) -> String {
        let (source, server) = (source.name(), shown(&self.server()));
        format!("a subject token ({source}) and its exchange ({server})")
    }

    /// The URL of the server.
    pub(crate) fn server(&self) -> String {
        self.look_up(URL).map_or_else(
            || PRODUCTION.to_owned(),
            |url| url.expose_secret().to_owned(),
        )
    }
}

fn value(
    setting: Setting,
    flags: &[(&'static str, String)],
    variable: &impl Fn(&str) -> Option<String>,
    profile: Option<&Profile>,
) -> Option<Value> {
    let name = setting.variable();
    let flag = flags.iter().find(|(flag, _)| *flag == name);
    if let Some((_, value)) = flag {
        return Some(Value {
            setting,
            text: Secret::from(&**value),
            level: Level::Flag,
            origin: format!("flag --{}", setting.flag()),
        });
    }
    if let Some(value) = variable(name) {
        return Some(Value {
            setting,
            text: Secret::from(value),
            level: Level::Variable,
            origin: format!("variable {name}"),
        });
    }
    let profile = profile?;
    let given = profile.values.get(name)?;
    let place = match (&profile.file, given.line) {
        (Some(file), Some(line)) => format!(", {file} line {line}"),
        _ => String::new(),
    };
    Some(Value {
        setting,
        text: Secret::from(&*given.value),
        level: Level::Profile,
        origin: format!("profile {}{place}", shown(&profile.name)),
    })
}
