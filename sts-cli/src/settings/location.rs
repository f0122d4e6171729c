//! Where the file of profiles is.

use std::path::{Path, PathBuf};

/// The file, and whether it was named: one that was not need not be there.
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    pub(crate) is_named: bool,
}

/// `--config`, else `CONFLUENT_STS_CONFIG`, else where the XDG Base Directory Specification has it.
pub(crate) fn config_file(
    flag: Option<&Path>,
    variable: &impl Fn(&str) -> Option<String>,
) -> Option<Place> {
    let named = flag.map(Path::to_owned);
    let named = named.or_else(|| variable("CONFLUENT_STS_CONFIG").map(PathBuf::from));
    if let Some(path) = named {
        return Some(Place {
            path,
            is_named: true,
        });
    }
    // The specification has relative paths ignored.
    let given = variable("XDG_CONFIG_HOME").map(PathBuf::from);
    let given = given.filter(|folder| folder.is_absolute());
    let folder = given.or_else(|| Some(PathBuf::from(variable("HOME")?).join(".config")))?;
    Some(Place {
        path: folder.join("confluent-sts/config.toml"),
        is_named: false,
    })
}
