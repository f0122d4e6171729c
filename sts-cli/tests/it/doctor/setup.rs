//! A set-up on the emulator, and what is said of it.

use std::fs;
use std::time::{Duration, SystemTime};

use serde_json::Value;
use sts_emulator::StsEmulator;
use tempfile::TempDir;

use crate::world::{BINARY, Ran, bare, ran};

pub(super) const REQUEST_ID: &str = "REQUEST-ID";

/// An emulator, a file with a subject token, and what the command is given beside them.
pub(super) struct Setup {
    pub(super) emulator: StsEmulator,
    folder: TempDir,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
}

impl Setup {
    /// The pool `pool-abc`, and a subject token with these claims.
    pub(super) fn new(emulator: StsEmulator, claims: &Value) -> Self {
        let token = emulator.any_token(claims).unwrap();
        Self::with_token(emulator, &token)
    }

    pub(super) fn with_token(emulator: StsEmulator, token: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        fs::write(&file, token).unwrap();
        let mut setup = Self {
            arguments: Vec::new(),
            variables: Vec::new(),
            emulator,
            folder,
        };
        let url = setup.emulator.url().to_owned();
        for (name, value) in [
            ("CONFLUENT_STS_URL", url.as_str()),
            ("CONFLUENT_STS_IDENTITY_POOL_ID", "pool-abc"),
            ("CONFLUENT_STS_TOKEN_FILE", file.to_str().unwrap()),
        ] {
            setup = setup.variable(name, value);
        }
        setup
    }

    pub(super) fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// In place of what was set before.
    pub(super) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(other, _)| other != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) async fn doctor(&self) -> Ran {
        self.run("doctor").await
    }

    /// A command with these arguments and variables.
    pub(super) async fn run(&self, name: &str) -> Ran {
        let mut command = bare(BINARY, self.folder.path());
        command.arg(name).args(&self.arguments);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        ran(&mut command).await
    }

    /// What is the same in each run: the emulator is `http://STS`, its requests have the id `REQUEST-ID`, and the
    /// folder is `FOLDER`.
    pub(super) fn constant(&self, text: &str) -> String {
        let address = self.emulator.address().to_string();
        let folder = self.folder.path().to_str().unwrap();
        let text = text.replace(&address, "STS").replace(folder, "FOLDER");
        let mut constant = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("request id ") {
            let end = after
                .find(|c: char| !c.is_ascii_hexdigit())
                .unwrap_or(after.len());
            constant.push_str(before);
            constant.push_str("request id ");
            constant.push_str(if end == 0 { "" } else { REQUEST_ID });
            rest = &after[end..];
        }
        constant.push_str(rest);
        constant
    }

    /// The exit code and the only line about a failure, without its beginning.
    pub(super) async fn failure(&self) -> (i32, String) {
        let ran = self.doctor().await;
        let stdout = self.constant(&ran.out);
        let failures: Vec<&str> = stdout
            .lines()
            .filter_map(|line| line.strip_prefix("failed"))
            .collect();
        let [failure] = failures[..] else {
            panic!("one failure is told: {stdout}{}", ran.err);
        };
        (ran.code.unwrap(), failure.trim_start().to_owned())
    }

    /// The line of a step.
    pub(super) async fn step(&self, step: &str) -> String {
        let stdout = self.constant(&self.doctor().await.out);
        let line = stdout
            .lines()
            .find(|line| line.get(9..).is_some_and(|line| line.starts_with(step)));
        line.unwrap_or_else(|| panic!("{step} is told: {stdout}"))
            .to_owned()
    }
}

/// The time now, so many seconds on.
pub(super) fn after(seconds: i64) -> i64 {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    i64::try_from(now.as_secs()).unwrap() + seconds
}

/// A clock that is so many seconds behind, or ahead if they are negative.
pub(super) fn clock(behind: i64) -> impl Fn() -> SystemTime + Send + Sync + 'static {
    move || {
        let apart = Duration::from_secs(behind.unsigned_abs());
        let now = SystemTime::now();
        if behind > 0 { now - apart } else { now + apart }
    }
}

/// What each line of a report begins with: how a step went, and its name.
pub(super) fn steps(report: &str) -> Vec<&str> {
    let lines = report.lines();
    lines.map(|line| line.get(..23).unwrap().trim()).collect()
}
