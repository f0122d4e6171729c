//! Where values come from: flags, variables and the profiles of a file.

mod explained;
mod file;
mod location;
mod options;
mod profile;
mod replaced;
mod resolved;
mod table;

pub(crate) use options::SettingOptions;
pub(crate) use resolved::Settings;
pub(crate) use table::{EXPECTED_AUDIENCE, EXPECTED_ISSUER, FILTER};
