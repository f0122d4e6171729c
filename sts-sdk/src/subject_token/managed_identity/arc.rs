//! Azure Arc: the agent answers first with the place of a file, which only its group may read.

use std::fs;
use std::io::Read;
use std::path::Path;

use reqwest::StatusCode;
use reqwest::header::WWW_AUTHENTICATE;
use zeroize::Zeroizing;

use super::endpoint::Asked;
use crate::secret::Secret;
use crate::subject_token::error::SubjectTokenError;
use crate::subject_token::http::{Answer, Http};

/// Where the agent writes its key files on Linux.
pub(super) const KEYS: &str = "/var/opt/azcmagent/tokens";
/// Longest key file, in bytes.
const LONGEST: usize = 4096;

pub(super) async fn ask(
    http: &Http,
    asked: &Asked,
    keys: &Path,
) -> Result<Answer, SubjectTokenError> {
    let challenge = asked.send(http, None).await?;
    if challenge.status != StatusCode::UNAUTHORIZED {
        return Ok(challenge);
    }
    let realm = challenge.headers.get(WWW_AUTHENTICATE);
    let realm = realm.and_then(|value| value.to_str().ok()?.strip_prefix("Basic realm="));
    let realm = realm.map(|path| path.trim().trim_matches('"'));
    let Some(path) = realm.filter(|path| !path.is_empty()) else {
        return Err(asked.refused("its challenge names no key file; update the agent of Azure Arc"));
    };
    let key = read_key(Path::new(path), keys).map_err(|why| asked.refused(&why))?;
    asked.send(http, Some(&key)).await
}

/// Reads the key at `path`, which whoever answers could have chosen: only what lies directly within `keys`.
fn read_key(path: &Path, keys: &Path) -> Result<Secret, String> {
    let shown = crate::redact::line_of(&path.display().to_string(), 200);
    let is_key = path.extension().is_some_and(|extension| extension == "key");
    let name = path.file_name().unwrap_or_default();
    // Text for text: paths are equal whose texts differ.
    if keys.join(name).as_os_str() != path.as_os_str() || !is_key {
        return Err(format!(
            "its challenge names {shown:?}, which is no .key file in {}; something else than the agent answers",
            keys.display()
        ));
    }
    let cannot = |error: std::io::Error| {
        format!(
            "the key file {shown:?} cannot be read; let this user into the group himds: {error}"
        )
    };
    let metadata = fs::symlink_metadata(path).map_err(cannot)?;
    let refused = |why: &str| {
        let why = format!("the key file {shown:?} {why}; something else than the agent answers");
        Err(why)
    };
    if metadata.is_symlink() {
        return refused("is a link");
    }
    // Another kind could keep whoever opens it waiting.
    if !metadata.is_file() {
        return refused("is no file");
    }
    let file = fs::File::open(path).map_err(cannot)?;
    let opened = file.metadata().map_err(cannot)?;
    if !is_same(&metadata, &opened) {
        return refused("was replaced while it was opened");
    }
    if opened.len() > LONGEST as u64 {
        return refused(&format!("is longer than {LONGEST} bytes"));
    }
    let mut key = Zeroizing::new(String::with_capacity(LONGEST + 1));
    file.take(LONGEST as u64 + 1)
        .read_to_string(&mut key)
        .map_err(cannot)?;
    match key.trim() {
        "" => Err(format!("the key file {shown:?} is empty")),
        key => Ok(Secret::from(key)),
    }
}

/// Whether the file that was opened is the one that was looked at, and not where a link leads that took its place.
#[cfg(unix)]
fn is_same(seen: &fs::Metadata, opened: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    (seen.dev(), seen.ino()) == (opened.dev(), opened.ino())
}

/// The standard library does not tell elsewhere; the agent's folder is one of Linux.
#[cfg(not(unix))]
fn is_same(_: &fs::Metadata, opened: &fs::Metadata) -> bool {
    opened.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn another_file_in_the_place_of_the_key_is_told() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let seen = fs::symlink_metadata(folder.join("Cargo.toml")).unwrap();
        for (name, is_it) in [("Cargo.toml", true), ("src/lib.rs", false)] {
            let opened = fs::File::open(folder.join(name)).unwrap();
            assert_eq!(is_same(&seen, &opened.metadata().unwrap()), is_it);
        }
    }
}
