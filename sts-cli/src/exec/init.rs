//! The parent of processes that have lost theirs.
//!
//! As the first process of a container, `exec` is that of every process there whose parent ends. It has to wait for them all,
//! and a wait for whichever has ended would take the exit code of a child from whoever started that: the child of `exec`, or
//! a program that prints subject tokens. So this process starts one alone, `exec` itself, and waits for whatever ends.

use std::env;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use rustix::process::{Pid, WaitOptions, getpid, wait};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::child::{Handle, exit_code};
use super::signals::Signals;
use super::terminal;
use crate::failure::Failure;
use crate::output::warn;
use crate::runtime::block_on;

/// Whether processes become children of this one when their parents end.
pub(super) fn adopts() -> bool {
    getpid().is_init() || is_subreaper()
}

/// As `prctl(2)` has it with `PR_SET_CHILD_SUBREAPER`, which the children of a process do not get from it.
#[cfg(target_os = "linux")]
fn is_subreaper() -> bool {
    rustix::process::child_subreaper().is_ok_and(|is| is.is_some())
}

#[cfg(not(target_os = "linux"))]
fn is_subreaper() -> bool {
    false
}

/// Runs this command once more, with the same arguments, and waits for all others that end until that one does; its exit
/// code. `None` if it cannot be run: better that nobody waits for the others than that nothing runs.
pub(super) fn run() -> Result<Option<ExitCode>, Failure> {
    block_on(async {
        // Before there is a child, whose end would be missed. The other one knows what its child has from the terminal.
        let mut signals = Signals::new(false)?;
        let mut endings = signal(SignalKind::child())
            .map_err(|error| Failure::local(format!("signals cannot be waited for: {error}")))?;
        let pid = match start_again(terminal::is_foreground()) {
            Ok(pid) => pid,
            Err(error) => {
                warn(&format!(
                    "nothing waits for processes whose parents end, for exec cannot run itself once more ({error}); run it \
                     beneath an init"
                ));
                return Ok(None);
            }
        };
        let handle = Handle::to_one(pid);
        tokio::select! {
            code = end_of(pid, &mut endings) => {
                handle.forget();
                code.map(Some)
            }
            never = signals.pass_on(&handle) => match never {},
        }
    })
}

fn start_again(on_terminal: bool) -> io::Result<Pid> {
    let mut arguments = env::args_os();
    let mut program = env::current_exe()?;
    if cfg!(target_os = "linux") && !program.exists() {
        // Its file was removed, or replaced by another version.
        program = "/proc/self/exe".into();
    }
    let mut command = Command::new(program);
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    command.args(arguments);
    if !on_terminal {
        // What is sent to the group of this process is passed on, and would be there twice.
        command.process_group(0);
    }
    // Nobody but `end_of` waits for it.
    let id = command.spawn()?.id();
    let pid = i32::try_from(id).ok().and_then(Pid::from_raw);
    pid.ok_or_else(|| io::Error::other("it has no number"))
}

/// Waits for all that end until `pid` has; its exit code.
async fn end_of(pid: Pid, endings: &mut Signal) -> Result<ExitCode, Failure> {
    loop {
        // One signal may stand for several.
        while let Some((ended, status)) = wait(WaitOptions::NOHANG)
            .map_err(|error| Failure::local(format!("the child cannot be waited for: {error}")))?
        {
            if ended == pid {
                return Ok(exit_code(status.exit_status(), status.terminating_signal()));
            }
        }
        endings.recv().await;
    }
}
