//! How an emulator is set up: by methods, or by a file.

mod builder;
mod file;
mod settings;

pub use builder::Builder;
pub(crate) use settings::Settings;
