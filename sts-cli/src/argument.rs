//! Values of flags.

use std::ffi::OsStr;

use clap::builder::{NonEmptyStringValueParser, TypedValueParser};
use clap::{Arg, Command};

/// Text without the space around it. One that is empty is an error: most often it is a variable of the shell that is not set,
/// and the flag would do nothing.
#[derive(Clone, Copy)]
pub(crate) struct Text;

impl TypedValueParser for Text {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        let trimmed = value.to_str().map_or(value, |text| OsStr::new(text.trim()));
        NonEmptyStringValueParser::new().parse_ref(command, argument, trimmed)
    }
}
