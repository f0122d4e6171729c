//! `cargo xtask spec diff` and `cargo xtask spec lint`, as a maintainer sees them.

use std::fs;
use std::path::PathBuf;

use crate::{workspace, xtask};
use serde_json::Value;
use tempfile::TempDir;

/// What is compared: a document that no change of the specification changes.
const BASE: &str = "codegen/tests/changes/base.yaml";

/// The base document with each of `edits` made, in a file of `folder`.
fn edited(folder: &TempDir, edits: &[(&str, &str)]) -> PathBuf {
    let mut text = fs::read_to_string(workspace().join(BASE)).unwrap();
    for (from, to) in edits {
        assert!(text.contains(from), "{from:?} is in the document");
        text = text.replace(from, to);
    }
    let file = folder.path().join("edited.yaml");
    fs::write(&file, text).unwrap();
    file
}

fn diff(folder: &TempDir, edits: &[(&str, &str)], format: &str) -> String {
    let new = edited(folder, edits);
    let new = new.to_str().unwrap();
    let output = xtask(&["spec", "diff", BASE, new, "--format", format]);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

const REWORDED: (&str, &str) = ("The grant.", "The | grant.");
const RENAMED: (&str, &str) = ("        detail:", "        details:");

#[test]
fn changes_are_listed_gravest_first_with_a_verdict() {
    let folder = TempDir::new().unwrap();
    let report = diff(&folder, &[REWORDED, RENAMED], "text");
    let lines: Vec<&str> = report.lines().collect();
    assert_eq!(
        lines,
        [
            "breaking     /components/schemas/Error/properties/detail: the reply property `detail` is removed",
            "compatible   /components/schemas/Error/properties/details: the reply property `details` is added",
            "description  /components/schemas/Request/properties/grant_type/description: reworded",
            "",
            "verdict: major (1 breaking, 1 compatible, 1 description): 0.1.0 becomes 0.2.0",
        ]
    );
}

#[test]
fn changes_of_descriptions_only_are_called_that() {
    let folder = TempDir::new().unwrap();
    let report = diff(&folder, &[REWORDED], "text");
    let verdict = report.lines().last().unwrap();
    assert_eq!(
        verdict,
        "verdict: patch (changes of descriptions only): 0.1.0 becomes 0.1.1"
    );
}

#[test]
fn the_same_contract_is_called_unchanged() {
    let folder = TempDir::new().unwrap();
    let report = diff(&folder, &[], "text");
    assert_eq!(report, "verdict: unchanged (the contracts are the same)\n");
}

#[test]
fn markdown_is_a_table_under_the_verdict() {
    let folder = TempDir::new().unwrap();
    let report = diff(
        &folder,
        &[("maximum: 10", "maximum: 20"), REWORDED],
        "markdown",
    );
    assert!(
        report.starts_with("**minor (1 compatible, 1 description): "),
        "{report}"
    );
    let row = "| compatible | `/components/schemas/Request/properties/count/maximum` \
               | raised from 10 to 20 |";
    assert!(report.contains(row), "{report}");
    let table = report.lines().filter(|line| line.starts_with('|'));
    assert!(table.clone().count() == 4, "{report}");
    assert!(
        table.clone().all(|row| row.matches('|').count() == 4),
        "{report}"
    );
}

#[test]
fn json_is_for_programs() {
    let folder = TempDir::new().unwrap();
    let report = diff(&folder, &[RENAMED], "json");
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["verdict"], "major");
    assert_eq!(report["next_version"], "0.2.0");
    let removed = &report["changes"][0];
    assert_eq!(removed["class"], "breaking");
    assert_eq!(
        removed["pointer"],
        "/components/schemas/Error/properties/detail"
    );
    assert_eq!(removed["old"], removed["pointer"]);
    assert_eq!(removed["new"], Value::Null);
}

#[test]
fn what_cannot_be_compared_is_named_in_one_line() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("other.yaml");
    let file = file.to_str().unwrap();
    for (document, part) in [
        ("openapi: 2.9.0\n", "OpenAPI 2.9.0 is not supported"),
        ("a: [1\n", "is not valid YAML"),
        ("<html>", "is a web page"),
        ("just: text\n", "`openapi` is missing"),
    ] {
        fs::write(file, document).unwrap();
        for arguments in [
            ["spec", "diff", "openapi/sts-v1.yaml", file].as_slice(),
            &["spec", "diff", file, "openapi/sts-v1.yaml"],
            &["spec", "lint", file],
        ] {
            let output = xtask(arguments);
            let message = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{message}");
            assert!(
                message.starts_with(&format!("error: {file}: ")),
                "{message}"
            );
            assert!(message.contains(part), "{message}");
            assert_eq!(message.lines().count(), 1, "{message}");
            assert!(output.stdout.is_empty());
        }
    }
}

#[test]
fn a_document_that_cannot_be_generated_from_is_compared_all_the_same() {
    let folder = TempDir::new().unwrap();
    let edits = [("operationId: exchangeToken", "operationId: new"), REWORDED];
    let report = diff(&folder, &edits, "text");
    assert!(
        report.contains("/post/operationId: changed from "),
        "{report}"
    );
    let lost = "breaking     document: can no longer be generated from: /paths/";
    assert!(report.contains(lost), "{report}");
}

#[test]
fn lint_says_what_would_be_adapted_and_why() {
    let output = xtask(&["spec", "lint"]);
    assert!(output.status.success());
    let report = String::from_utf8(output.stdout).unwrap();
    let first = report.lines().next();
    assert_eq!(
        first,
        Some("openapi/sts-v1.yaml can be generated from: 1 operation")
    );
    let secrets = "\nsecrets: a credential as a plain string would be printed in logs and errors\n  \
                   /components/schemas/sts.v1.TokenExchangeRequest/properties/subject_token\n";
    assert!(report.contains(secrets), "{report}");
    // The same as codegen records.
    let generated = fs::read_to_string(workspace().join("sts-sdk/src/generated.rs")).unwrap();
    let recorded = generated
        .lines()
        .find_map(|line| line.strip_prefix("// adaptations: "));
    let named: Vec<&str> = report
        .lines()
        .skip(1)
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_once(": ").map(|(name, _)| name))
        .collect();
    assert_eq!(recorded, Some(named.join(", ").as_str()));
}

#[test]
fn lint_names_what_cannot_be_generated_from() {
    let folder = TempDir::new().unwrap();
    let file = edited(
        &folder,
        &[(
            "              $ref: '#/components/schemas/Reply'",
            "              $ref: '#/components/schemas/Missing'",
        )],
    );
    let before = fs::read(&file).unwrap();
    let output = xtask(&["spec", "lint", file.to_str().unwrap()]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    let pointer = "/paths/~1exchange/post/responses/200/content/application~1json/schema";
    assert!(message.contains(&format!("{pointer}: $ref ")), "{message}");
    assert!(output.stdout.is_empty());
    assert_eq!(fs::read(&file).unwrap(), before);
}
