//! Writing results: files that are whole or untouched, and standard output.

use std::fs::Permissions;
use std::io::Write;
use std::path::Path;

use crate::fault::Fault;

/// Replaces the file at `path` by `text` at once: readers see the old file or the new one, and a
/// failure leaves the old one.
pub(crate) fn write_atomically(path: &Path, text: &str) -> Result<(), Fault> {
    // Through a link, the file that it names is replaced.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let write = || {
        let mut builder = tempfile::Builder::new();
        let mut file = builder.permissions(readable()).tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&path)?;
        Ok::<(), std::io::Error>(())
    };
    write().map_err(|error| {
        Fault::new(
            path.display().to_string(),
            format!("cannot be written: {error}"),
            "check that its folder exists and can be written to",
        )
    })
}

/// As for any file that a program creates: what the umask leaves of it.
#[cfg(unix)]
fn readable() -> Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o666)
}

/// Prints to standard output. A reader that has gone away (`| head`) is no failure.
pub(crate) fn print(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
}
