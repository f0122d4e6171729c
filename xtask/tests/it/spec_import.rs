//! `cargo xtask spec import` takes the fragment out of what is published, or leaves it as it was.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;

use crate::published::{Version, fragment, published};
use crate::{workspace, xtask};
use proptest::prelude::{Just, any, prop_oneof};
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use tempfile::TempDir;

const OLD: &str = "# by hand\nopenapi: 3.0.0\n";
const MARK: &str = "# Imported by `cargo xtask spec import`. Do not edit: import again.\n";

fn import(arguments: &[&str]) -> Output {
    xtask(&[&["spec", "import"], arguments].concat())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The published document in a file of either format, the same for all tests.
fn document(version: Version, format: &str) -> PathBuf {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        for version in [Version::V3_0, Version::V3_1] {
            let root = published(version);
            let yaml = serde_saphyr::to_string(&root).unwrap();
            let json = serde_json::to_string_pretty(&root).unwrap();
            for (format, text) in [("yaml", yaml), ("json", json)] {
                assert!(text.len() > 4_000_000, "{}", text.len());
                fs::write(folder.path().join(format!("{version:?}.{format}")), text).unwrap();
            }
        }
        folder
    });
    folder.path().join(format!("{version:?}.{format}"))
}

/// The text of a fragment that no change of the specification changes.
fn fragment_text() -> String {
    let base = include_str!("../../../codegen/tests/changes/base.yaml");
    let moved = base.replace("  /exchange:\n", "  /sts/v1/oauth2/token:\n");
    moved.replace("  /tokens/", "  /sts/v1/tokens/")
}

/// Imports `source` into a new file and returns its text.
fn imported(source: &Path, arguments: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("fragment.yaml");
    let output = import(&[&[path(source), "--out", path(&out)], arguments].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
    fs::read_to_string(&out).unwrap()
}

/// The part of a fragment below its header.
fn body(text: &str) -> &str {
    text.split_once("\n\n").unwrap().1
}

fn read(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

/// Runs the tool on a file with `bytes` beside an old fragment. What it says on standard error, where it
/// fails; then it must have said so in one line and have changed nothing.
fn outcome(name: &str, bytes: &[u8], arguments: &[&str]) -> Result<String, String> {
    let folder = TempDir::new().unwrap();
    let source = folder.path().join(name);
    fs::write(&source, bytes).unwrap();
    let out = folder.path().join("fragment.yaml");
    fs::write(&out, OLD).unwrap();

    let output = import(&[&[path(&source), "--out", path(&out)], arguments].concat());
    let message = text(&output.stderr);
    let files = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 2, "nothing else is left behind");
    assert_eq!(fs::read(&source).unwrap(), bytes);
    let new = fs::read_to_string(&out).unwrap();
    if output.status.success() {
        assert_eq!(message, "");
        assert!(new.starts_with(MARK), "{new}");
        return Ok(new);
    }
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(!message.contains("panicked"), "{message}");
    assert_eq!(text(&output.stdout), "");
    assert_eq!(new, OLD);
    let shown = format!("error: {}: ", source.display());
    let message = message.strip_prefix(&shown);
    let message = message.unwrap_or_else(|| panic!("the file is named"));
    Err(message.trim_end().to_owned())
}

/// The checked-in fragment without what it says of itself: what a published document says there is about all
/// of its APIs, and not imported.
fn fragment_without_prose() -> Value {
    let mut fragment = fragment();
    let info = fragment["info"].as_object_mut().unwrap();
    info.shift_remove("description").unwrap();
    fragment
}

fn refusal(name: &str, bytes: &[u8]) -> String {
    outcome(name, bytes, &[]).unwrap_err()
}

#[test]
fn the_fragment_is_what_the_published_document_says_under_the_prefix() {
    let mut expected = fragment_without_prose();
    expected["paths"]["/sts/v1/oauth2/token"]["post"]["security"] = json!([]);
    for (version, openapi) in [(Version::V3_0, "3.0.0"), (Version::V3_1, "3.0.3")] {
        expected["openapi"] = json!(openapi);
        let yaml = imported(&document(version, "yaml"), &[]);
        let json = imported(&document(version, "json"), &[]);
        assert!(read(&yaml) == expected, "{version:?}:\n{yaml}");
        assert_eq!(body(&yaml), body(&json));
        for unused in [
            "x-code",
            "x-logo",
            "x-tag",
            "x-rust",
            "contact",
            "unused-oauth",
            "Area",
            "All APIs",
        ] {
            assert!(!yaml.contains(unused), "{unused} in\n{yaml}");
        }
    }
}

#[test]
fn code_is_generated_from_an_import() {
    let folder = TempDir::new().unwrap();
    let code = |spec: &Path| {
        let out = folder.path().join("generated.rs");
        let output = xtask(&["codegen", "--spec", path(spec), "--out", path(&out)]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let code = fs::read_to_string(&out).unwrap();
        // Fields are in the order of the document, which serde_json sorts unless told otherwise.
        let mut lines: Vec<String> = code.lines().skip(6).map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    };
    let spec = folder.path().join("fragment.json");
    fs::write(&spec, fragment_without_prose().to_string()).unwrap();
    let expected = code(&spec);
    for version in [Version::V3_0, Version::V3_1] {
        let spec = folder.path().join("fragment.yaml");
        fs::write(&spec, imported(&document(version, "yaml"), &[])).unwrap();
        assert!(code(&spec) == expected, "{version:?}: the code differs");
    }
}

#[test]
fn references_are_followed_through_cycles_and_escapes() {
    let expected = published(Version::V3_0);
    for version in [Version::V3_0, Version::V3_1] {
        let fragment = imported(&document(version, "json"), &["--path-prefix", "/deep/v1/"]);
        assert!(fragment.contains("\n# path prefix: /deep/v1\n"));
        let fragment = read(&fragment);
        let components = &fragment["components"];
        let schemas = components["schemas"].as_object().unwrap();
        assert_eq!(
            schemas.len(),
            403,
            "400 things, Failure, Error and Error_source"
        );
        for name in [
            "area/v1.Thing7",
            "area~v1.Thing11",
            "area v1 Thing13",
            "area%v1.Thing17",
        ] {
            let thing = &expected["components"]["schemas"][name];
            assert_eq!(schemas[name]["properties"], thing["properties"], "{name}");
        }
        for (section, names) in [
            ("responses", vec!["Refused"]),
            ("headers", vec!["Request Id"]),
            ("examples", vec!["one/failure"]),
            ("parameters", vec!["Page"]),
            ("securitySchemes", vec!["cloud-api-key"]),
        ] {
            let kept: Vec<&String> = components[section].as_object().unwrap().keys().collect();
            assert_eq!(kept, names);
        }
        assert_eq!(fragment.get("security"), None, "the operation has its own");
        assert_eq!(fragment["tags"], json!([{"name": "Area 1"}]));
    }
}

#[test]
fn the_order_of_the_document_is_kept() {
    let given = fragment_text();
    let top_level = |text: &str| -> Vec<String> {
        let keys = text
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
        keys.map(|key| key.split(':').next().unwrap().to_owned())
            .collect()
    };
    let fragment = outcome("api.yaml", given.as_bytes(), &[]).unwrap();
    assert_eq!(top_level(&fragment), top_level(&given));
    let properties = |text: &str| -> Vec<String> {
        let lines = text
            .lines()
            .filter(|line| line.starts_with("    ") && line.ends_with(':'));
        lines.map(|line| line.replace(['\'', '"'], "")).collect()
    };
    assert_eq!(properties(&fragment), properties(&given));
    assert!(
        !body(&fragment)
            .lines()
            .any(|line| line.trim_start().starts_with('#'))
    );
}

#[test]
fn two_imports_give_the_same_bytes_and_an_import_of_an_import_the_same_document() {
    let folder = TempDir::new().unwrap();
    let source = document(Version::V3_1, "yaml");
    let (one, two) = (
        folder.path().join("one.yaml"),
        folder.path().join("two.yaml"),
    );
    for out in [&one, &two] {
        let output = import(&[path(&source), "--out", path(out)]);
        let said = text(&output.stdout);
        let first = format!("{} imported from {}\n", out.display(), source.display());
        assert!(said.starts_with(&first), "{said}");
        assert!(
            said.contains("\n  1 operation and 6 components kept; 201 paths and "),
            "{said}"
        );
        let next = format!("next: cargo xtask codegen --spec {}\n", out.display());
        assert!(said.ends_with(&next), "{said}");
    }
    let before = fs::read(&one).unwrap();
    assert!(before == fs::read(&two).unwrap());

    let modified = fs::metadata(&one).unwrap().modified().unwrap();
    for arguments in [&[][..], &["--dry-run"]] {
        let output = import(&[&[path(&source), "--out", path(&one)], arguments].concat());
        let expected = format!(
            "{} is up to date with {}\n",
            one.display(),
            source.display()
        );
        assert_eq!(text(&output.stdout), expected);
        assert!(output.status.success());
    }
    assert_eq!(fs::metadata(&one).unwrap().modified().unwrap(), modified);

    let output = import(&[path(&one), "--out", path(&two)]);
    assert!(output.status.success());
    let again = fs::read_to_string(&two).unwrap();
    assert!(again.contains("\n# source: one.yaml\n"), "{again}");
    assert_eq!(body(&again), body(&text(&before)));
}

#[test]
fn the_header_says_where_the_fragment_is_from() {
    let given = fragment_text().replace("version: 1.0.0", "version: \"1\\n# 2\\u2028\"");
    let fragment = outcome("api.yaml", given.as_bytes(), &[]).unwrap();
    let header = fragment.split_once("\n\n").unwrap().0;
    let lines: Vec<&str> = header.lines().collect();
    assert_eq!(
        format!("{}\n#\n# source: api.yaml", MARK.trim_end()),
        lines[..3].join("\n")
    );
    let digest = lines[3].strip_prefix("# sha-256: ").unwrap();
    let expected = confluent_codegen::provenance::sha_256(given.as_bytes());
    assert_eq!(digest, expected);
    assert_eq!(
        lines[4..],
        ["# info.version: 1# 2", "# path prefix: /sts/v1"]
    );
    assert_eq!(read(&fragment)["info"]["version"], "1\n# 2\u{2028}");
}

#[cfg(unix)]
#[test]
fn the_name_of_a_file_does_not_become_part_of_the_fragment() {
    let given = fragment_text();
    let fragment = outcome("evil\nopenapi: 3.9\r", given.as_bytes(), &[]).unwrap();
    assert!(
        fragment.contains("\n# source: evilopenapi: 3.9\n"),
        "{fragment}"
    );
    assert_eq!(read(&fragment), read(&given));
}

#[test]
fn a_dry_run_prints_the_difference_and_writes_nothing() {
    let folder = TempDir::new().unwrap();
    let source = folder.path().join("api.yaml");
    fs::write(&source, fragment_text()).unwrap();
    let checked_in = workspace().join("openapi/sts-v1.yaml");
    let before = fs::read(&checked_in).unwrap();

    let output = import(&[path(&source), "--dry-run"]);
    assert!(output.status.success());
    assert_eq!(text(&output.stderr), "");
    let diff = text(&output.stdout);
    let name = Path::new("openapi").join("sts-v1.yaml");
    let name = name.display();
    let header = format!("--- {name} (as it is)\n+++ {name} (imported)\n@@ ");
    assert!(diff.starts_with(&header), "{diff}");
    assert!(diff.contains("\n+  title: Tokens\n"), "{diff}");
    assert!(diff.contains("\nverdict: major ("), "{diff}");
    assert_eq!(fs::read(&checked_in).unwrap(), before);

    let out = folder.path().join("new.yaml");
    let output = import(&[path(&source), "--out", path(&out), "--dry-run"]);
    assert!(output.status.success());
    assert!(text(&output.stdout).contains(&format!("\n+{MARK}")));
    assert!(!out.exists());
}

#[test]
fn strings_stay_strings() {
    let values = json!([
        "400",
        "1.0",
        "2006-01-02",
        "12:30:45",
        "yes",
        "No",
        "on",
        "y",
        "null",
        "~",
        "0x1F",
        "0o17",
        "1e3",
        "1_000",
        ".5",
        ".inf",
        "a: b",
        "a #b",
        "  a",
        "a ",
        "",
        " ",
        "\n",
        "a\nb",
        "a\nb\n",
        "a\n\n\n",
        "  a\n b\n",
        "a \nb\t\n",
        "a\r\nb",
        "---",
        "...",
        "- a",
        "? a",
        "!a",
        "&a",
        "*a",
        "%a",
        "@a",
        "`a",
        "|",
        ">",
        "{a}",
        "[a]",
        "'",
        "\"",
        "it's",
        "a\\b",
        "=",
        "<<",
        "\u{1}\u{7f}\u{85}\u{2028}\u{feff}",
        "ünï ✓ 😀",
        "word ".repeat(400),
        "x".repeat(4000),
        "2006-01-02T15:04:05Z",
    ]);
    let mut names = serde_json::Map::new();
    for value in values.as_array().unwrap() {
        names.insert(value.as_str().unwrap().to_owned(), json!(1));
    }
    let mut root = fragment();
    let example = json!({
        "values": values, "names": names,
        "others": [1, 1.0, -0.5, 1e300, u64::MAX, i64::MIN, true, null, [], {}, [[]], [{}]],
    });
    root["components"]["schemas"]["Failure"]["example"] = example.clone();
    let source = serde_json::to_vec(&root).unwrap();
    let fragment = outcome("api.json", &source, &[]).unwrap();
    assert_eq!(
        read(&fragment)["components"]["schemas"]["Failure"]["example"],
        example
    );
}

#[test]
fn what_is_no_document_is_told_apart() {
    let json = serde_json::to_string_pretty(&fragment()).unwrap();
    let yaml = fragment_text();
    let cases: [(&str, Vec<u8>, &str); 13] = [
        (
            "empty",
            vec![],
            "line 1: the file is empty; fetch the document again",
        ),
        (
            "page",
            b"\xef\xbb\xbf\n <!-- e --><!DOCTYPE html>\n".to_vec(),
            "line 1: is a web page or XML",
        ),
        (
            "packed",
            b"\x1f\x8b\x08\x00rest".to_vec(),
            "byte 0: is compressed with gzip; unpack it",
        ),
        (
            "binary",
            b"\x7fELF\x02\x00".to_vec(),
            "byte 5: is no text: it holds a zero byte",
        ),
        ("latin", b"a: \xe9\n".to_vec(), "byte 3: is not UTF-8"),
        (
            "wide",
            b"\xff\xfea\x00:\x00".to_vec(),
            "byte 0: is not UTF-8, but UTF-16",
        ),
        (
            "list",
            b"- 1\n".to_vec(),
            "line 1: is not an OpenAPI document",
        ),
        (
            "text",
            b"Not Found\n".to_vec(),
            "line 1: is not an OpenAPI document",
        ),
        (
            "two.yaml",
            format!("{yaml}---\n{yaml}").into_bytes(),
            "holds more than one YAML document",
        ),
        (
            "two.json",
            format!("{json}\n{json}\n").into_bytes(),
            "holds more after the end of the JSON",
        ),
        (
            "cut.json",
            json.as_bytes()[..json.len() / 2].to_vec(),
            "ends in the middle: it was cut short",
        ),
        (
            "deep.json",
            format!("{{\"a\": {}", "[".repeat(100_000)).into_bytes(),
            "is nested too deeply",
        ),
        (
            "deep.yaml",
            format!("a: {}\n", "[".repeat(100_000)).into_bytes(),
            "is ",
        ),
    ];
    for (name, bytes, expected) in cases {
        let message = refusal(name, &bytes);
        assert!(message.contains(expected), "{name}: {message}");
    }
}

#[test]
fn documents_without_what_is_asked_for_are_refused() {
    let yaml = fragment_text();
    assert_eq!(
        outcome("a.yaml", yaml.as_bytes(), &["--path-prefix", "/sts/v"]).unwrap_err(),
        "/paths: no path is under /sts/v; \
         give --path-prefix a prefix that is there, such as /sts/v1"
    );
    for (from, to, expected) in [
        (
            "openapi: 3.0.3",
            "openapi: 3.2.0",
            "/openapi: OpenAPI 3.2.0 is not supported",
        ),
        (
            "openapi: 3.0.3",
            "swagger: '2.0'",
            "/swagger: is Swagger 2.0, not OpenAPI",
        ),
        (
            "operationId:",
            "operationId: 3 #",
            "the operationId 3 is not a name",
        ),
        (
            "schemas/Failure'",
            "schemas/Nowhere'",
            "points nowhere; add what it refers to, or fetch",
        ),
        (
            "schemas/Failure'",
            "schemas/Failure/properties/errors'",
            "does not refer to a component",
        ),
        (
            "'#/components/schemas/Failure'",
            "other.yaml",
            "leaves the document",
        ),
        (
            "maxLength: 8",
            "maxLength:",
            "/maxLength: has no value; correct it there, or fetch",
        ),
        (
            "maxLength: 8",
            "maxLength: 18446744073709551617",
            "more digits than can be kept",
        ),
        ("maxLength: 8", "maxLength: long", "is not OpenAPI 3.0: "),
        (
            "tags:\n      ",
            "security: [{key: []}]\n      tags:\n      ",
            "scheme \"key\" does not exist",
        ),
    ] {
        assert!(yaml.contains(from), "{from}");
        let message = refusal("a.yaml", yaml.replace(from, to).as_bytes());
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn what_only_openapi_3_1_can_say_is_named() {
    let mut root = read(&fragment_text());
    root["openapi"] = json!("3.1.1");
    // Said so in 3.0 only.
    root["components"]["schemas"]["Uses"]["properties"]["next"] =
        json!({"type": ["string", "null"]});
    let at = "/components/schemas/Account/properties/account";
    *root.pointer_mut(at).unwrap() = json!({"type": "object", "patternProperties": {"^a": {}}});
    assert_eq!(
        refusal("a.json", &serde_json::to_vec(&root).unwrap()),
        format!(
            "{at}/patternProperties: `patternProperties` cannot be said in OpenAPI 3.0; \
             describe it otherwise in a copy of the document, and import that"
        )
    );
}

#[test]
fn a_download_that_was_cut_short_is_refused() {
    let yaml = document(Version::V3_0, "yaml");
    let whole = fs::read(&yaml).unwrap();
    for tenth in 1..10 {
        let mut cut = whole.len() * tenth / 10;
        // Within a line, as all but a few cuts are.
        while whole[cut - 1] == b'\n' {
            cut -= 1;
        }
        let message = refusal("cut.yaml", &whole[..cut]);
        assert!(!message.is_empty());
    }
    // At the end of a line, what is missing is missed.
    let text = fragment_text();
    let (before, _) = text.split_once("components:\n").unwrap();
    let message = refusal("cut.yaml", before.as_bytes());
    assert!(
        message.contains("or fetch the document again if the download was cut short"),
        "{message}"
    );
    let (before, _) = text.split_once("    Error:\n").unwrap();
    assert!(refusal("cut.yaml", before.as_bytes()).contains("points nowhere"));
    let (before, _) = text
        .split_once("                    - grant_type\n")
        .unwrap();
    let message = refusal("cut.yaml", before.as_bytes());
    assert!(message.contains("cut short"), "{message}");
}

#[test]
fn only_fragments_are_replaced() {
    let folder = TempDir::new().unwrap();
    let source = folder.path().join("api.yaml");
    fs::write(&source, fragment_text()).unwrap();
    let out = folder.path().join("out.yaml");
    for foreign in ["name: x\n", "fn main() {}\n", "openapi: [\n"] {
        fs::write(&out, foreign).unwrap();
        let output = import(&[path(&source), "--out", path(&out)]);
        assert_eq!(output.status.code(), Some(2));
        let message = text(&output.stderr);
        let expected =
            "was not generated by this tool, and is left alone; name another file with --out";
        assert!(message.contains(expected), "{message}");
        assert_eq!(fs::read_to_string(&out).unwrap(), foreign);
    }
    for own in [
        "",
        "# by hand\nopenapi: 3.0.0\n",
        MARK,
        &format!("{MARK}<<<<<<< conflict\n"),
    ] {
        fs::write(&out, own).unwrap();
        assert!(
            import(&[path(&source), "--out", path(&out)])
                .status
                .success(),
            "{own}"
        );
        assert!(fs::read_to_string(&out).unwrap().starts_with(MARK));
    }
}

#[test]
fn files_that_cannot_be_read_or_written_are_named() {
    let folder = TempDir::new().unwrap();
    let source = folder.path().join("api.yaml");
    fs::write(&source, fragment_text()).unwrap();
    let missing = folder.path().join("missing/out.yaml");
    let roundabout = folder.path().join(".").join("api.yaml");
    for (arguments, expected) in [
        (
            vec!["no/such/file.yaml"],
            "error: no/such/file.yaml: cannot be read: ",
        ),
        (vec![path(folder.path())], "cannot be read: "),
        (
            vec![path(&source), "--out", path(&missing)],
            "out.yaml: cannot be written: ",
        ),
        (
            vec![path(&source), "--out", path(folder.path())],
            "is not a regular file",
        ),
        (
            vec![path(&source), "--out", path(&roundabout)],
            "api.yaml: is the document itself; name",
        ),
        (
            vec![path(&source), "--path-prefix", "sts/v1"],
            "error: --path-prefix: \"sts/v1\" does not begin with a slash; write it like /sts/v1",
        ),
    ] {
        let output = import(&arguments);
        assert_eq!(output.status.code(), Some(2));
        let message = text(&output.stderr);
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(message.contains(expected), "{message}");
    }
    assert_eq!(fs::read_to_string(&source).unwrap(), fragment_text());
}

#[test]
fn the_options_are_explained() {
    let help = text(&import(&["--help"]).stdout);
    for part in [
        "<DOCUMENT>",
        "[default: /sts/v1]",
        "[default: openapi/sts-v1.yaml]",
        "--dry-run",
    ] {
        assert!(help.contains(part), "{part} in\n{help}");
    }
    assert_eq!(import(&[]).status.code(), Some(2));
}

#[test]
fn damaged_documents_are_imported_or_refused_in_one_line() {
    let whole = fragment_text().into_bytes();
    let damage = prop_oneof![
        (any::<proptest::sample::Index>(), any::<u8>())
            .prop_map(|(at, byte)| vec![(at, Some(byte))]),
        proptest::collection::vec((any::<proptest::sample::Index>(), Just(None)), 1..4),
    ];
    let default = Config::default();
    let config = Config {
        // More where `PROPTEST_CASES` is more than its default.
        cases: (default.cases / 256).max(1).saturating_mul(60),
        failure_persistence: None,
        ..default
    };
    let (imported, refused) = (Cell::new(0), Cell::new(0));
    let run = TestRunner::new(config).run(&damage, |damage| {
        let mut bytes = whole.clone();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            match byte {
                Some(byte) => bytes[at] = byte,
                None => drop(bytes.remove(at)),
            }
        }
        // Checks what must hold either way.
        let outcome = outcome("damaged.yaml", &bytes, &[]);
        let count = if outcome.is_ok() { &imported } else { &refused };
        count.set(count.get() + 1);
        Ok(())
    });
    run.unwrap();
    let counts = (imported.get(), refused.get());
    assert!(
        counts.0 > 2 && counts.1 > 2,
        "imported, refused: {counts:?}"
    );
}

#[cfg(unix)]
#[test]
fn who_reads_the_old_fragment_reads_it_to_its_end() {
    use std::io::Read;

    let folder = TempDir::new().unwrap();
    let [source, out] = ["api.yaml", "out.yaml"].map(|name| folder.path().join(name));
    fs::write(&source, fragment_text()).unwrap();
    fs::write(&out, OLD).unwrap();
    let mut before = fs::File::open(&out).unwrap();
    let output = import(&[path(&source), "--out", path(&out)]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let mut read = String::new();
    before.read_to_string(&mut read).unwrap();
    assert_eq!(read, OLD);
    assert!(fs::read_to_string(&out).unwrap().starts_with(MARK));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}
