//! Prism, a server that holds requests and replies to a specification.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use sts_sdk_tests::workspace;

/// Prism, which runs until it is dropped.
pub(crate) struct Prism {
    process: Child,
    pub(crate) url: String,
}

impl Prism {
    /// Starts it with the `command` on `document`, a file of the workspace, and `more`.
    pub(crate) fn start(command: &[&str], document: &str, more: &[&str]) -> Self {
        let installed = workspace().join("target/tools/npm/node_modules/.bin/prism");
        let program = std::env::var_os("PRISM").map_or(installed, PathBuf::from);
        // Free when it was asked for; a server that does not get it says so and ends.
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut process = Command::new(&program)
            .args(command)
            .args(["--host", "127.0.0.1", "--port", &port.to_string()])
            .arg(workspace().join(document))
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut said = String::new();
        while !said.contains("Prism is listening") {
            let line = lines
                .next()
                .unwrap_or_else(|| panic!("Prism ended: {said}"));
            said.push_str(&line.unwrap());
        }
        // What it says later has to go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        let url = format!("http://127.0.0.1:{port}");
        Self { process, url }
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
