//! Files that are read, and must not be written.

use std::env;
use std::path::{Path, PathBuf, absolute};

use serde_json::Value;

use super::resolved::Settings;
use crate::failure::Failure;
use crate::shown::shown;

/// Where platforms say which files their sources read.
const OF_PLATFORMS: [&str; 5] = [
    "AWS_CONFIG_FILE",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AZURE_FEDERATED_TOKEN_FILE",
];
const HEADERS: &str = "CONFLUENT_STS_HTTP_HEADERS";

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
        let of_settings = self.files();
        let of_settings =
            of_settings.map(|(variable, named)| (variable, named.expose_secret().into()));
        let of_platforms = OF_PLATFORMS.into_iter();
        let of_platforms =
            of_platforms.filter_map(|variable| Some((variable, env::var_os(variable)?.into())));
        let of_profiles = self.place.path.clone().map(|path| ("profiles", path));
        let another = another.map(|(flag, path)| (flag, path.to_owned()));
        let mut all: Vec<(&str, PathBuf)> = of_settings.chain(of_platforms).collect();
        all.extend(self.of_headers().into_iter().map(|path| (HEADERS, path)));
        all.extend(of_profiles.into_iter().chain(another));
        let written = place(file);
        let same = |named: &Path| written.is_some() && place(named) == written;
        match all.into_iter().find(|(_, named)| same(named)) {
            None => Ok(()),
            Some((owner, _)) => Err(Failure::usage(format!(
                "{flag} {} is the file of {owner}, which is read from there; choose another",
                shown(&file.display().to_string())
            ))),
        }
    }

    /// The files of headers that a source sends. What cannot be read is an error of the source.
    fn of_headers(&self) -> Vec<PathBuf> {
        let headers = self.look_up(HEADERS);
        let headers =
            headers.and_then(|text| serde_json::from_str::<Value>(text.expose_secret()).ok());
        let headers = headers.as_ref().and_then(Value::as_object);
        let headers = headers.into_iter().flat_map(|headers| headers.values());
        let files = headers.filter_map(|value| value.get("file")?.as_str());
        files.map(PathBuf::from).collect()
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
