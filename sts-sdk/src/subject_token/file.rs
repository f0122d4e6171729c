//! A subject token in a file.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task;
use zeroize::Zeroizing;

use super::error::SubjectTokenError;
use super::source::SubjectTokenSource;
use crate::clock::BoxFuture;
use crate::secret::Secret;

/// Longest file that is taken for a token, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// The subject token is what a file holds, read anew before each exchange, as with the tokens that Kubernetes
/// projects into pods and rotates.
///
/// A byte order mark and white space around the token are removed. It is a transient error if the file is missing or
/// empty, since files are while they are replaced. It is a permanent one if the file may not be read, is a directory,
/// is not text or is longer than 1 MiB.
#[derive(Clone, Debug)]
pub struct TokenFile {
    path: PathBuf,
    /// Whether a read is under way. It may hang, as on a network that is gone, and must stay the only one.
    reading: Arc<AtomicBool>,
}

impl TokenFile {
    /// Reads the file at `path`.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            reading: Arc::default(),
        }
    }
}

impl SubjectTokenSource for TokenFile {
    fn subject_token(&self) -> BoxFuture<'_, Result<Secret, SubjectTokenError>> {
        let (path, reading) = (self.path.clone(), Arc::clone(&self.reading));
        Box::pin(async move {
            if reading.swap(true, Ordering::AcqRel) {
                let what = path.display();
                let why = format!("the last read of the subject token file {what} has not ended");
                return Err(SubjectTokenError::transient(why));
            }
            let reading = Reading(reading);
            // A file may lie on a network.
            let read = task::spawn_blocking(move || {
                let _reading = reading;
                read(&path)
            });
            let read = read.await;
            read.unwrap_or_else(|error| {
                let why = "the file with the subject token was not read";
                Err(SubjectTokenError::transient(why).caused_by(error))
            })
        })
    }
}

/// Notes the end of a read, however it ends.
struct Reading(Arc<AtomicBool>);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

fn read(path: &Path) -> Result<Secret, SubjectTokenError> {
    let what = format!("the subject token file {}", path.display());
    let mut text = Zeroizing::new(String::new());
    let length = File::open(path).and_then(|file| {
        // A string that grows is moved, and leaves a copy of the token in memory.
        let length = file.metadata()?.len().min(LONGEST) + 1;
        text.reserve_exact(usize::try_from(length).unwrap_or_default());
        file.take(LONGEST + 1).read_to_string(&mut text)
    });
    match length {
        Ok(length) if length as u64 > LONGEST => {
            let why = format!("{what} is longer than {LONGEST} bytes; it is no token");
            return Err(SubjectTokenError::permanent(why));
        }
        Ok(_) => {}
        Err(error) => {
            let why = format!("{what} cannot be read");
            let error_of = match error.kind() {
                io::ErrorKind::InvalidData
                | io::ErrorKind::InvalidInput
                | io::ErrorKind::IsADirectory
                | io::ErrorKind::NotADirectory
                | io::ErrorKind::PermissionDenied => SubjectTokenError::permanent,
                _ => SubjectTokenError::transient,
            };
            return Err(error_of(why).caused_by(error));
        }
    }
    let token = text.trim_start_matches('\u{feff}').trim();
    if token.is_empty() {
        return Err(SubjectTokenError::transient(format!("{what} is empty")));
    }
    Ok(Secret::from(token))
}
