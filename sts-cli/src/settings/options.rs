//! The flags that say how tokens are obtained.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use super::file::{Content, File};
use super::location::{self, Place};
use super::profile::Profile;
use super::resolved::{LookedFor, Settings};
use super::table::{Setting, settings};
use crate::argument::Text;
use crate::environment;
use crate::failure::Failure;

/// Options of commands that obtain tokens.
#[derive(Args)]
#[command(
    next_help_heading = "Settings, of which a flag counts more than a variable and that more than the profile"
)]
pub(crate) struct SettingOptions {
    /// The file of profiles [variable: `CONFLUENT_STS_CONFIG`] [default: confluent-sts/config.toml in the folder
    /// `XDG_CONFIG_HOME` or `~/.config`]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The profile; `emulator` is there without a file [variable: `CONFLUENT_STS_PROFILE`] [default: what the file says]
    #[arg(long, value_name = "NAME", value_parser = Text)]
    profile: Option<String>,
    /// Print where each value came from, and do nothing else
    #[arg(long)]
    pub(crate) explain: bool,
    #[command(flatten)]
    flags: Flags,
}

impl SettingOptions {
    /// The values that count.
    pub(crate) fn resolve(&self) -> Result<Settings, Failure> {
        refuse_other_encodings()?;
        let variable = |name: &str| {
            let value = std::env::var(name).ok()?.trim().to_owned();
            (!value.is_empty()).then_some(value)
        };
        let named = self
            .profile
            .clone()
            .or_else(|| variable("CONFLUENT_STS_PROFILE"));
        let place = location::config_file(self.config.as_deref(), variable("CONFLUENT_STS_CONFIG"));
        let (file, looked_for) = match place {
            Some(place) => read(place)?,
            None => (
                None,
                LookedFor {
                    path: None,
                    explained: "none, for neither XDG_CONFIG_HOME nor HOME names a folder"
                        .to_owned(),
                },
            ),
        };
        let profile = match file {
            Some(file) => file.profile(named.as_deref())?,
            None => Profile::without_file(named.as_deref())?,
        };
        let flags = &self.flags.0;
        Ok(Settings::new(
            flags,
            &variable,
            profile.as_ref(),
            looked_for,
        ))
    }
}

fn read(place: Place) -> Result<(Option<File>, LookedFor), Failure> {
    let (file, remark) = match File::read(&place)? {
        Content::Profiles(file) => (Some(file), ""),
        Content::Missing => (None, ", which is not there"),
        Content::Unreadable => (None, ", which may not be read"),
    };
    let looked_for = LookedFor {
        explained: format!("{place}{remark}"),
        path: Some(place.path),
    };
    Ok((file, looked_for))
}

fn refuse_other_encodings() -> Result<(), Failure> {
    let of_settings = settings().map(Setting::variable);
    let mut all = ["CONFLUENT_STS_CONFIG", "CONFLUENT_STS_PROFILE"]
        .into_iter()
        .chain(of_settings);
    all.try_for_each(|name| environment::variable(name).map(drop))
}

/// A flag for each setting that is no secret: the variables of those that were given, with their values.
#[derive(Clone, Default)]
struct Flags(Vec<(&'static str, String)>);

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = settings()
            .filter(|setting| !setting.is_secret())
            .filter_map(|setting| {
                let value = matches.get_one::<String>(setting.variable())?;
                Some((setting.variable(), value.clone()))
            });
        Ok(Self(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        settings()
            .filter(|setting| !setting.is_secret())
            .fold(command, |command, setting| {
                let flag = Arg::new(setting.variable()).long(setting.flag());
                let flag = flag.value_name(setting.value_name()).value_parser(Text);
                command.arg(flag.help(setting.help()))
            })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
