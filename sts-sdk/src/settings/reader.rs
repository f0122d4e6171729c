//! Reads settings, and notes all that is wrong with them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::setting::Setting;
use crate::build_error::BuildError;
use crate::secret::Secret;

/// Reads settings by a look-up. It goes on where one is missing or cannot be read, so that all problems are in one text.
pub(crate) struct Reader<'a> {
    look_up: &'a dyn Fn(&str) -> Option<Secret>,
    read: Vec<&'static str>,
    problems: Vec<String>,
    /// How many of these are that the platform gives no subject token.
    without_token: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(look_up: &'a dyn Fn(&str) -> Option<Secret>) -> Self {
        Self {
            look_up,
            read: Vec::new(),
            problems: Vec::new(),
            without_token: 0,
        }
    }

    /// Its value without the white space around it; nothing if that is empty.
    pub(crate) fn secret(&mut self, setting: &Setting) -> Option<Secret> {
        self.read.push(setting.name());
        let value = (self.look_up)(setting.name())?;
        match value.expose_secret().trim() {
            "" => None,
            trimmed => Some(Secret::from(trimmed)),
        }
    }

    pub(crate) fn text(&mut self, setting: &Setting) -> Option<String> {
        let value = self.secret(setting)?;
        Some(value.expose_secret().to_owned())
    }

    /// A value that must be there; `what` is what to set it to.
    pub(crate) fn required(&mut self, setting: &Setting, what: &str) -> Option<String> {
        let value = self.text(setting);
        if value.is_none() {
            self.missing(setting, what);
        }
        value
    }

    /// Whether it is `true`.
    pub(crate) fn flag(&mut self, setting: &Setting) -> bool {
        match self.text(setting).as_deref() {
            Some("true") => true,
            None | Some("false") => false,
            Some(_) => {
                self.problem(format!("{} is neither true nor false", setting.name()));
                false
            }
        }
    }

    /// A number of seconds.
    pub(crate) fn seconds(&mut self, setting: &Setting) -> Option<Duration> {
        let text = self.text(setting)?;
        let seconds = u64::from_str(&text).map_err(|_| {
            self.problem(format!("{} is not a number of seconds", setting.name()));
        });
        seconds.ok().map(Duration::from_secs)
    }

    /// JSON; `what` says of which form, such as `an array of texts`. What it holds is not repeated.
    pub(crate) fn json<T: DeserializeOwned>(&mut self, setting: &Setting, what: &str) -> Option<T> {
        let text = self.secret(setting)?;
        match serde_json::from_str(text.expose_secret()) {
            Ok(value) => Some(value),
            Err(error) => {
                let (name, column) = (setting.name(), error.column());
                self.problem(format!(
                    "{name} is not {what} in JSON, from column {column} on"
                ));
                None
            }
        }
    }

    pub(crate) fn missing(&mut self, setting: &Setting, what: &str) {
        self.problem(format!("{} is not set; set it to {what}", setting.name()));
    }

    pub(crate) fn both_are_set(&mut self, one: &Setting, other: &Setting) {
        let (one, other) = (one.name(), other.name());
        self.problem(format!("{one} and {other} are both set; leave one"));
    }

    pub(crate) fn problem(&mut self, problem: String) {
        self.problems.push(problem);
    }

    /// The platform gives this process no subject token: nothing that is set is wrong.
    pub(crate) fn no_subject_token(&mut self, problem: String) {
        self.without_token += 1;
        self.problem(problem);
    }

    /// Whether it is set, which does not count as reading it.
    pub(crate) fn is_set(&self, setting: &Setting) -> bool {
        (self.look_up)(setting.name()).is_some_and(|value| !value.expose_secret().trim().is_empty())
    }

    /// Those of `settings` that are set and were not read.
    pub(crate) fn unread(&self, settings: &[Setting]) -> Vec<&'static str> {
        let unread = settings
            .iter()
            .filter(|setting| !self.read.contains(&setting.name()));
        unread
            .filter(|setting| self.is_set(setting))
            .map(Setting::name)
            .collect()
    }

    pub(crate) fn is_all_right(&self) -> bool {
        self.problems.is_empty()
    }

    /// All that is wrong, in one text.
    pub(crate) fn into_error(self) -> BuildError {
        let text = self.problems.join("; ");
        if self.without_token == self.problems.len() {
            BuildError::no_subject_token(text)
        } else {
            BuildError::option(text)
        }
    }
}

impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("read", &self.read)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::setting::AUDIENCE;

    #[test]
    fn what_the_platform_lacks_is_told_from_what_is_set_wrongly() {
        let nothing = |_: &str| None;
        let mut reader = Reader::new(&nothing);
        assert!(reader.is_all_right());
        reader.no_subject_token("the job lacks a permission".to_owned());
        let error = reader.into_error();
        assert!(error.is_no_subject_token());
        assert_eq!(error.to_string(), "the job lacks a permission");

        let mut reader = Reader::new(&nothing);
        reader.no_subject_token("the job lacks a permission".to_owned());
        reader.missing(&AUDIENCE, "one");
        assert!(!reader.is_all_right());
        let error = reader.into_error();
        assert!(!error.is_no_subject_token());
        assert_eq!(
            error.to_string(),
            "the job lacks a permission; CONFLUENT_STS_AUDIENCE is not set; set it to one"
        );
    }
}
