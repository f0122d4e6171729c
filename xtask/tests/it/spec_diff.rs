//! `cargo xtask spec diff` and `cargo xtask spec lint`, as a maintainer sees them.

use std::fs;
use std::path::PathBuf;

use crate::{workspace, xtask};
use serde_json::{Value, json};
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
    diff_with(folder, edits, &["--format", format])
}

fn diff_with(folder: &TempDir, edits: &[(&str, &str)], options: &[&str]) -> String {
    let new = edited(folder, edits);
    let new = new.to_str().unwrap();
    let output = xtask(&[&["spec", "diff", BASE, new], options].concat());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

const REWORDED: (&str, &str) = ("The grant.", "The | grant.");
const RENAMED: (&str, &str) = ("        detail:", "        details:");

#[test]
fn changes_are_listed_gravest_first_with_a_verdict() {
    let folder = TempDir::new().unwrap();
    let report = diff_with(&folder, &[REWORDED, RENAMED], &["--all"]);
    let lines: Vec<&str> = report.lines().collect();
    assert_eq!(
        lines,
        [
            "breaking     /components/schemas/Error/properties/detail: the reply property `detail` is removed; programs read `Error.detail`",
            "compatible   /components/schemas/Error/properties/details: the reply property `details` is added",
            "description  /components/schemas/Request/properties/grant_type/description: reworded",
            "",
            "verdict: major (1 breaking, 1 compatible, 1 description): 0.1.0 becomes 0.2.0",
        ]
    );
}

#[test]
fn descriptions_are_counted_unless_asked_for() {
    let folder = TempDir::new().unwrap();
    let another = ("description: The token.", "description: A token.");
    let report = diff(&folder, &[REWORDED, another], "text");
    let line = "description  2 descriptions reworded (spec diff --all lists them)";
    assert_eq!(report.lines().next(), Some(line), "{report}");
    let markdown = diff(&folder, &[REWORDED], "markdown");
    assert!(markdown.contains("\n1 description reworded"), "{markdown}");
    assert!(!markdown.contains('|'), "{markdown}");
    let report = diff(&folder, &[REWORDED, another], "json");
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["changes"].as_array().map(Vec::len), Some(2));
}

/// Changes of no effect, each of which is one.
const HARMLESS: [(&str, &str); 4] = [
    ("version: 1.0.0", "version: 1.0.1"),
    ("maximum: 3600", "maximum: 7200"),
    ("additionalProperties: false", "additionalProperties: true"),
    ("  - url: https://staging.example.com\n", ""),
];

#[test]
fn many_changes_of_no_effect_are_counted_unless_asked_for() {
    let folder = TempDir::new().unwrap();
    let listed = |report: &str| report.matches("no effect    /").count();
    let report = diff(&folder, &HARMLESS[..3], "text");
    assert_eq!(listed(&report), 3, "{report}");
    assert!(!report.contains("--all"), "{report}");

    let edits = [&HARMLESS[..], &[REWORDED, RENAMED]].concat();
    let report = diff(&folder, &edits, "text");
    let lines: Vec<&str> = report.lines().skip(2).collect();
    assert_eq!(
        lines,
        [
            "no effect    4 changes that programs do not notice (spec diff --all lists them)",
            "description  1 description reworded (spec diff --all lists them)",
            "",
            "verdict: major (1 breaking, 1 compatible, 4 no effect, 1 description): 0.1.0 becomes 0.2.0",
        ],
        "{report}"
    );
    let report = diff_with(&folder, &edits, &["--all"]);
    assert_eq!(listed(&report), 4, "{report}");
    assert!(!report.contains("--all"), "{report}");

    let markdown = diff(&folder, &edits, "markdown");
    let end = "\n4 changes that programs do not notice (spec diff --all lists them).\n\
               \n1 description reworded (spec diff --all lists them).\n";
    assert!(markdown.ends_with(end), "{markdown}");
    assert_eq!(markdown.matches("\n| no effect").count(), 0, "{markdown}");
    let report = diff(&folder, &edits, "json");
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["changes"].as_array().map(Vec::len), Some(7));
}

#[test]
fn a_verdict_can_be_made_to_fail() {
    let folder = TempDir::new().unwrap();
    for (edits, verdict) in [
        ([].as_slice(), 0),
        (&[REWORDED], 1),
        (&[("maximum: 10", "maximum: 20")], 2),
        (&[RENAMED], 3),
    ] {
        let new = edited(&folder, edits);
        for (least, option) in [(1, "patch"), (2, "minor"), (3, "major")] {
            let output = xtask(&[
                "spec",
                "diff",
                BASE,
                new.to_str().unwrap(),
                "--fail-on",
                option,
            ]);
            let code = i32::from(verdict >= least);
            assert_eq!(output.status.code(), Some(code), "{edits:?} {option}");
            assert!(String::from_utf8_lossy(&output.stdout).contains("verdict: "));
        }
    }
    let output = xtask(&["spec", "diff", BASE, "missing.yaml", "--fail-on", "major"]);
    assert_eq!(output.status.code(), Some(2));
    let help = xtask(&["spec", "diff", "--help"]);
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(
        help.contains("--fail-on") && help.contains("Exit codes:"),
        "{help}"
    );
}

/// Two descriptions of one operation that differ as those of Confluent do: what is written in place or as a
/// component, defaults stated or not, closed or not.
#[test]
fn what_is_only_written_another_way_is_not_noticed() {
    let folder = TempDir::new().unwrap();
    let written = |name: &str, servers: &str, header: &str, schemas: &str| {
        let text = format!(
            "openapi: 3.0.3
info: {{title: Tokens, version: {name}}}
servers:
  - url: https://api.confluent.cloud
{servers}paths:
  /exchange:
    get:
      operationId: getToken
      responses:
        '200':
          description: The token.
          content: {{application/json: {{schema: {{$ref: '#/components/schemas/Reply'}}}}}}
        '400':
          description: Refused.
          headers:
            X-Request-Id:
{header}              schema: {{type: string}}
          content: {{application/json: {{schema: {{$ref: '#/components/schemas/Error'}}}}}}
components:
  schemas:
    Reply: {{type: object, properties: {{token: {{type: string}}}}}}
{schemas}"
        );
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let old = written(
        "old",
        "  - url: https://api.stag.cpdev.cloud\n  - url: https://api.devel.cpdev.cloud\n  - url: https://other.example.com\n",
        "              style: simple\n              explode: false\n",
        "    Error:
      type: object
      properties:
        code: {type: string}
        source: {$ref: '#/components/schemas/Error_source'}
    Error_source: {type: object, properties: {pointer: {type: string}}}
",
    );
    let new = written(
        "new",
        "",
        "",
        "    Error:
      type: object
      additionalProperties: false
      properties:
        code: {type: string}
        error_code: {type: integer}
        message: {type: string}
        source: {type: object, properties: {pointer: {type: string}}}
",
    );
    let output = xtask(&["spec", "diff", &old, &new]);
    let report = String::from_utf8(output.stdout).unwrap();
    let noticed = report
        .lines()
        .filter(|line| line.starts_with("breaking") || line.starts_with("compatible"));
    assert_eq!(
        noticed.collect::<Vec<_>>(),
        [
            "breaking     /servers/1: the server \"https://api.stag.cpdev.cloud\" is removed; `Client::staging()` names it",
            "breaking     /servers/2: the server \"https://api.devel.cpdev.cloud\" is removed; `Client::development()` names it",
            "compatible   /components/schemas/Error/properties/error_code: the reply property `error_code` is added",
            "compatible   /components/schemas/Error/properties/message: the reply property `message` is added",
        ],
        "{report}"
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
    let report = diff_with(
        &folder,
        &[("maximum: 10", "maximum: 20"), REWORDED],
        &["--format", "markdown", "--all"],
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
fn a_broken_document_is_named_even_if_nothing_differs() {
    let folder = TempDir::new().unwrap();
    let broken = [(
        "/tokens/{token_id}:\n",
        "/tokens/{token_id}:\n    $ref: '#/x'\n",
    )];
    let broken = edited(&folder, &broken);
    let broken = broken.to_str().unwrap();
    for (old, new) in [(broken, broken), (BASE, broken), (broken, BASE)] {
        let output = xtask(&["spec", "diff", old, new]);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{message}");
        let expected = format!("error: {broken}: /paths/~1tokens~1{{token_id}}");
        assert!(message.starts_with(&expected), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_document_that_cannot_be_generated_from_is_compared_all_the_same() {
    let folder = TempDir::new().unwrap();
    let edits = [
        ("operationId: exchangeToken", "operationId: clone"),
        REWORDED,
    ];
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

/// The places that lint names of the base document with what `edit` makes of it.
fn linted(edit: impl Fn(&mut Value)) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let text = fs::read_to_string(workspace().join(BASE)).unwrap();
    let mut document: Value = serde_saphyr::from_str(&text).unwrap();
    edit(&mut document);
    let file = folder.path().join("edited.json");
    fs::write(&file, document.to_string()).unwrap();
    let output = xtask(&["spec", "lint", file.to_str().unwrap()]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(output.stdout.is_empty());
    let start = format!("error: {}: ", file.display());
    let places = message.lines().map(|line| {
        let place = line
            .strip_prefix(&start)
            .unwrap_or_else(|| panic!("{line}"));
        place.split(": ").next().unwrap().to_owned()
    });
    places.collect()
}

#[test]
fn lint_lists_everything_that_is_wrong() {
    // What is no OpenAPI.
    let places = linted(|document| {
        document["components"]["schemas"]["One"] = json!({"type": "string", "maxLength": "9"});
        document["components"]["schemas"]["Two"] =
            json!({"allOf": [{"$ref": "#/components/schemas/Two"}]});
    });
    assert_eq!(
        places,
        ["/components/schemas/Two", "/components/schemas/One"]
    );
    // Names that are taken.
    let operation =
        |id: &str| json!({"operationId": id, "responses": {"204": {"description": "d"}}});
    let places = linted(|document| {
        document["paths"]["/one"] = json!({"get": operation("new"), "put": operation("clone")});
    });
    assert_eq!(
        places,
        [
            "/paths/~1one/get/operationId",
            "/paths/~1one/put/operationId"
        ]
    );
    // What cannot be adapted: arrays within forms.
    let form = |id: &str| {
        let mut operation = operation(id);
        operation["requestBody"] = json!({"content": {"application/x-www-form-urlencoded": {"schema": {
            "type": "object",
            "properties": {"list": {"type": "array", "items": {"type": "string"}}},
        }}}});
        operation
    };
    let places = linted(|document| {
        document["paths"]["/one"] = json!({"post": form("first")});
        document["paths"]["/two"] = json!({"post": form("second")});
    });
    let properties =
        "requestBody/content/application~1x-www-form-urlencoded/schema/properties/list";
    assert_eq!(
        places,
        [
            format!("/paths/~1one/post/{properties}"),
            format!("/paths/~1two/post/{properties}"),
        ]
    );
    // What the generator does not take.
    let too_large = json!({"type": "object", "properties": {
        "n": {"type": "integer", "format": "int32", "default": 3e9},
    }});
    let places = linted(|document| {
        let reply = &mut document["components"]["schemas"]["Reply"]["properties"];
        for name in ["One", "Two"] {
            reply[name] = json!({"$ref": format!("#/components/schemas/{name}")});
        }
        for name in ["One", "Two"] {
            document["components"]["schemas"][name] = too_large.clone();
        }
    });
    assert_eq!(
        places,
        ["/components/schemas/One", "/components/schemas/Two"]
    );
}
