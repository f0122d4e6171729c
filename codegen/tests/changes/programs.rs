//! Programs that are compiled together and run one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::{Outcome, file, generated, workspace};

/// The program `caller.rs` with what is generated from several documents: a module of each, of one program.
#[derive(Default)]
pub(crate) struct Programs {
    /// The module of what is generated, by that without its comments.
    modules: BTreeMap<String, (String, String)>,
}

impl Programs {
    /// Adds what is generated from `document`, and returns the name of the module that it is in.
    pub(crate) fn add(&mut self, document: &Value) -> String {
        let code = generated(document, "crate::Transport");
        let is_code = |line: &&str| !line.trim_start().starts_with("///");
        let lines: Vec<&str> = code.lines().filter(is_code).collect();
        let name = format!("program_{}", self.modules.len());
        let module = self.modules.entry(lines.join("\n"));
        module.or_insert((name, code)).0.clone()
    }

    /// What becomes of each module.
    pub(crate) fn run(&self) -> BTreeMap<String, Outcome> {
        // Later runs find it again.
        let project = workspace().join("target/changes/project");
        let manifest = fs::read_to_string(file("Cargo.toml.in")).unwrap();
        let sdk = workspace().join("sts-sdk");
        let manifest = manifest.replace("@sts-sdk@", &sdk.display().to_string());
        write(&project.join("Cargo.toml"), &manifest);
        let lock = fs::read_to_string(workspace().join("Cargo.lock")).unwrap();
        fs::write(project.join("Cargo.lock"), lock).unwrap();
        let caller = fs::read_to_string(file("caller.rs")).unwrap();
        let mut compiling = BTreeSet::new();
        for (name, code) in self.modules.values() {
            let folder = project.join("src").join(name);
            write(&folder.join("mod.rs"), &caller);
            write(&folder.join("generated.rs"), code);
            compiling.insert(name.clone());
        }
        // Names are resolved before types are checked: what does not compile is found round by round.
        let program = loop {
            match build(&project, &compiling) {
                Ok(program) => break program,
                Err(faulty) => compiling.retain(|name| !faulty.contains(name)),
            }
        };
        let names = self.modules.values().map(|(name, _)| name);
        let outcomes = names.map(|name| {
            let run = || Command::new(&program).arg(name).output().unwrap();
            let outcome = if !compiling.contains(name) {
                Outcome::DoesNotCompile
            } else if run().status.success() {
                Outcome::Works
            } else {
                Outcome::Fails
            };
            (name.clone(), outcome)
        });
        outcomes.collect()
    }
}

/// Builds the program of `modules`, or returns those that do not compile.
fn build(project: &Path, modules: &BTreeSet<String>) -> Result<PathBuf, BTreeSet<String>> {
    let program = fs::read_to_string(file("program.rs")).unwrap();
    let declared = modules.iter().map(|name| format!("mod {name};\n"));
    let listed = modules
        .iter()
        .map(|name| format!("    ({name:?}, {name}::main),\n"));
    let (declared, listed): (String, String) = (declared.collect(), listed.collect());
    let list = format!("const MODULES: &[(&str, fn())] = &[\n{listed}];\n");
    let code = format!("{program}{declared}\n{list}");
    write(&project.join("src/main.rs"), &code);
    let output = cargo(project)
        .args(["build", "--offline", "--message-format=json"])
        .output()
        .unwrap();
    let mut faulty = BTreeSet::new();
    for line in output.stdout.split(|byte| *byte == b'\n') {
        let Ok(message) = serde_json::from_slice::<Value>(line) else {
            continue;
        };
        if let Some(program) = message["executable"].as_str() {
            return Ok(PathBuf::from(program));
        }
        let error = &message["message"];
        for span in error["spans"].as_array().into_iter().flatten() {
            if error["level"] == "error" && span["is_primary"] == true {
                let place = Path::new(span["file_name"].as_str().unwrap());
                // What is generated compiles, whatever it is generated from.
                assert!(place.ends_with("mod.rs"), "{}", error["rendered"]);
                let module = place.parent().and_then(Path::file_name).unwrap();
                faulty.insert(module.to_str().unwrap().to_owned());
            }
        }
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!faulty.is_empty(), "{errors}");
    Err(faulty)
}

/// cargo in `project`, with a target folder that later runs find again.
pub(crate) fn cargo(project: &Path) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(project)
        .env("CARGO_TARGET_DIR", workspace().join("target/changes"));
    command
}

/// Writes a file whose time of change says whether it did.
fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    if fs::read_to_string(path).ok().as_deref() != Some(text) {
        fs::write(path, text).unwrap();
    }
}
