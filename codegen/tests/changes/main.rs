//! What the comparison calls a change is what it does to a program: each change of `cases.yaml` goes through the comparison, the generator and the compiler.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod programs;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use confluent_codegen::compare::{Class, Verdict, compare};
use confluent_codegen::{Target, openapi, pipeline};
use programs::{Programs, cargo};
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// What is done to the base document first.
    #[serde(default)]
    before: json_patch::Patch,
    patch: json_patch::Patch,
    verdict: String,
    class: String,
    at: String,
    program: Option<Outcome>,
    /// Why `program` says nothing.
    unseen: Option<String>,
}

/// What becomes of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    Works,
    Fails,
    #[serde(rename = "does not compile")]
    DoesNotCompile,
}

/// The root of the workspace.
fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

fn file(name: &str) -> PathBuf {
    workspace().join("codegen/tests/changes").join(name)
}

fn base() -> Value {
    let text = fs::read_to_string(file("base.yaml")).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

fn cases() -> Vec<Case> {
    let text = fs::read_to_string(file("cases.yaml")).unwrap();
    let cases: Vec<Case> = serde_saphyr::from_str(&text).unwrap();
    assert!(cases.len() > 50, "there is one of each kind");
    cases
}

/// The document before and after the change of `case`.
fn documents(case: &Case) -> (Value, Value) {
    let mut document = base();
    let mut patched = |patch| {
        json_patch::patch(&mut document, patch).unwrap_or_else(|error| {
            panic!("{}: {error}", case.name);
        });
        document.clone()
    };
    (patched(&case.before), patched(&case.patch))
}

fn generated(document: &Value, inner_type: &str) -> String {
    let target = Target {
        inner_type: inner_type.to_owned(),
        ..Target::default()
    };
    pipeline::generate(document, &target).unwrap().code
}

/// Those of `cases` that get another verdict than theirs, each with what is said of it.
fn wrong_verdicts(cases: &[Case]) -> Vec<String> {
    let mut wrong = Vec::new();
    for case in cases {
        let (old, new) = documents(case);
        let report = compare(("old", &old), ("new", &new), &Target::default()).unwrap();
        let found = report.changes.iter().any(|change| {
            let places = [&change.old, &change.new];
            let mut places = places.into_iter().flatten();
            change.class.name() == case.class && places.any(|place| place.as_str() == case.at)
        });
        let verdict = report.verdict().to_string();
        let mut breaking = report
            .changes
            .iter()
            .filter(|change| change.class == Class::Breaking);
        let explained = breaking.all(|change| change.reason.is_some());
        if verdict != case.verdict || !found || !explained || !report.notes.is_empty() {
            wrong.push(format!("{}: {}", case.name, report.text("0.1.0", true)));
        }
    }
    wrong
}

#[test]
fn every_change_gets_its_verdict() {
    let cases = cases();
    // One test would keep but one core busy.
    let (some, others) = cases.split_at(cases.len() / 2);
    let wrong = thread::scope(|scope| {
        let others = scope.spawn(|| wrong_verdicts(others));
        [wrong_verdicts(some), others.join().unwrap()].concat()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[ignore = "compiles programs, for a minute: .ci/run rust"]
fn compiled_every_change_does_to_a_program_what_its_verdict_says() {
    let cases = cases();
    let mut programs = Programs::default();
    let mut expected = vec![("base", programs.add(&base()), Outcome::Works)];
    for case in &cases {
        let Some(outcome) = case.program else {
            assert!(case.unseen.is_some(), "{}: unseen for no reason", case.name);
            continue;
        };
        // The point of the verdict.
        assert_eq!(
            outcome == Outcome::Works,
            case.verdict != "major",
            "{}",
            case.name
        );
        let (_, new) = documents(case);
        expected.push((&case.name, programs.add(&new), outcome));
    }
    let outcomes = programs.run();
    let wrong: Vec<String> = expected
        .iter()
        .filter(|(_, program, outcome)| outcomes[program] != *outcome)
        .map(|(name, program, outcome)| {
            format!("{name}: {:?} instead of {outcome:?}", outcomes[program])
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A compatible change of the specification changes what is generated and nothing else.
#[test]
#[ignore = "compiles programs, for a minute: .ci/run rust"]
fn compiled_the_hand_written_code_takes_a_compatible_change() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    let old = openapi::read(&workspace().join("openapi/sts-v1.yaml"));
    let old = old.unwrap().root;
    let mut fragment = old.clone();
    let schemas = &mut fragment["components"]["schemas"];
    let lifetime = &mut schemas["sts.v1.TokenExchangeRequest"]["properties"]["expires_in"];
    lifetime["maximum"] = (lifetime["maximum"].as_i64().unwrap() + 100).into();
    lifetime["default"] = (lifetime["default"].as_i64().unwrap() - 100).into();
    for name in ["sts.v1.TokenExchangeReply", "Failure"] {
        schemas[name]["properties"]["added_later"] = serde_json::json!({"type": "string"});
    }
    let report = compare(("old", &old), ("new", &fragment), &Target::default()).unwrap();
    assert_eq!(
        report.verdict(),
        Verdict::Minor,
        "{}",
        report.text("0.1.0", true)
    );

    let manifest = fs::read_to_string(workspace().join("Cargo.toml")).unwrap();
    let members = manifest.lines().find(|line| line.starts_with("members = "));
    let manifest = manifest.replace(members.unwrap(), r#"members = ["sts-sdk"]"#);
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    fs::copy(workspace().join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
    fs::copy(workspace().join("README.md"), root.join("README.md")).unwrap();
    copy_folder(&workspace().join("sts-sdk"), &root.join("sts-sdk"));
    // The tests of sts-sdk need it, and cargo its manifest.
    copy_folder(
        &workspace().join("sts-emulator"),
        &root.join("sts-emulator"),
    );
    fs::write(
        root.join("sts-sdk/src/generated.rs"),
        generated(&fragment, &Target::default().inner_type),
    )
    .unwrap();
    let output = cargo(root)
        .args([
            "check",
            "--offline",
            "--package",
            "sts-sdk",
            "--no-default-features",
        ])
        .args(["--features", "testing"])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
