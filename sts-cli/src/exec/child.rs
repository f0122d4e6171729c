//! The child.

use std::cell::Cell;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitCode;
use std::rc::Rc;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::process::{self, Command};
use tracing::debug;

use crate::failure::Failure;
use crate::shown::shown;

/// A running child.
pub(super) struct Child {
    process: process::Child,
    handle: Handle,
}

/// What sends signals to a child, until it has ended.
#[derive(Clone)]
pub(super) struct Handle {
    pid: Rc<Cell<Option<Pid>>>,
    leads_group: bool,
}

impl Child {
    /// Starts `program`, in the group of this process if that is the one on the terminal, or at the head of its own.
    pub(super) fn start(
        program: &[OsString],
        variables: &[(&str, OsString)],
        on_terminal: bool,
    ) -> Result<Self, Failure> {
        let [name, arguments @ ..] = program else {
            return Err(Failure::usage(
                "there is no program to run; give one after --",
            ));
        };
        let mut command = Command::new(name);
        command
            .args(arguments)
            .envs(variables.iter().map(|(name, value)| (name, value)));
        if !on_terminal {
            command.process_group(0);
        }
        let process = command.spawn().map_err(|error| {
            let name = shown(&name.to_string_lossy());
            let failure = Failure::local(format!("{name} cannot be run: {error}"));
            // As shells and env(1) have it.
            failure.with_code(if error.kind() == ErrorKind::NotFound {
                127
            } else {
                126
            })
        })?;
        let pid = process
            .id()
            .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let handle = Handle {
            pid: Rc::new(Cell::new(pid)),
            leads_group: !on_terminal,
        };
        Ok(Self { process, handle })
    }

    pub(super) fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Waits for its end; its exit code.
    pub(super) async fn wait(&mut self) -> Result<ExitCode, Failure> {
        let status = self.process.wait().await;
        self.handle.forget();
        let status = status
            .map_err(|error| Failure::local(format!("the child cannot be waited for: {error}")))?;
        Ok(exit_code(status.code(), status.signal()))
    }
}

/// The code of a process that ended with one, or that a signal ended, as shells have it.
pub(super) fn exit_code(code: Option<i32>, signal: Option<i32>) -> ExitCode {
    let code = code.or_else(|| Some(128 + signal?));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

impl Handle {
    /// What sends signals to `pid` and no other.
    pub(super) fn to_one(pid: Pid) -> Self {
        Self {
            pid: Rc::new(Cell::new(Some(pid))),
            leads_group: false,
        }
    }

    /// Nothing is sent from now on: another process may get the number.
    pub(super) fn forget(&self) {
        self.pid.set(None);
    }

    /// Sends `signal` to the child.
    pub(super) fn send(&self, signal: Signal) {
        if let Some(pid) = self.pid.get() {
            sent(kill_process(pid, signal));
        }
    }

    /// Sends `signal` to the child and all in its group, if it leads one.
    pub(super) fn send_to_group(&self, signal: Signal) {
        match self.pid.get() {
            Some(pid) if self.leads_group => sent(kill_process_group(pid, signal)),
            _ => self.send(signal),
        }
    }
}

fn sent(result: rustix::io::Result<()>) {
    if let Err(error) = result {
        debug!(%error, "a signal was not sent to the child");
    }
}
