//! A document of everything that a generator trips over becomes a client.

use std::collections::BTreeSet;
use std::process::Command;

use confluent_codegen::{Target, openapi, pipeline};
use serde_json::json;

use crate::project::Project;

pub(crate) const SHAPES: &str = include_str!("shapes.yaml");

#[test]
#[ignore = "compiles programs, for a minute: .ci/run rust"]
fn compiled_a_document_of_everything_compiles_in_another_crate_and_what_is_left_out_is_said() {
    let root = openapi::parse(SHAPES.as_bytes()).unwrap();
    let generated = pipeline::generate(&root, &Target::new("()")).unwrap();
    let notes = generated.applied.iter().flat_map(|applied| &applied.notes);
    let notes: BTreeSet<String> = notes
        .map(|note| format!("{}: {}", note.at.as_str(), note.text))
        .collect();
    let expected = [
        "/paths/~1v1~1shapes/get/responses/200/content: application/json; qs=0.5 is taken; left out: \
         application/vnd.shapes.v1+json",
        "/paths/~1v1~1shapes/options: the operation is left out",
        "/paths/~1v1~1shapes/post/requestBody/content: application/json is taken; left out: \
         application/vnd.shapes.v1+json, application/octet-stream",
        "/paths/~1v1~1shapes~1{id}/get/responses/200/content: is JSON, as application/vnd.shapes.v1+json",
        "/paths/~1v1~1shapes~1{id}/get: is called get_v1_shapes_id",
        "/paths/~1v1~1shapes~1{id}/patch/requestBody/content: is JSON, as application/json-patch+json",
        "/paths/~1v1~1shapes~1{id}/put/requestBody/content: is JSON, as application/merge-patch+json",
        "/paths/~1v1~1shapes~1{id}~1image/post/requestBody/content: the body is sent as bytes; callers say of \
         which media type (image/*)",
        "/paths/~1v1~1shapes~1{id}~1image/put/requestBody/content: the body is sent as it is given, as \
         image/svg+xml; charset=utf-8",
        "/paths/~1v1~1shapes~1{id}~1text/get: is called get_v1_shapes_id_text",
    ];
    assert_eq!(notes, expected.map(str::to_owned).into());

    let mut project = Project::new();
    project.add("shapes", generated.code);
    // With the authenticator, and an operation of each plane.
    let mut secured = root;
    secured["security"] = json!([{"external-access-token": []}]);
    secured["paths"]["/v1/shapes"]["get"]["security"] = json!([{"confluent-sts-access-token": []}]);
    let target = Target::new("sts_sdk::auth::Authenticator");
    let generated = pipeline::generate(&secured, &target).unwrap();
    for takes in ["Takes::AccessToken", "Takes::ExternalToken"] {
        assert!(generated.code.contains(takes), "{takes}");
    }
    project.add("authenticated", generated.code);
    let errors = project.errors();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// Progenitor alone sends JSON as `application/json` and bytes as `application/octet-stream`.
#[test]
#[ignore = "compiles programs, for a minute: .ci/run rust"]
fn compiled_bodies_are_sent_and_asked_for_as_the_document_declares_them() {
    let root = openapi::parse(SHAPES.as_bytes()).unwrap();
    let mut project = Project::new();
    let code = pipeline::generate(&root, &Target::new("()")).unwrap().code;
    project.add("generated", code);
    let program = project.program(include_str!("headers.rs.in"));
    let output = Command::new(program).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let json = "application/json";
    for (operation, content_type, accept) in [
        ("list_shapes", "", json),
        ("create_shape", json, json),
        (
            "get_v1_shapes_id",
            "",
            "application/vnd.shapes.v1+json, application/json",
        ),
        ("move_", "", ""),
        ("patch_shape", "application/json-patch+json", json),
        ("merge_shape", "application/merge-patch+json", ""),
        ("get_image", "", ""),
        ("set_image", "image/png", ""),
        ("set_drawing", "image/svg+xml; charset=utf-8", ""),
    ] {
        let expected =
            format!("{operation} content-type: {content_type}\n{operation} accept: {accept}\n");
        assert!(said.contains(&expected), "{expected} in {said}");
    }
    // A credential has no `Display`, and is sent all the same.
    let query = "list_shapes query: access_token=of+my+own&";
    assert!(said.contains(query), "{said}");
    assert!(said.contains("content_type was not initialized"), "{said}");
}
