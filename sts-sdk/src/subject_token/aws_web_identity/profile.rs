//! Profiles in the files of AWS's tools.

use std::path::{Path, PathBuf};

use ini::{Ini, Properties};

use crate::subject_token::error::SubjectTokenError;
use crate::subject_token::file::TokenFile;
use crate::subject_token::source::SubjectTokenSource;
use crate::subject_token::variables;

const VARIABLE: &str = "AWS_PROFILE";
const DEFAULT: &str = "default";
/// The files, each with the variable that gives its path.
const CONFIG: (&str, &str) = ("AWS_CONFIG_FILE", "config");
const CREDENTIALS: (&str, &str) = ("AWS_SHARED_CREDENTIALS_FILE", "credentials");

/// AWS's tools take credentials by this key whatever else the profile holds.
const ROLE: &str = "role_arn";
/// Ways of profiles to credentials, and what to do where they gave none.
const WAYS: [(&str, &str); 5] = [
    (ROLE, EXPORT),
    ("credential_process", EXPORT),
    ("sso_session", EXPORT),
    ("login_session", EXPORT),
    ("sso_start_url", "; log in with `aws sso login`"),
];
const EXPORT: &str = ", which is not followed; set the variables that `aws configure export-credentials --format env` \
     prints";

/// A profile, with the sections of the files that are about it.
pub(super) struct Profile {
    name: String,
    /// The program or the environment names it.
    is_named: bool,
    sections: Vec<Properties>,
}

impl Profile {
    /// The profile `set`, or that of the environment, or the default one.
    ///
    /// # Errors
    ///
    /// A file is there and cannot be read, or is of another form.
    pub(super) async fn read(set: Option<&str>) -> Result<Self, SubjectTokenError> {
        let named = set.map(str::to_owned).or_else(|| variables::text(VARIABLE));
        let is_named = named.is_some();
        let name = named.map_or_else(|| DEFAULT.to_owned(), |name| name.trim().to_owned());
        let in_config = match &*name {
            DEFAULT => name.clone(),
            _ => format!("profile {name}"),
        };
        let mut sections = Vec::new();
        for (file, section) in [(CONFIG, &in_config), (CREDENTIALS, &name)] {
            let Some(path) = path(file) else { continue };
            let Some(text) = text(&path).await? else {
                continue;
            };
            let section = section_of(&text, section).map_err(|()| {
                SubjectTokenError::permanent(format!(
                    "the file {} is not of the form of AWS's configuration; correct it",
                    path.display()
                ))
            })?;
            sections.extend(section);
        }
        Ok(Self {
            name,
            is_named,
            sections,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The value of `key`, if there is one.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        let mut values = self.sections.iter().filter_map(|section| section.get(key));
        values.find(|value| !value.is_empty())
    }

    /// Whether its keys may be used: with a role, they are those of another identity.
    pub(super) fn may_be_asked(&self) -> Result<(), SubjectTokenError> {
        match self.get(ROLE) {
            Some(_) => self.gave_none(),
            None => Ok(()),
        }
    }

    /// It gave no credentials. That is an error where it should have: whoever is asked next is another identity.
    pub(super) fn gave_none(&self) -> Result<(), SubjectTokenError> {
        let failed = |why: &str| {
            Err(SubjectTokenError::permanent(format!(
                "the AWS profile {:?} {why}",
                self.name
            )))
        };
        if let Some((way, what)) = WAYS.iter().find(|(way, _)| self.get(way).is_some()) {
            return failed(&format!("gave no credentials: it has {way}{what}"));
        }
        match (self.is_named, self.sections.is_empty()) {
            (false, _) => Ok(()),
            (true, true) => failed(
                "is in neither file of AWS's configuration; correct its name, or add it with `aws configure`",
            ),
            (true, false) => failed("has no credentials; add them with `aws configure`"),
        }
    }
}

fn path((variable, file): (&str, &str)) -> Option<PathBuf> {
    let home = std::env::home_dir;
    match variables::text(variable) {
        Some(path) => match path.strip_prefix("~/") {
            Some(below) => Some(home()?.join(below)),
            None => Some(path.into()),
        },
        None => Some(home()?.join(".aws").join(file)),
    }
}

/// What the file at `path` holds. Mostly there is none.
async fn text(path: &Path) -> Result<Option<String>, SubjectTokenError> {
    let file = TokenFile::of("the file", path);
    match file.subject_token().await {
        Ok(text) => Ok(Some(text.secret().expose_secret().to_owned())),
        Err(error) => match std::fs::metadata(path) {
            Ok(file) if file.len() > 0 => Err(error),
            // In a folder that may not be entered, as the home of another user, there is none for this process.
            _ => Ok(None),
        },
    }
}

fn section_of(text: &str, section: &str) -> Result<Option<Properties>, ()> {
    // What the library says of a line may quote it.
    let file = Ini::load_from_str(text).map_err(|_| ())?;
    Ok(file.section(Some(section)).cloned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_read_from_sections() {
        let text = "[default]\nregion = eu-west-1\ns3 =\n  max_concurrent_requests = 20\n\n[profile a b]\nregion=us-east-2\n\
                    [profile c]\noutput = json\nregion =\n";
        for (section, region) in [
            ("default", Some("eu-west-1")),
            ("profile a b", Some("us-east-2")),
            ("profile c", None),
            ("profile d", None),
        ] {
            let profile = Profile {
                name: section.to_owned(),
                is_named: true,
                sections: section_of(text, section).unwrap().into_iter().collect(),
            };
            assert_eq!(profile.get("region"), region);
        }
        assert!(section_of("[default", "default").is_err());
    }

    proptest! {
        #[test]
        fn no_file_panics(text in ".*", lines in "(\\[[a-z ]*\\]?\n|[a-z]* ?=? ?[\"'\\\\a-z]*\n| )*") {
            let _ = section_of(&text, "default");
            let _ = section_of(&lines, "default");
        }
    }
}
