//! The declared `rust-version` is what the dependencies need, no less and no more.

use std::process::Command;

use serde_json::Value;
use sts_sdk_tests::workspace;

fn version(package: &Value) -> Vec<u64> {
    let text = package["rust_version"].as_str().unwrap_or("0");
    let mut parts: Vec<u64> = text.split('.').map(|part| part.parse().unwrap()).collect();
    parts.resize(3, 0);
    parts
}

#[test]
fn the_rust_version_is_the_highest_among_the_dependencies() {
    let output = Command::new(env!("CARGO"))
        .current_dir(workspace())
        .args(["metadata", "--format-version", "1", "--locked"])
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let (ours, theirs): (Vec<&Value>, Vec<&Value>) = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .partition(|package| package["source"].is_null());
    let needed = theirs
        .into_iter()
        .max_by_key(|package| version(package))
        .unwrap();
    for package in ours {
        assert_eq!(
            version(package),
            version(needed),
            "{} needs it",
            needed["name"]
        );
    }
}

#[test]
fn the_pages_name_the_rust_version() {
    let read = |file: &str| std::fs::read_to_string(workspace().join(file)).unwrap();
    let manifest = read("Cargo.toml");
    let mut lines = manifest.lines();
    let version = lines.find_map(|line| line.strip_prefix("rust-version = \""));
    let version = version.unwrap().trim_end_matches('"');
    let said = format!("With a stable Rust toolchain, {version} or later");
    for page in ["README.md", "CONTRIBUTING.md"] {
        assert!(read(page).contains(&said), "{page}: {said}");
    }
}
