//! A program that is run, and killed with all that it has started if nobody waits for it any more.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use zeroize::Zeroizing;

use crate::redact::line_of;
use crate::subject_token::error::SubjectTokenError;

/// Longest output, in bytes.
const LONGEST: usize = 1024 * 1024;
/// How much of the end of standard error is kept, in bytes.
const LAST: usize = 4096;
/// How many of its last lines are repeated, and how long they are together, in characters.
const LAST_LINES: usize = 3;
const LONGEST_SAID: usize = 300;

/// A program that ended by itself.
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) output: Zeroizing<Vec<u8>>,
    /// The last lines of standard error, as one.
    pub(super) said: String,
}

/// Runs `program`, which errors call `what`.
pub(super) async fn run(
    what: &str,
    program: &OsStr,
    arguments: &[OsString],
    timeout: Duration,
) -> Result<Ended, SubjectTokenError> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let child = command.spawn().map_err(|error| {
        let why = format!("{what} cannot be started; install it, or correct its path");
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => {
                SubjectTokenError::permanent(why).caused_by(error)
            }
            _ => SubjectTokenError::transient(why).caused_by(error),
        }
    })?;
    let mut group = Group::of(child);
    let ended = tokio::time::timeout(timeout, group.end()).await;
    let failed = |why: String| format!("{what} {why}");
    match ended {
        Err(_) => Err(SubjectTokenError::transient(failed(format!(
            "took more than {timeout:?} and was killed"
        )))),
        Ok(Err(error)) => Err(SubjectTokenError::transient(failed(
            "cannot be read from".to_owned(),
        ))
        .caused_by(error)),
        Ok(Ok(None)) => Err(SubjectTokenError::permanent(failed(format!(
            "printed more than {LONGEST} bytes, which is no token"
        )))),
        Ok(Ok(Some(ended))) => Ok(ended),
    }
}

/// A program and what it has started, which are killed when this is dropped before the program has ended.
struct Group {
    child: Child,
    has_ended: bool,
}

impl Group {
    fn of(child: Child) -> Self {
        Self {
            child,
            has_ended: false,
        }
    }

    /// Waits for its end; `None` if it prints too much.
    async fn end(&mut self) -> io::Result<Option<Ended>> {
        // Both are read at the same time, so that the program never waits for either. This one ends with the group.
        let said = tokio::spawn(end(self.child.stderr.take()));
        let output = beginning(self.child.stdout.take()).await?;
        if output.len() > LONGEST {
            return Ok(None);
        }
        let status = self.child.wait().await?;
        let said = said.await.unwrap_or_else(|error| Err(error.into()))?;
        self.has_ended = true;
        Ok(Some(Ended {
            status,
            output,
            said,
        }))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.has_ended {
            kill_group(&self.child);
        }
    }
}

/// Kills all of the process group that `child` leads. The child itself is killed and waited for by `kill_on_drop`.
#[cfg(unix)]
fn kill_group(child: &Child) {
    let id = child.id().and_then(|id| i32::try_from(id).ok());
    if let Some(leader) = id.and_then(rustix::process::Pid::from_raw) {
        // It may have ended by itself.
        let _: Result<(), _> =
            rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
    }
}

#[cfg(not(unix))]
fn kill_group(_: &Child) {}

/// What comes first, and one byte too many if there is more.
async fn beginning(from: Option<impl AsyncRead + Unpin>) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut read = Zeroizing::new(Vec::new());
    if let Some(from) = from {
        from.take(LONGEST as u64 + 1).read_to_end(&mut read).await?;
    }
    Ok(read)
}

/// The last lines, as one, without what looks like a token.
async fn end(from: Option<impl AsyncRead + Unpin>) -> io::Result<String> {
    let mut last = Vec::new();
    if let Some(mut from) = from {
        let mut chunk = vec![0; LAST];
        loop {
            let length = from.read(&mut chunk).await?;
            if length == 0 {
                break;
            }
            last.extend_from_slice(&chunk[..length]);
            let beyond = last.len().saturating_sub(LAST);
            last.drain(..beyond);
        }
    }
    let text = String::from_utf8_lossy(&last);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let shown = lines[lines.len().saturating_sub(LAST_LINES)..].join("; ");
    Ok(line_of(&shown, LONGEST_SAID))
}
