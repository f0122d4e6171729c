//! The file of profiles.
//!
//! ```toml
//! profile = "production"              # the one that counts where none is named
//!
//! [profiles.production]
//! identity_pool_id = "pool-abc"
//! token_file = "/var/run/secrets/tokens/confluent"
//! ```

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::location::Place;
use super::profile::{Given, Profile, Values};
use super::table::{Setting, setting, settings};
use crate::bounded;
use crate::failure::Failure;
use crate::output::warn;
use crate::shown::shown;

/// What there is where profiles may be.
pub(crate) enum Content {
    Profiles(File),
    Missing,
    /// A warning was printed.
    Unreadable,
}

/// A file that was read.
pub(crate) struct File {
    /// What errors call it.
    name: String,
    /// The profile that it says is the one, and the line.
    chosen: Option<(String, usize)>,
    profiles: BTreeMap<String, Values>,
}

impl File {
    /// What is in the file.
    pub(crate) fn read(place: &Place) -> Result<Content, Failure> {
        let name = shown(&place.path.display().to_string());
        let text = match bounded::read_text(&place.path) {
            Ok(text) => text,
            Err(error) if is_absent(error.kind()) && !place.is_named => {
                return Ok(Content::Missing);
            }
            Err(error) => {
                let why = format!(
                    "the configuration file {name} cannot be read: {error}; correct {}",
                    place.origin
                );
                if error.kind() == ErrorKind::PermissionDenied && !place.is_named {
                    warn(&why);
                    return Ok(Content::Unreadable);
                }
                return Err(Failure::usage(why));
            }
        };
        let folder = place.path.parent().unwrap_or(Path::new(""));
        Reader {
            name: &name,
            text: &text,
            folder,
        }
        .file()
        .map(Content::Profiles)
    }

    /// The profile called `named`, or else the one that the file says, if it says one.
    pub(crate) fn profile(self, named: Option<&str>) -> Result<Option<Profile>, Failure> {
        let Self {
            name: file,
            chosen,
            mut profiles,
        } = self;
        // An empty name is not given.
        let chosen = chosen.filter(|(name, _)| !name.trim().is_empty());
        let (name, at) = match (named, chosen) {
            (Some(named), _) => (named.to_owned(), file.clone()),
            (None, Some((chosen, line))) => (chosen, format!("{file}: line {line}")),
            (None, None) => return Ok(None),
        };
        match profiles.remove(&name) {
            Some(values) => Ok(Some(Profile {
                name,
                file: Some(file),
                values,
            })),
            None if name == Profile::EMULATOR => Ok(Some(Profile::emulator())),
            None => {
                let known: Vec<String> = profiles.keys().map(|name| shown(name)).collect();
                let known = if known.is_empty() {
                    "it has none".to_owned()
                } else {
                    format!("it has {}", known.join(", "))
                };
                Err(Failure::usage(format!(
                    "{at}: there is no profile {:?}; {known}",
                    shown(&name)
                )))
            }
        }
    }
}

/// There is no such file, or what would be its folder is none.
fn is_absent(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory)
}

struct Reader<'a> {
    name: &'a str,
    text: &'a str,
    folder: &'a Path,
}

type Key<'a> = Spanned<DeString<'a>>;

impl Reader<'_> {
    fn line(&self, at: &Range<usize>) -> usize {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        before.split('\n').count()
    }

    fn wrong(&self, at: &Range<usize>, why: impl Display) -> Failure {
        Failure::usage(format!("{}: line {}: {why}", self.name, self.line(at)))
    }

    fn file(&self) -> Result<File, Failure> {
        let table = DeTable::parse(self.text).map_err(|error| {
            self.wrong(&error.span().unwrap_or_default(), shown(error.message()))
        })?;
        let mut file = File {
            name: self.name.to_owned(),
            chosen: None,
            profiles: BTreeMap::new(),
        };
        for (key, value) in table.get_ref() {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("profile", DeValue::String(name)) => {
                    file.chosen = Some((name.to_string(), self.line(&key.span())));
                }
                ("profile", _) => {
                    return Err(self.wrong(&value.span(), "profile must be the name of a profile"));
                }
                ("profiles", DeValue::Table(profiles)) => {
                    for (name, values) in profiles {
                        let values = self.values(name, values)?;
                        file.profiles.insert(name.get_ref().to_string(), values);
                    }
                }
                ("profiles", _) => {
                    return Err(self.wrong(
                        &value.span(),
                        "profiles must be tables, such as [profiles.production]",
                    ));
                }
                (other, _) => {
                    let why = format!(
                        "the key {:?} is unknown; there are profile and profiles",
                        shown(other)
                    );
                    return Err(self.wrong(&key.span(), why));
                }
            }
        }
        Ok(file)
    }

    fn values(&self, name: &Key, values: &Spanned<DeValue>) -> Result<Values, Failure> {
        let DeValue::Table(table) = values.get_ref() else {
            let why = format!("the profile {:?} must be a table", shown(name.get_ref()));
            return Err(self.wrong(&name.span(), why));
        };
        let mut found = Values::new();
        for (key, value) in table {
            let setting = self.setting(key)?;
            let Some(text) = text(value.get_ref()) else {
                let why = format!(
                    "{} must be a text, a whole number, true or false, or texts",
                    setting.key()
                );
                return Err(self.wrong(&value.span(), why));
            };
            let text = text.trim();
            if !text.is_empty() {
                let value = if setting.is_path() {
                    let path = self.folder.join(text).into_os_string();
                    path.into_string().map_err(|_| {
                        let why = format!(
                            "{} is relative to a folder whose name is not UTF-8; give the absolute path of one elsewhere",
                            setting.key()
                        );
                        self.wrong(&value.span(), why)
                    })?
                } else {
                    text.to_owned()
                };
                let line = Some(self.line(&key.span()));
                found.insert(setting.variable(), Given { value, line });
            }
        }
        Ok(found)
    }

    fn setting(&self, key: &Key) -> Result<Setting, Failure> {
        let name = key.get_ref().as_ref();
        match setting(name) {
            Some(setting) if !setting.is_secret() => Ok(setting),
            Some(secret) => {
                let file =
                    setting(&format!("{name}_file")).map(|file| format!("{}, or ", file.key()));
                let why = format!(
                    "{name} may be a secret, which no file of profiles holds; set {}the variable {}",
                    file.unwrap_or_default(),
                    secret.variable()
                );
                Err(self.wrong(&key.span(), why))
            }
            None => {
                let known: Vec<String> = settings()
                    .filter(|setting| !setting.is_secret())
                    .map(Setting::key)
                    .collect();
                let why = format!(
                    "the key {:?} is unknown; there are {}",
                    shown(name),
                    known.join(", ")
                );
                Err(self.wrong(&key.span(), why))
            }
        }
    }
}

/// A value as the setting has it: a list of texts, and a table of texts, as JSON.
fn text(value: &DeValue) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Boolean(is) => Some(is.to_string()),
        DeValue::Array(all) => {
            let all = all.iter().map(|each| each.get_ref().as_str());
            Some(serde_json::json!(all.collect::<Option<Vec<&str>>>()?).to_string())
        }
        DeValue::Table(all) => {
            let all = all
                .iter()
                .map(|(key, value)| Some((key.get_ref().as_ref(), value.get_ref().as_str()?)));
            Some(serde_json::json!(all.collect::<Option<BTreeMap<&str, &str>>>()?).to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<File, Failure> {
        let folder = Path::new("/folder");
        Reader {
            name: "a-file",
            text,
            folder,
        }
        .file()
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_in_one_line(
            bytes in any::<Vec<u8>>(),
            like in "(\\[profiles\\.[a-z\".]{0,5}\\]|profiles?|audience|token_file|pools|identity_pool_id|token|client_secret|parameters)( ?= ?|\n)(\"[a-z\n\\\\u0-9]{0,6}\"|[0-9.]{0,4}|true|\\[[\"a, ]{0,6}\\]|\\{[a-z=\", ]{0,8}\\})\n{0,2}",
            name in "[a-z]{0,3}",
        ) {
            for text in [String::from_utf8_lossy(&bytes).as_ref(), &like, &format!("[profiles.{name}]\n{like}")] {
                let outcome = read(text).and_then(|file| file.profile(Some(&name)));
                if let Err(failure) = outcome {
                    let said = failure.to_string();
                    prop_assert!(said.starts_with("a-file: line ") || said.starts_with("a-file: there is no profile"), "{}", said);
                    prop_assert_eq!(said.lines().count(), 1);
                }
            }
        }
    }

    #[test]
    fn what_a_profile_says_is_read() {
        let file = read("profile = \"a\"\n[profiles.a]\naudience = \"b\"\n").unwrap();
        let profile = file.profile(None).unwrap().unwrap();
        assert_eq!(profile.name, "a");
        assert_eq!(profile.values["CONFLUENT_STS_AUDIENCE"].value, "b");
        assert_eq!(profile.values["CONFLUENT_STS_AUDIENCE"].line, Some(3));
    }
}
