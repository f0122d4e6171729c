//! A crate of generated code, one module per document, as another SDK would have it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// What every module of the crate has around its generated code.
const AROUND: &str = "impl progenitor_client::ClientHooks<()> for generated::Client {}\n";

/// The root of the workspace.
pub(crate) fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// A crate that is not written yet.
pub(crate) struct Project {
    folder: TempDir,
    modules: BTreeMap<String, String>,
}

impl Project {
    pub(crate) fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            modules: BTreeMap::new(),
        }
    }

    /// Adds the module `name` with what was generated, whose client carries `()` or authenticates itself.
    pub(crate) fn add(&mut self, name: &str, generated: String) {
        assert!(self.modules.insert(name.to_owned(), generated).is_none());
    }

    /// Compiles all modules at once, and returns the errors of each that has any.
    pub(crate) fn errors(&self) -> BTreeMap<String, Vec<String>> {
        let source = self.folder.path().join("src");
        let mut main = String::from("#![allow(unused)]\n");
        for (name, code) in &self.modules {
            let folder = source.join(name);
            fs::create_dir_all(&folder).unwrap();
            // A client that authenticates itself has its hooks.
            let has_hooks = code.contains("impl ClientHooks<");
            let around = if has_hooks { "" } else { AROUND };
            let module = format!("pub mod generated;\n{around}");
            fs::write(folder.join("mod.rs"), module).unwrap();
            fs::write(folder.join("generated.rs"), code).unwrap();
            writeln!(main, "pub mod {name};").unwrap();
        }
        fs::write(source.join("lib.rs"), main).unwrap();
        let output = self
            .cargo("check")
            .arg("--message-format=json")
            .output()
            .unwrap();
        let mut errors: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in output.stdout.split(|byte| *byte == b'\n') {
            let Ok(message) = serde_json::from_slice::<Value>(line) else {
                continue;
            };
            let message = &message["message"];
            if message["level"] != "error" {
                continue;
            }
            let place = message["spans"][0]["file_name"]
                .as_str()
                .unwrap_or_default();
            let module = Path::new(place).parent().and_then(Path::file_name);
            let module = module.unwrap_or_default().to_string_lossy().into_owned();
            let text = message["rendered"].as_str().unwrap_or_default();
            errors.entry(module).or_default().push(text.to_owned());
        }
        if errors.is_empty() {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{said}");
        }
        errors
    }

    /// Builds the program whose other source is `main`, and returns where it is.
    pub(crate) fn program(&self, main: &str) -> PathBuf {
        let source = self.folder.path().join("src");
        fs::create_dir_all(&source).unwrap();
        for (name, code) in &self.modules {
            fs::write(source.join(format!("{name}.rs")), code).unwrap();
        }
        fs::write(source.join("main.rs"), main).unwrap();
        let output = self
            .cargo("build")
            .arg("--message-format=json")
            .output()
            .unwrap();
        let lines = output.stdout.split(|byte| *byte == b'\n');
        let messages = lines.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
        let mut said = String::from_utf8_lossy(&output.stderr).into_owned();
        for message in messages {
            if let Some(program) = message["executable"].as_str() {
                return PathBuf::from(program);
            }
            said.push_str(message["message"]["rendered"].as_str().unwrap_or_default());
        }
        panic!("{said}");
    }

    /// cargo in the crate, with a target folder that later runs find again.
    fn cargo(&self, what: &str) -> Command {
        let folder = self.folder.path();
        let manifest = include_str!("Cargo.toml.in");
        let sdk = workspace().join("sts-sdk");
        let manifest = manifest.replace("@sts-sdk@", &sdk.display().to_string());
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", workspace().join("target/changes"))
            .args([what, "--offline"]);
        command
    }
}
