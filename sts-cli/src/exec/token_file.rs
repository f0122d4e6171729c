//! The file that holds the token.

use std::cell::RefCell;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sts_sdk::Token;
use tempfile::TempDir;

use crate::failure::Failure;
use crate::private_file;
use crate::shown::shown;

/// A file that is removed at the end.
pub(super) struct TokenFile {
    path: PathBuf,
    /// What was written last. While it is open, no other file gets its inode.
    written: RefCell<Option<File>>,
    /// It goes with the file, if it is ours.
    _folder: Option<TempDir>,
}

impl TokenFile {
    /// At `path`, or in a folder of its own, mode 0700, where the user's runtime files are.
    pub(super) fn new(path: Option<&Path>) -> Result<Self, Failure> {
        if let Some(path) = path {
            // The child may have another current folder.
            let absolute = std::path::absolute(path);
            let path = absolute
                .map_err(|error| Failure::usage(format!("--file names no file: {error}")))?;
            return Ok(Self {
                path,
                written: RefCell::new(None),
                _folder: None,
            });
        }
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        let runtime = runtime.filter(|folder| folder.is_absolute() && folder.is_dir());
        let base = runtime.unwrap_or_else(std::env::temp_dir);
        let folder = tempfile::Builder::new()
            .prefix("confluent-sts-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(&base);
        let folder = folder.map_err(|error| {
            let base = shown(&base.display().to_string());
            Failure::local(format!(
                "no folder can be made in {base} for the token: {error}; set XDG_RUNTIME_DIR or TMPDIR"
            ))
        })?;
        Ok(Self {
            path: folder.path().join("token"),
            written: RefCell::new(None),
            _folder: Some(folder),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts `token` into it.
    pub(super) fn write(&self, token: &Token) -> Result<(), Failure> {
        let written = private_file::write(&self.path, token.secret().expose_secret())
            .map_err(|error| self.failure("written", &error))?;
        *self.written.borrow_mut() = Some(written);
        Ok(())
    }

    /// Leaves the child without a token. A file that somebody else has put there stays.
    pub(super) fn remove(&self) -> Result<(), Failure> {
        let mut written = self.written.borrow_mut();
        if !written.as_ref().is_some_and(|file| self.has(file)) {
            return Ok(());
        }
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(self.failure("removed", &error))
            }
            _ => {
                *written = None;
                Ok(())
            }
        }
    }

    /// Whether `file` is what the path leads to.
    fn has(&self, file: &File) -> bool {
        let (Ok(ours), Ok(there)) = (file.metadata(), fs::symlink_metadata(&self.path)) else {
            return false;
        };
        (ours.dev(), ours.ino()) == (there.dev(), there.ino())
    }

    fn failure(&self, done: &str, error: &io::Error) -> Failure {
        let path = shown(&self.path.display().to_string());
        Failure::local(format!("the token's file {path} cannot be {done}: {error}"))
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        // Nobody can be told any more.
        self.remove().ok();
    }
}
