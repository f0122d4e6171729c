//! An emulator, a folder, and processes that know nothing of this machine's settings.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use sts_emulator::{Builder, StsEmulator};
use sts_sdk::reqwest::Client;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// `program` with no variable of this process but the path, in which `folder` is home.
pub(crate) fn bare(program: impl AsRef<OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", folder)
        .env("TMPDIR", folder)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_confluent-sts");

pub(crate) struct World {
    pub(crate) emulator: StsEmulator,
    pub(crate) folder: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(StsEmulator::builder()).await
    }

    pub(crate) async fn with(builder: Builder) -> Self {
        Self {
            emulator: builder.start().await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The path of a file in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// `program` with the variables of a workload whose subject tokens the emulator mints, for 20 s each.
    pub(crate) fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let url = self.emulator.url();
        let mut command = bare(program, self.folder.path());
        command
            .env("CONFLUENT_STS_URL", url)
            .env("CONFLUENT_STS_IDENTITY_POOL_ID", "pool-abc")
            .env(
                "CONFLUENT_STS_HTTP_URL",
                format!("{url}/idp/any-token?sub=me&expires_in=20"),
            );
        command
    }

    /// `confluent-sts` with these arguments.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(BINARY);
        command.args(arguments);
        command
    }

    /// Runs it to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ran {
        ran(&mut self.command(arguments)).await
    }
}

/// What a process that has ended leaves.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// What it printed, if it succeeded without a word on standard error.
    pub(crate) fn printed(self) -> String {
        assert_eq!((self.code, &*self.err), (Some(0), ""));
        self.out
    }

    /// Fails unless it printed nothing, and ended with this code and this line.
    pub(crate) fn fails(self, code: i32, line: &str) {
        assert_eq!(
            (self.code, &*self.err, &*self.out),
            (Some(code), &*format!("error: {line}\n"), "")
        );
    }
}

/// Runs `command` to its end.
pub(crate) async fn ran(command: &mut Command) -> Ran {
    // Far beyond what any of them takes, so that one that hangs fails.
    let output = tokio::time::timeout(Duration::from_secs(60), command.output());
    Ran::from(output.await.unwrap().unwrap())
}

/// Waits until `what` gives something.
pub(crate) async fn until<T>(mut what: impl FnMut() -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = what() {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), found)
        .await
        .unwrap()
}

/// Sends a signal.
pub(crate) fn kill(signal: Signal, child: &Child) {
    kill_process(pid(&child.id().unwrap().to_string()), signal).unwrap();
}

/// A process by its number.
pub(crate) fn pid(number: &str) -> Pid {
    Pid::from_raw(number.trim().parse().unwrap()).unwrap()
}

/// An HTTP client that goes past all proxies.
pub(crate) fn http() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

/// What a form is sent with.
pub(crate) async fn post(url: &str, client: (&str, &str), form: &str) -> (u16, serde_json::Value) {
    let request = http().post(url).basic_auth(client.0, Some(client.1));
    let request = request
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.to_owned());
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (
        status,
        serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text)),
    )
}

/// The claims of a JWT.
pub(crate) fn claims(token: &str) -> serde_json::Value {
    use base64::Engine;
    let claims = token.split('.').nth(1).unwrap();
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(claims)
        .unwrap();
    serde_json::from_slice(&claims).unwrap()
}
