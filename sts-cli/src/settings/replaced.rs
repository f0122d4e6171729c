//! Files that are read, and must not be written.

use std::path::{Path, PathBuf, absolute};

use super::resolved::Settings;
use crate::failure::Failure;
use crate::shown::shown;

impl Settings {
    /// Fails if `file`, which `flag` names and a command replaces, is one that is read: that of a setting, that of profiles,
    /// or `another`, a file and the flag that names it.
    pub(crate) fn refuse_to_replace(
        &self,
        flag: &str,
        file: Option<&Path>,
        another: Option<(&'static str, &Path)>,
    ) -> Result<(), Failure> {
        let Some(file) = file else {
            return Ok(());
        };
        let of_settings = self
            .files()
            .map(|(variable, named)| (variable, Path::new(named.expose_secret())));
        let of_profiles = self.place.path.as_deref().map(|path| ("profiles", path));
        let mut all = of_settings.chain(of_profiles).chain(another);
        match all.find(|(_, named)| place(named) == place(file)) {
            None => Ok(()),
            Some((owner, _)) => Err(Failure::usage(format!(
                "{flag} {} is the file of {owner}, which would be lost; choose another",
                shown(&file.display().to_string())
            ))),
        }
    }
}

/// The same for all paths that lead to a file, which need not be there.
fn place(path: &Path) -> Option<PathBuf> {
    let beside = || absolute(path).ok()?.parent()?.canonicalize().ok();
    let missing = || Some(beside()?.join(path.file_name()?));
    path.canonicalize()
        .ok()
        .or_else(missing)
        .or_else(|| absolute(path).ok())
}
