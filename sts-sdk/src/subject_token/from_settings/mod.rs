//! A source that settings name, or that fits the platform.

mod chosen;
mod kinds;
mod made;
mod platform;
mod sources;

use std::borrow::Cow;

use tracing::{info, warn};

use crate::build_error::BuildError;
use crate::secret::Secret;
use crate::settings::setting::{self, Setting};
use crate::settings::{self, Reader};
use kinds::{KINDS, Kind};

pub use chosen::ChosenSource;

/// The source of subject tokens that environment variables name or, where they name none, the one that fits the platform that
/// this process runs on. [`settings`] has the table of them.
///
/// # Errors
///
/// As for [`from_settings`].
pub fn from_env() -> Result<ChosenSource, BuildError> {
    from_settings(settings::environment)
}

/// The same with settings from elsewhere: `look_up` is asked for them by their [names](settings). What the platform sets, such
/// as `GITHUB_ACTIONS`, still comes from the environment.
///
/// ```no_run
/// # fn build() -> Result<(), sts_sdk::BuildError> {
/// use sts_sdk::{TokenProvider, settings, subject_token};
///
/// let source = subject_token::from_settings(settings::environment)?;
/// eprintln!("subject tokens come from {source}");
/// let tokens = TokenProvider::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(source)
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// There is no source, or more than one; a setting is missing or cannot be read, or the job lacks a permission that its
/// platform asks for. The text names all that is missing or contradictory.
pub fn from_settings<V: Into<Secret>>(
    look_up: impl Fn(&str) -> Option<V>,
) -> Result<ChosenSource, BuildError> {
    let look_up = |name: &str| look_up(name).map(Into::into);
    let mut reader = Reader::new(&look_up);
    choose(&mut reader).ok_or_else(|| reader.into_error())
}

/// The source; `None` if `reader` has noted what is wrong.
pub(crate) fn choose(reader: &mut Reader<'_>) -> Option<ChosenSource> {
    let choice = kind(reader).map_err(|problem| reader.problem(problem));
    let (kind, reason) = choice.ok()?;
    let source = (kind.make)(reader)?;
    let of_sources: Vec<Setting> = setting::ALL
        .iter()
        .filter(|setting| !setting.sources().is_empty())
        .copied()
        .collect();
    let chosen = ChosenSource {
        name: kind.name,
        reason,
        unused: reader.unread(&of_sources),
        source,
    };
    if !reader.is_all_right() {
        return None;
    }
    info!(
        source = chosen.name,
        reason = chosen.reason(),
        "chose where subject tokens come from"
    );
    if !chosen.unused.is_empty() {
        warn!(
            source = chosen.name,
            settings = chosen.unused.join(", "),
            "settings are set that this source does not take"
        );
    }
    Some(chosen)
}

fn kind(reader: &mut Reader<'_>) -> Result<(&'static Kind, Cow<'static, str>), String> {
    if let Some(name) = reader.text(&setting::SOURCE) {
        let kind = Kind::of_name(&name)?;
        return Ok((kind, format!("{} names it", setting::SOURCE.name()).into()));
    }
    if let Some((kind, setting)) = Kind::of_settings(reader)? {
        return Ok((kind, format!("{} is set", setting.name()).into()));
    }
    let (name, reason) = platform::detect()?;
    let kind = KINDS.iter().find(|kind| kind.name == name);
    // Only if a name of the table of platforms is mistyped, which tests would show.
    let kind = kind.ok_or_else(|| format!("there is no source {name}"))?;
    Ok((kind, reason.into()))
}
