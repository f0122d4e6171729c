//! `cargo xtask codegen` keeps the checked-in code fresh, and answers bad input with one clear line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::{workspace, xtask};
use tempfile::TempDir;

/// A document that is no one's specification.
const BASE: &str = include_str!("../../../codegen/tests/changes/base.yaml");
const OLD: &str = "// what was there before\n";

/// Runs the tool as `cargo xtask codegen` does.
fn codegen(arguments: &[&str]) -> Output {
    xtask(&[&["codegen"], arguments].concat())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The base document with a property of another name, in a file of `folder`.
fn changed(folder: &TempDir) -> PathBuf {
    let file = folder.path().join("changed.yaml");
    fs::write(&file, BASE.replace("        detail:", "        details:")).unwrap();
    file
}

/// What the tool says of `document` on standard error, after checking that it says so in one line, fails
/// and leaves the old file alone.
fn refusal(name: &str, document: &[u8]) -> String {
    let folder = TempDir::new().unwrap();
    let spec = folder.path().join(name);
    fs::write(&spec, document).unwrap();
    let out = folder.path().join("generated.rs");
    fs::write(&out, OLD).unwrap();

    let output = codegen(&["--spec", path(&spec), "--out", path(&out)]);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(text(&output.stdout).is_empty());
    assert!(!message.contains("panicked"), "{message}");
    assert_eq!(fs::read_to_string(&out).unwrap(), OLD);
    let files = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 2, "nothing else is left behind");
    let shown = format!("error: {}: ", spec.display());
    let message = message.strip_prefix(&shown);
    message
        .unwrap_or_else(|| panic!("the file is named"))
        .trim_end()
        .to_owned()
}

fn document(operation: &str, schemas: &str) -> String {
    format!(
        r#"{{"openapi": "3.0.0", "info": {{"title": "t", "version": "1"}},
            "paths": {{"/a/{{id}}": {{"get": {operation}}}}}, "components": {{"schemas": {schemas}}}}}"#
    )
}

#[test]
fn the_checked_in_file_is_fresh() {
    let output = codegen(&["--check"]);
    assert!(output.status.success(), "{}", text(&output.stdout));
}

#[test]
fn two_runs_write_the_same_bytes_as_are_checked_in() {
    let folder = TempDir::new().unwrap();
    let checked_in = fs::read(workspace().join("sts-sdk/src/generated.rs")).unwrap();
    for name in ["one.rs", "two.rs"] {
        let out = folder.path().join(name);
        assert!(codegen(&["--out", path(&out)]).status.success());
        assert!(fs::read(&out).unwrap() == checked_in, "{name} differs");
    }
}

#[test]
fn a_changed_fragment_is_detected_and_nothing_written() {
    let folder = TempDir::new().unwrap();
    let spec = changed(&folder);
    let out = folder.path().join("generated.rs");
    let base = "codegen/tests/changes/base.yaml";
    assert!(
        codegen(&["--spec", base, "--out", path(&out)])
            .status
            .success()
    );
    let before = fs::read(&out).unwrap();

    let output = codegen(&["--check", "--spec", path(&spec), "--out", path(&out)]);
    assert_eq!(output.status.code(), Some(1));
    let diff = text(&output.stdout);
    assert!(diff.contains("\n-        pub detail: "), "{diff}");
    assert!(diff.contains("\n+        pub details: "), "{diff}");
    assert!(text(&output.stderr).contains("is stale; run `cargo xtask codegen --spec "));
    // Code that stands elsewhere is no next version of ours.
    assert!(!diff.contains("since the checked-in code"), "{diff}");
    assert!(!diff.contains("CHANGELOG"), "{diff}");
    assert_eq!(fs::read(&out).unwrap(), before);

    assert!(
        codegen(&["--spec", path(&spec), "--out", path(&out)])
            .status
            .success()
    );
    let output = codegen(&["--check", "--spec", path(&spec), "--out", path(&out)]);
    assert!(output.status.success());
}

#[test]
fn what_changes_about_the_code_of_the_sdk_is_judged() {
    let folder = TempDir::new().unwrap();
    let spec = changed(&folder);
    let own = workspace().join("sts-sdk/src/../src/generated.rs");
    for arguments in [
        ["--check", "--spec", path(&spec)].as_slice(),
        &["--check", "--spec", path(&spec), "--out", path(&own)],
    ] {
        let output = codegen(arguments);
        assert_eq!(output.status.code(), Some(1));
        let said = text(&output.stdout);
        for part in [
            "\nsince the checked-in code was generated:\n",
            "\nbreaking     /paths/~1sts~1v1~1oauth2~1token/post: the operation ",
            "\nverdict: major (",
            "\nremember: say under Unreleased in CHANGELOG.md what users will notice\n",
        ] {
            assert!(said.contains(part), "{part:?} in {said}");
        }
    }
}

#[test]
fn the_header_says_what_the_file_was_made_from() {
    let generated = fs::read_to_string(workspace().join("sts-sdk/src/generated.rs")).unwrap();
    let header: Vec<&str> = generated
        .lines()
        .take_while(|line| line.starts_with("//"))
        .collect();
    let header = header.join("\n");
    for part in [
        "@generated by `cargo xtask codegen`. Do not edit",
        "// fragment: openapi/sts-v1.yaml\n",
        "// sha-256: ",
        "// generator: progenitor 0.15.",
        "// adaptations: all_of, error_responses, ",
    ] {
        assert!(header.contains(part), "{part:?} in\n{header}");
    }
}

#[test]
fn the_adapted_document_is_printed_and_nothing_written() {
    let output = codegen(&["--print-adapted"]);
    assert!(output.status.success());
    let adapted: serde_json::Value = serde_saphyr::from_str(&text(&output.stdout)).unwrap();
    let responses = &adapted["paths"]["/sts/v1/oauth2/token"]["post"]["responses"];
    let statuses: Vec<&String> = responses.as_object().unwrap().keys().collect();
    assert_eq!(statuses.len(), 3, "{statuses:?}");
    assert!(responses.get("4XX").is_some() && responses.get("5XX").is_some());
}

#[test]
fn json_and_yaml_of_the_same_document_give_the_same_code() {
    let folder = TempDir::new().unwrap();
    let fragment = crate::published::fragment();
    let spec = folder.path().join("fragment");
    fs::write(&spec, serde_json::to_vec_pretty(&fragment).unwrap()).unwrap();
    let out = folder.path().join("generated.rs");
    assert!(
        codegen(&["--spec", path(&spec), "--out", path(&out)])
            .status
            .success()
    );
    let code = |file: &Path| {
        let text = fs::read_to_string(file).unwrap();
        text.lines().skip(6).map(str::to_owned).collect::<Vec<_>>()
    };
    let checked_in = workspace().join("sts-sdk/src/generated.rs");
    assert!(
        code(&out) == code(&checked_in),
        "beyond the header, the code differs"
    );
}

#[test]
fn a_missing_file_is_named() {
    let output = codegen(&["--spec", "no/such/file.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(
        message.starts_with("error: no/such/file.yaml: cannot be read: "),
        "{message}"
    );
    assert_eq!(message.lines().count(), 1, "{message}");
}

#[test]
fn an_output_that_cannot_be_written_is_named() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("missing/generated.rs");
    let output = codegen(&["--out", path(&out)]);
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(
        message.contains("generated.rs: cannot be written: "),
        "{message}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_takes_no_files_is_an_error_about_the_file_that_was_asked_for() {
    let output = codegen(&["--out", "/proc/generated.rs"]);
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    let start = "error: /proc/generated.rs: cannot be written: ";
    assert!(message.starts_with(start), "{message}");
    assert_eq!(message.matches("/proc").count(), 1, "{message}");
    assert!(!message.contains("tmp"), "{message}");
}

#[cfg(unix)]
#[test]
fn only_generated_files_are_replaced() {
    let folder = TempDir::new().unwrap();
    let spec = changed(&folder);
    let before = fs::read(&spec).unwrap();
    let output = codegen(&["--spec", path(&spec), "--out", path(&spec)]);
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(
        message.contains("was not generated by this tool, and is left alone"),
        "{message}"
    );
    assert_eq!(fs::read(&spec).unwrap(), before);

    for place in [folder.path(), Path::new("/dev/null")] {
        let output = codegen(&["--out", path(place)]);
        assert_eq!(output.status.code(), Some(2));
        let message = text(&output.stderr);
        assert!(message.contains("is not a regular file"), "{message}");
    }
}

#[cfg(unix)]
#[test]
fn the_name_of_a_file_does_not_become_code() {
    let folder = TempDir::new().unwrap();
    let spec = changed(&folder);
    let evil = folder.path().join("evil\npub fn evil() {}");
    fs::rename(&spec, &evil).unwrap();
    let out = folder.path().join("generated.rs");
    assert!(
        codegen(&["--spec", path(&evil), "--out", path(&out)])
            .status
            .success()
    );
    let generated = fs::read_to_string(&out).unwrap();
    assert!(generated.contains("// fragment: evilpub fn evil() {}\n"));
}

#[test]
fn unreadable_documents_say_where() {
    assert!(refusal("a.yaml", b"a: [1,\nb: 2\n").contains("is not valid YAML"));
    let oops = refusal("a.json", b"{\"a\": 1,\n  oops}");
    assert!(
        oops.starts_with("line 2 column ") && oops.contains(": is not valid JSON"),
        "{oops}"
    );
    assert!(refusal("a.yaml", b"").starts_with("line 1: the file is empty"));
    assert!(refusal("a.yaml", b"<html></html>").starts_with("line 1: is a web page or XML"));
    assert!(refusal("a.yaml", b"\xff\xfe\x00").starts_with("byte 0: is not UTF-8"));
    assert!(refusal("a.yaml", b"- 1\n- 2\n").contains("its top level is not an object"));
}

#[test]
fn documents_that_are_not_openapi_3_0_are_refused() {
    let of_version = |version: &str| BASE.replacen("openapi: 3.0.3", version, 1);
    let refused = refusal("a.yaml", of_version("openapi: 3.1.0").as_bytes());
    assert_eq!(
        refused,
        "/openapi: OpenAPI 3.1.0 is not supported; provide the document in OpenAPI 3.0.x"
    );
    assert!(refusal("a.yaml", of_version("openapi: 3.0").as_bytes()).contains("is not a string"));
    assert!(refusal("a.yaml", of_version("swagger: '2.0'").as_bytes()).contains("is Swagger 2.0"));
    assert!(refusal("a.yaml", b"name: x\n").starts_with("/openapi: is not an OpenAPI document"));
    assert!(refusal("a.yaml", b"openapi: 3.0.0\ninfo: {}\n").starts_with("/paths: is not OpenAPI"));
}

#[test]
fn broken_references_say_where() {
    let nowhere = BASE.replacen("schemas/Failure'", "schemas/Faliure'", 1);
    assert_eq!(
        refusal("a.yaml", nowhere.as_bytes()),
        "/paths/~1exchange/post/responses/400/content/application~1json/schema: \
         $ref \"#/components/schemas/Faliure\" points nowhere; \
         add what it refers to or correct the $ref"
    );
}

#[test]
fn what_is_left_out_or_chosen_is_named() {
    let folder = TempDir::new().unwrap();
    let spec = folder.path().join("a.json");
    let operation = r#"{"parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
        "responses": {"200": {"description": "", "content": {
            "text/xml": {"schema": {"type": "string"}}, "application/json": {"schema": {"type": "string"}}}}}}"#;
    let nothing = r#"{"operationId": "o", "responses": {}}"#;
    let with_options = format!("{operation}, \"options\": {nothing}");
    fs::write(&spec, document(&with_options, "{}")).unwrap();
    let out = folder.path().join("generated.rs");
    let lines = [
        "    /paths/~1a~1{id}/options: the operation is left out\n",
        "    /paths/~1a~1{id}/get: is called get_a_id\n",
        "    /paths/~1a~1{id}/get/responses/200/content: application/json is taken; left out: text/xml\n",
    ];
    // Written, up to date, and looked at.
    for arguments in [
        vec!["codegen", "--spec", path(&spec), "--out", path(&out)],
        vec!["codegen", "--spec", path(&spec), "--out", path(&out)],
        vec!["spec", "lint", path(&spec)],
    ] {
        let said = text(&xtask(&arguments).stdout);
        for line in lines {
            assert!(said.contains(line.trim_start()), "{line} in {said}");
        }
    }
}

#[test]
fn an_operation_can_be_called_like_a_method_of_our_client() {
    let folder = TempDir::new().unwrap();
    let spec = folder.path().join("a.json");
    for (id, refused) in [("forBaseUrl", false), ("newWithClient", true)] {
        let operation = format!(
            r#"{{"operationId": "{id}", "parameters": [{{"name": "id", "in": "path",
            "required": true, "schema": {{"type": "string"}}}}], "responses": {{}}}}"#
        );
        fs::write(&spec, document(&operation, "{}")).unwrap();
        let output = codegen(&["--spec", path(&spec), "--check"]);
        let said = text(&output.stderr);
        let taken = said.contains("which the client already has");
        assert_eq!(taken, refused, "{said}");
    }
}

#[test]
fn code_for_another_crate_carries_its_type_and_nothing_of_ours() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("generated.rs");
    let base = "codegen/tests/changes/base.yaml";
    let output = codegen(&[
        "--spec",
        base,
        "--out",
        path(&out),
        "--inner-type",
        "crate::Inner<u8>",
    ]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(!said.contains("since the checked-in code"), "{said}");
    let code = fs::read_to_string(&out).unwrap();
    assert!(code.contains("inner: crate::Inner<u8>,"));
    assert!(!code.contains("crate::transport") && !code.contains("schemars"));

    for refused in ["no type", "&str", "Self"] {
        let output = codegen(&["--out", path(&out), "--inner-type", refused]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(
            text(&output.stderr),
            format!(
                "error: --inner-type: {refused:?} is neither a path to a type nor (); \
                 write it like crate::transport::Transport\n"
            )
        );
    }
}

#[test]
fn operations_authenticate_themselves_with_the_token_that_their_security_names() {
    let folder = TempDir::new().unwrap();
    let spec = folder.path().join("api.yaml");
    let document = "{openapi: 3.0.0, info: {title: t, version: '1'}, paths: {/a: {
        get: {operationId: getA, security: [{cloud-api-key: []}, {confluent-sts-access-token: []}], responses: {}},
        put: {operationId: putA, security: [{external-access-token: []}], responses: {}},
        post: {operationId: postA, security: [{cloud-api-key: []}], responses: {}}}},
        components: {securitySchemes: {
        cloud-api-key: {type: http, scheme: basic},
        external-access-token: {type: http, scheme: bearer},
        confluent-sts-access-token: {type: http, scheme: bearer}}}}";
    fs::write(&spec, document).unwrap();
    let out = folder.path().join("generated.rs");
    let inner_type = "sts_sdk::auth::Authenticator";
    let arguments = [
        "--spec",
        path(&spec),
        "--out",
        path(&out),
        "--inner-type",
        inner_type,
    ];
    let output = codegen(&arguments);
    let said = text(&output.stdout);
    assert!(output.status.success(), "{said}");
    let expected = "  adaptation authentication: 3 places\n    /paths/~1a/post: is generated without authentication, as its \
                    security names neither confluent-sts-access-token nor external-access-token\n";
    assert!(said.contains(expected), "{said}");
    // As the guide to another SDK shows it.
    let guide = fs::read_to_string(workspace().join("docs/another-sdk.md")).unwrap();
    let line = expected.lines().nth(1).unwrap();
    assert!(guide.contains(&line.replace("/paths/~1a/post", "/paths/~1v1~1things/get")));
    let code = fs::read_to_string(&out).unwrap();
    for part in [
        "impl ClientHooks<::sts_sdk::auth::Authenticator> for Client {",
        "\"get_a\" => ::sts_sdk::auth::hooks::Takes::AccessToken,",
        "\"put_a\" => ::sts_sdk::auth::hooks::Takes::ExternalToken,",
        "\"post_a\" => ::sts_sdk::auth::hooks::Takes::Neither,",
        "_ => ::sts_sdk::auth::hooks::Takes::Unknown,",
        "Takes an access token of STS.",
        "Takes an external token.",
        "Sent without authentication: the specification names no token that it takes.",
    ] {
        assert!(code.contains(part), "{part} in {code}");
    }
}

#[test]
fn without_options_all_checked_in_code_is_looked_at() {
    let said = text(&codegen(&["--check"]).stdout);
    for line in [
        "sts-sdk/src/generated.rs is up to date with openapi/sts-v1.yaml\n",
        "sts-sdk-org/src/generated.rs is up to date with openapi/org-v2.yaml\n",
    ] {
        assert!(said.contains(line), "{line} in {said}");
    }
}

#[test]
fn what_progenitor_cannot_take_is_named() {
    for (operation, schemas, expected) in [
        (
            // Two success types: progenitor panics.
            r#"{"operationId": "getA", "parameters": [{"name": "id", "in": "path", "required": true,
                "schema": {"type": "string"}}], "responses": {
                "200": {"description": "", "content": {"application/json": {"schema": {"type": "string"}}}},
                "201": {"description": "", "content": {"application/json": {"schema": {"type": "integer"}}}}}}"#,
            "{}",
            "/paths/~1a~1{id}/get: the operation \"getA\" cannot be generated: progenitor gave up: ",
        ),
        (
            // A parameter that progenitor reports as unsupported.
            r#"{"operationId": "getA", "parameters": [{"name": "c", "in": "cookie",
                "schema": {"type": "string"}}], "responses": {}}"#,
            "{}",
            "/paths/~1a~1{id}/get: the operation \"getA\" cannot be generated: unexpected or unhandled",
        ),
        (
            r##"{"operationId": "getA", "parameters": [{"name": "id", "in": "path", "required": true,
                "schema": {"type": "string"}}], "responses": {"200": {"description": "", "content":
                {"application/json": {"schema": {"$ref": "#/components/schemas/Bad"}}}}}}"##,
            r#"{"Bad": {"type": "object", "properties": {"a": {"type": "integer", "format": "int32",
                "default": 3000000000}}}}"#,
            "/components/schemas/Bad: the schema cannot be generated: ",
        ),
    ] {
        let message = refusal("a.json", document(operation, schemas).as_bytes());
        assert!(message.starts_with(expected), "{message}");
    }
}

#[test]
fn nonsense_options_are_explained() {
    let output = codegen(&["--chekc"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--check"));
    let output = codegen(&["--print-adapted", "--check"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn who_names_a_file_gets_the_code_of_that_alone() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("generated.rs");
    let organization = "org-v2.yaml";
    let all = text(&codegen(&["--check"]).stdout);
    assert!(all.contains(organization), "{all}");
    let one = codegen(&["--out", path(&out)]);
    let said = text(&one.stdout);
    assert!(
        one.status.success() && !said.contains(organization),
        "{said}"
    );
}
