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
