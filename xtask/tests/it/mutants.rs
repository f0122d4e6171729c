//! `cargo xtask mutants`, with a program in the place of `cargo mutants` that writes what that would write.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use crate::workspace;
use tempfile::TempDir;

/// What stands in for `cargo mutants`: it lists 100 mutants, and does with those that are named what `$OUTCOME` says.
const FAKE: &str = r#"#!/bin/sh
set -eu
case "$*" in
    *--version*)
        echo "cargo-mutants ${FAKE_VERSION:-27.1.0}"
        exit
        ;;
    *--list*)
        for number in $(seq 100); do
            echo "src/a.rs:$number:5: replace f<T>(a: [u8; 2]) -> bool with true"
        done
        exit
        ;;
esac
printf '%s\n' "$@" >"$FAKE_FOLDER/arguments"
while [ $# -gt 0 ]; do
    case "$1" in
        --output) output=$2 ;;
    esac
    shift
done
mkdir -p "$output/mutants.out/diff"
printf -- '-    old\n+    true\n' >"$output/mutants.out/diff/one.diff"
printf '%s' "$FAKE_OUTCOMES" >"$output/mutants.out/outcomes.json"
exit "$FAKE_STATUS"
"#;

struct Fake {
    folder: TempDir,
    outcomes: String,
    status: &'static str,
    version: &'static str,
}

impl Fake {
    /// One whose mutants end as the `summaries` say.
    fn new(summaries: &[&str], status: &'static str) -> Self {
        let folder = TempDir::new().unwrap();
        let program = folder.path().join("cargo-mutants");
        fs::write(&program, FAKE).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let mutant = |summary: &&str| {
            let name = format!("src/a.rs:1:5: {summary}");
            serde_json::json!({"scenario": {"Mutant": {"name": name}}, "summary": summary, "diff_path": "diff/one.diff"})
        };
        let mut outcomes: Vec<_> = summaries.iter().map(mutant).collect();
        outcomes.push(
            serde_json::json!({"scenario": "Baseline", "summary": "Success", "diff_path": null}),
        );
        Self {
            folder,
            outcomes: serde_json::json!({"outcomes": outcomes}).to_string(),
            status,
            version: "27.1.0",
        }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let path = std::env::var("PATH").unwrap_or_default();
        let path = format!("{}:{path}", self.folder.path().display());
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .current_dir(workspace())
            .args(["mutants", "--out"])
            .arg(self.folder.path().join("results"))
            .args(arguments)
            .env("PATH", path)
            .env("FAKE_FOLDER", self.folder.path())
            .env("FAKE_OUTCOMES", &self.outcomes)
            .env("FAKE_STATUS", self.status)
            .env("FAKE_VERSION", self.version);
        command.output().unwrap()
    }

    fn arguments(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("arguments")).unwrap();
        text.lines().map(ToOwned::to_owned).collect()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_draw_is_tested_by_the_packages_that_test_it() {
    for (package, tested_by) in [
        ("sts-sdk", "sts-sdk,sts-sdk-tests"),
        ("sts-cli", "sts-cli"),
        ("confluent-codegen", "confluent-codegen,xtask"),
        ("sts-emulator", "sts-emulator,sts-cli"),
        ("xtask", "xtask"),
    ] {
        let fake = Fake::new(&["CaughtMutant", "Unviable", "CaughtMutant"], "0");
        let arguments = [
            "--package",
            package,
            "--count",
            "3",
            "--seed",
            "5",
            "--",
            "--jobs=2",
        ];
        let output = fake.run(&arguments);
        assert_eq!(
            text(&output.stdout),
            format!(
                "3 of 100 mutants of {package}, drawn with --seed 5\n\
                 2 killed, 0 lived, 1 do not compile, 0 hung\n"
            )
        );
        assert_eq!(output.status.code(), Some(0));
        let given = fake.arguments();
        let has = |option: &str, value: &str| {
            given
                .windows(2)
                .any(|pair| pair[0] == option && pair[1] == value)
        };
        assert!(
            has("--package", package) && has("--test-package", tested_by),
            "{given:?}"
        );
        assert!(given.contains(&"--jobs=2".to_owned()), "{given:?}");
        assert!(has("--timeout", "600"), "{given:?}");
        // Without them, code of AWS and SPIFFE would not be compiled, and whatever is broken there would live.
        let features = "sts-sdk-tests/aws,sts-sdk-tests/spiffe";
        let is_sdk = package == "sts-sdk";
        assert_eq!(has("--features", features), is_sdk, "{given:?}");
        let files = given
            .iter()
            .filter(|argument| *argument == "--file")
            .count();
        assert!(files == 1 && has("--file", "src/a.rs"), "{given:?}");
        let drawn = given
            .iter()
            .filter(|argument| argument.starts_with("--re=^src/a\\.rs:"));
        let drawn: Vec<&String> = drawn.collect();
        assert_eq!(drawn.len(), 3, "{given:?}");
        // As a regular expression that matches the name and no other.
        let end = r":5: replace f<T>\(a: \[u8; 2\]\) \-> bool with true$";
        assert!(drawn.iter().all(|name| name.ends_with(end)), "{drawn:?}");
    }
}

#[test]
fn those_that_lived_are_shown_and_fail_it() {
    let fake = Fake::new(&["CaughtMutant", "MissedMutant", "Timeout"], "2");
    let output = fake.run(&["--count", "3", "--seed", "5"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stdout);
    for part in [
        "1 killed, 1 lived, 0 do not compile, 1 hung\n",
        "\nlived: src/a.rs:1:5: MissedMutant\n-    old\n+    true\n",
        "\nhung: src/a.rs:1:5: Timeout\n-    old\n+    true\n",
        ".cargo/mutants.toml",
    ] {
        assert!(said.contains(part), "{said}");
    }
    // One that hangs is found by the time limit.
    let hung = Fake::new(&["CaughtMutant", "Timeout"], "3");
    assert_eq!(hung.run(&[]).status.code(), Some(0));
}

#[test]
fn a_seed_draws_the_same_again_and_is_told() {
    let fake = Fake::new(&[], "0");
    let listed = |arguments: &[&str]| text(&fake.run(&[&["--list"], arguments].concat()).stdout);
    let once = listed(&["--seed", "5"]);
    assert_eq!(once.lines().count(), 61, "{once}");
    assert_eq!(once, listed(&["--seed", "5"]));
    assert_ne!(once, listed(&["--seed", "6"]));
    let drawn = listed(&["--count", "7"]);
    let (head, _) = drawn.split_once('\n').unwrap();
    let (said, seed) = head.rsplit_once(' ').unwrap();
    assert_eq!(said, "7 of 100 mutants of sts-sdk, drawn with --seed");
    assert_eq!(listed(&["--count", "7", "--seed", seed]), drawn);
    assert!(
        !Path::new(&fake.folder.path().join("arguments")).exists(),
        "nothing is done"
    );
}

#[test]
fn what_cannot_be_done_is_told_in_one_line() {
    let advice = "run `cargo install --locked cargo-mutants@27.1.0`";
    let mut other = Fake::new(&[], "0");
    other.version = "26.0.0";
    let output = other.run(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        text(&output.stderr),
        format!(
            "error: cargo mutants: is \"cargo-mutants 26.0.0\", not version 27.1.0; {advice}\n"
        )
    );
    let page = fs::read_to_string(workspace().join("CONTRIBUTING.md")).unwrap();
    assert!(page.contains(advice.trim_start_matches("run ")));
    // The tests fail before anything is broken.
    let failing = Fake::new(&[], "4").run(&["--count", "1"]);
    assert_eq!(failing.status.code(), Some(2));
    let said = text(&failing.stderr);
    assert!(
        said.starts_with("error: cargo mutants: ended with exit status: 4; "),
        "{said}"
    );
    let unreadable = Fake {
        outcomes: "{".to_owned(),
        ..Fake::new(&[], "0")
    };
    let said = text(&unreadable.run(&["--count", "1"]).stderr);
    assert!(
        said.starts_with("error: cargo mutants: wrote no results that can be read; "),
        "{said}"
    );
}
