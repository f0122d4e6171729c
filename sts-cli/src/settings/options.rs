//! The flags that say how tokens are obtained.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use super::file::File;
use super::location;
use super::profile::Profile;
use super::resolved::Settings;
use super::table::SETTINGS;
use crate::failure::Failure;

/// Options of commands that obtain tokens.
#[derive(Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct SettingOptions {
    /// The file of profiles [variable: CONFLUENT_STS_CONFIG] [default: confluent-sts/config.toml in the folder
    /// XDG_CONFIG_HOME or ~/.config]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The profile whose values count where no flag and no variable says otherwise [variable: CONFLUENT_STS_PROFILE]
    #[arg(long, value_name = "NAME")]
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
        let variable = |name: &str| {
            let value = std::env::var(name).ok()?.trim().to_owned();
            (!value.is_empty()).then_some(value)
        };
        let named = self
            .profile
            .clone()
            .or_else(|| variable("CONFLUENT_STS_PROFILE"));
        let file = match location::config_file(self.config.as_deref(), &variable) {
            Some(place) => File::read(&place)?,
            None => None,
        };
        let profile = match file {
            Some(file) => file.profile(named.as_deref())?,
            None => Profile::without_file(named.as_deref())?,
        };
        Ok(Settings::new(&self.flags.0, &variable, profile.as_ref()))
    }
}

/// A flag for each setting that is no secret, with the values that were given.
#[derive(Clone, Default)]
struct Flags(Vec<(&'static str, String)>);

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = SETTINGS.iter().filter(|setting| !setting.is_secret());
        let given = given.filter_map(|setting| {
            let value = matches.get_one::<String>(setting.key)?;
            Some((setting.key, value.clone()))
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
        let flags = SETTINGS.iter().filter(|setting| !setting.is_secret());
        flags.fold(command, |command, setting| {
            let help = format!("{} [variable: {}]", setting.help, setting.variable());
            command.arg(
                Arg::new(setting.key)
                    .long(setting.flag())
                    .value_name(setting.value)
                    .help(help),
            )
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
