//! Files that only the user may read.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Links that are followed, as the kernel has it.
const LINKS: usize = 40;

/// Writes `text` to `path`, with mode 0600. Readers see the text before or all of this one, never a part. The file that is
/// there then, open. A link is replaced, whether its file is there or not.
///
/// # Errors
///
/// There is no regular file: what is behind a device or a pipe would never get the text, and others would miss it. Or it
/// cannot be written.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<File> {
    match path.metadata() {
        Ok(there) if !there.is_file() => {
            return Err(io::Error::other("it is there and no regular file"));
        }
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ if is_open_file(path) => {
            let why = "it is an open file of a process and not a place";
            return Err(io::Error::other(why));
        }
        _ => {}
    }
    // It is made with mode 0600, and beside the other one, since only within a file system is it renamed at once.
    let mut file = NamedTempFile::new_in(folder_of(path))?;
    file.write_all(text.as_bytes())?;
    Ok(file.persist(path)?)
}

/// Whether it is what a process has open, or links lead there, as `/dev/stdout` does (proc(5)). That may be a regular file
/// now, and the link is there for all.
fn is_open_file(path: &Path) -> bool {
    let mut at = PathBuf::from(path);
    for _ in 0..LINKS {
        let Ok(folder) = folder_of(&at).canonicalize() else {
            return false;
        };
        if folder.starts_with("/proc") || folder.starts_with("/dev/fd") {
            return true;
        }
        let Some(target) = at
            .file_name()
            .and_then(|name| fs::read_link(folder.join(name)).ok())
        else {
            return false;
        };
        // One that is relative begins at the folder of its link.
        at = folder.join(target);
    }
    false
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
