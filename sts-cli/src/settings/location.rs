//! Where the file of profiles is.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::shown::shown;

/// A file that may have profiles, and why it is this one.
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    /// The flag or variable that leads to it.
    pub(crate) origin: &'static str,
    /// Whether the file itself was named: one that was not need not be there.
    pub(crate) is_named: bool,
}

/// `--config`, else `CONFLUENT_STS_CONFIG`, else where the XDG Base Directory Specification has it.
pub(crate) fn config_file(flag: Option<&Path>, variable: Option<String>) -> Option<Place> {
    let named = |path, origin| Place {
        path,
        origin,
        is_named: true,
    };
    let flag = flag.map(|path| named(path.to_owned(), "--config"));
    let variable = variable.map(|path| named(path.into(), "CONFLUENT_STS_CONFIG"));
    if let Some(named) = flag.or(variable) {
        return Some(named);
    }
    // Whatever their encoding is, they lead to a folder.
    let folder = |name: &str| {
        let value: OsString = env::var_os(name).filter(|value| !value.is_empty())?;
        Some(PathBuf::from(value))
    };
    let default = |folder: PathBuf, origin| Place {
        path: folder.join("confluent-sts/config.toml"),
        origin,
        is_named: false,
    };
    // The specification has relative paths ignored.
    let given = folder("XDG_CONFIG_HOME").filter(|folder| folder.is_absolute());
    let given = given.map(|folder| default(folder, "XDG_CONFIG_HOME"));
    given.or_else(|| Some(default(folder("HOME")?.join(".config"), "HOME")))
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = shown(&self.path.display().to_string());
        let origin = self.origin;
        match self.is_named {
            true if origin.starts_with("--") => write!(f, "{path} (flag {origin})"),
            true => write!(f, "{path} (variable {origin})"),
            false => write!(f, "{path} (default, by the variable {origin})"),
        }
    }
}
