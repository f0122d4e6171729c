//! A job, and the way of a step.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use sts_emulator::StsEmulator;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::workspace;
use crate::world::{BINARY, bare};

const REQUEST_TOKEN: &str = "request-token-of-the-job";

pub(super) fn action_file() -> PathBuf {
    workspace().join("action.yml")
}

fn action() -> Value {
    serde_saphyr::from_str(&fs::read_to_string(action_file()).unwrap()).unwrap()
}

/// A job on a runner, whose tokens come from an emulator.
pub(super) struct Job {
    pub(super) emulator: StsEmulator,
    pub(super) folder: TempDir,
    /// `ACTIONS_ID_TOKEN_REQUEST_URL`; empty where the job lacks the permission.
    pub(super) token_url: String,
    pub(super) variables: Vec<(&'static str, String)>,
}

/// How a step ended, and what it left.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: i32,
    pub(super) log: String,
    pub(super) outputs: BTreeMap<String, String>,
    pub(super) variables: BTreeMap<String, String>,
}

impl Job {
    pub(super) async fn new(is_permitted: bool) -> Self {
        let mut job = Self::for_audience("my-audience").await;
        if !is_permitted {
            job.token_url.clear();
        }
        job
    }

    pub(super) async fn for_audience(audience: &str) -> Self {
        let builder = StsEmulator::builder().audience(audience);
        let emulator = builder.start().await.unwrap();
        let token_url = github(&emulator, audience).await;
        let folder = tempfile::tempdir().unwrap();
        Self {
            emulator,
            folder,
            token_url,
            variables: Vec::new(),
        }
    }

    /// Runs the steps of the action with `inputs`, up to one that fails; what the last one left.
    pub(super) async fn run(&self, inputs: &[(&str, &str)]) -> Ran {
        let mut all = BTreeMap::new();
        for (name, input) in action()["inputs"].as_object().unwrap() {
            all.insert(name.clone(), input["default"].as_str().unwrap().to_owned());
        }
        let url = self.emulator.url();
        for (name, value) in [("command", BINARY), ("url", url)].iter().chain(inputs) {
            assert!(
                all.insert((*name).to_owned(), (*value).to_owned())
                    .is_some(),
                "{name} is an input"
            );
        }
        let mut last = None;
        for step in action()["runs"]["steps"].as_array().unwrap() {
            let condition = step.get("if").map(|condition| condition.as_str().unwrap());
            assert!(matches!(condition, None | Some("inputs.mode != 'install'")));
            if condition.is_some() && all["mode"] == "install" {
                continue;
            }
            let ran = self.step(step, &all).await;
            let code = ran.code;
            last = Some(ran);
            if code != 0 {
                break;
            }
        }
        last.unwrap()
    }

    async fn step(&self, step: &Value, inputs: &BTreeMap<String, String>) -> Ran {
        assert_eq!(step["shell"], "bash");
        let path = |name: &str| self.folder.path().join(name);
        fs::write(path("step.sh"), step["run"].as_str().unwrap()).unwrap();
        for name in ["env", "output", "path"] {
            fs::write(path(name), "").unwrap();
        }
        let mut command = bare("bash", self.folder.path());
        // As a runner does.
        let arguments = ["--noprofile", "--norc", "-eo", "pipefail"];
        command.args(arguments).arg(path("step.sh"));
        command
            .env("RUNNER_TEMP", self.folder.path())
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_ACTION_PATH", workspace())
            .env("GITHUB_ENV", path("env"))
            .env("GITHUB_OUTPUT", path("output"))
            .env("GITHUB_PATH", path("path"));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        if !self.token_url.is_empty() {
            command.env("ACTIONS_ID_TOKEN_REQUEST_URL", &self.token_url);
            command.env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", REQUEST_TOKEN);
        }
        for (name, value) in step["env"].as_object().unwrap() {
            let expression = value.as_str().unwrap();
            let input = expression
                .strip_prefix("${{ inputs.")
                .unwrap()
                .strip_suffix(" }}")
                .unwrap();
            command.env(name, &inputs[input]);
        }
        let output = command.output().await.unwrap();
        let pairs = |name: &str| {
            let text = fs::read_to_string(path(name)).unwrap();
            let pairs = text.lines().map(|line| line.split_once('=').unwrap());
            pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect()
        };
        Ran {
            code: output.status.code().unwrap(),
            log: String::from_utf8([output.stdout, output.stderr].concat()).unwrap(),
            outputs: pairs("output"),
            variables: pairs("env"),
        }
    }

    /// The processes that steps have left.
    pub(super) fn left(&self) -> Vec<Pid> {
        let uses = fs::read_dir(self.folder.path().join("confluent-sts"));
        let uses = uses
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path());
        uses.filter_map(|folder| fs::read_to_string(folder.join("process")).ok())
            .map(|process| Pid::from_raw(process.trim().parse().unwrap()).unwrap())
            .collect()
    }
}

/// Ends a process, if it is still there.
pub(super) fn end(process: Pid) {
    kill_process(process, Signal::TERM).ok();
}

/// What a runner does at the end of a job.
impl Drop for Job {
    fn drop(&mut self) {
        for process in self.left() {
            end(process);
        }
    }
}

/// What GitHub has for a job: tokens of the emulator's identity provider, for the audience that is asked for.
async fn github(emulator: &StsEmulator, wanted: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "http://{}/token?api-version=2.0",
        listener.local_addr().unwrap()
    );
    let token = |audience: &str| {
        emulator
            .any_token(&json!({"sub": "repo:me/mine", "aud": audience}))
            .unwrap()
    };
    let (right, other) = (token(wanted), token("other"));
    let wanted = format!("&audience={wanted} ");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 8192];
            let read = stream.read(&mut request).await.unwrap_or_default();
            let request = String::from_utf8_lossy(&request[..read]).to_ascii_lowercase();
            let is_right = request.contains(&wanted) && request.contains(REQUEST_TOKEN);
            let body = json!({"value": if is_right { &right } else { &other }}).to_string();
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            stream.write_all(answer.as_bytes()).await.ok();
        }
    });
    url
}
