//! Files that only the user may read.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

/// Writes `text` to `path`, with mode 0600. Readers see the text before or all of this one, never a part. The file that is
/// there then, open.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<File> {
    // Links are replaced. What is behind a device or a pipe would never get the text, and others would miss it.
    if let Ok(there) = path.symlink_metadata()
        && !there.is_file()
        && !there.is_symlink()
    {
        return Err(io::Error::other("it is there and no regular file"));
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // It is made with mode 0600, and beside the other one, since only within a file system is it renamed at once.
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    Ok(file.persist(path)?)
}
