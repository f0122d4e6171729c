//! A running `confluent-sts serve`.

use rustix::process::Signal;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::world::{kill, post};

/// A running endpoint, and where it is.
pub(crate) struct Served {
    pub(crate) child: Child,
    pub(crate) url: String,
    pub(crate) access_url: Option<String>,
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Served {
    pub(crate) async fn start(mut command: Command) -> Self {
        let mut child = command.args(["--output", "json"]).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap();
        let Some(line) = line else {
            let output = child.wait_with_output().await.unwrap();
            panic!("{}", String::from_utf8_lossy(&output.stderr));
        };
        let json: Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        Self {
            child,
            url: text("token_url").unwrap(),
            access_url: text("access_token_url"),
            id: text("client_id").unwrap(),
            secret: text("client_secret").unwrap(),
        }
    }

    pub(crate) async fn post(&self, form: &str) -> (u16, Value) {
        post(&self.url, (&self.id, &self.secret), form).await
    }

    /// Ends it; what it has logged.
    pub(crate) async fn end(self) -> String {
        kill(Signal::TERM, &self.child);
        let output = self.child.wait_with_output().await.unwrap();
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stderr).unwrap()
    }
}
