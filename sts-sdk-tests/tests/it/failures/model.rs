//! `Failure` is read whatever the server adds to it, and written as it was read.

use serde_json::{Value, json};
use sts_sdk::Failure;
use sts_sdk_tests::fragment;

fn read(value: &Value) -> Failure {
    serde_json::from_value(value.clone()).unwrap()
}

fn written(value: &Value) -> Value {
    serde_json::to_value(read(value)).unwrap()
}

/// A value of a property, by its schema.
fn sample(name: &str, schema: &Value) -> Value {
    match schema["type"].as_str() {
        Some("string") => json!(format!("some {name}")),
        Some("integer" | "number") => json!(40_101),
        Some("boolean") => json!(true),
        Some("array") => json!([sample(name, &schema["items"])]),
        Some("object") => json!({"key": "value"}),
        _ => json!({"pointer": "/spec/title", "parameter": "num_doors"}),
    }
}

/// An `Error` with every property that the fragment declares, and those properties alone.
fn properties() -> Vec<(String, Value)> {
    let fragment = fragment();
    let declared = fragment["components"]["schemas"]["Error"]["properties"]
        .as_object()
        .unwrap();
    declared
        .iter()
        .map(|(name, schema)| {
            let value = sample(name, schema);
            (name.clone(), value)
        })
        .collect()
}

#[test]
fn the_examples_of_the_specification_round_trip() {
    let fragment = fragment();
    let responses = &fragment["paths"]["/sts/v1/oauth2/token"]["post"]["responses"];
    for status in ["400", "500"] {
        let example = &responses[status]["content"]["application/json"]["example"];
        let failure = read(example);
        assert_eq!(failure.errors.len(), 1);
        assert_eq!(failure.errors[0].status.as_deref(), Some(status));
        assert_eq!(written(example), *example);
    }
    let example = &responses["400"]["content"]["application/json"]["example"];
    let source = read(example).errors.remove(0).source.unwrap();
    assert_eq!(source.parameter.as_deref(), Some("num_doors"));
    assert_eq!(source.pointer, None);
}

#[test]
fn every_property_is_read_alone_and_with_all_others() {
    let all: serde_json::Map<String, Value> = properties().into_iter().collect();
    let together = json!({"errors": [all]});
    assert_eq!(written(&together), together);
    for (name, value) in properties() {
        let alone = json!({"errors": [{ name: value }]});
        assert_eq!(written(&alone), alone);
    }
    let nothing = json!({"errors": [{}]});
    assert_eq!(written(&nothing), nothing);
}

#[test]
fn properties_are_read_into_their_own_fields() {
    let failure = read(&json!({"errors": [{
        "id": "i", "status": "401", "code": "c", "title": "t", "detail": "d",
        "source": {"pointer": "/p", "parameter": "q"}, "error_code": -7, "message": "m",
    }]}));
    let error = &failure.errors[0];
    assert_eq!(error.id.as_deref(), Some("i"));
    assert_eq!(error.status.as_deref(), Some("401"));
    assert_eq!(error.code.as_deref(), Some("c"));
    assert_eq!(error.title.as_deref(), Some("t"));
    assert_eq!(error.detail.as_deref(), Some("d"));
    assert_eq!(error.error_code, Some(-7));
    assert_eq!(error.message.as_deref(), Some("m"));
    let source = error.source.as_ref().unwrap();
    assert_eq!(source.pointer.as_deref(), Some("/p"));
    assert_eq!(source.parameter.as_deref(), Some("q"));
}

#[test]
fn what_the_specification_does_not_know_is_passed_over() {
    let known = json!({"errors": [{"code": "c"}]});
    let unknown = json!({
        "errors": [{"code": "c", "meta": {"retry": true}, "links": []}],
        "trace": "abc",
    });
    assert_eq!(written(&unknown), known);
}

#[test]
fn limits_do_not_apply_to_what_is_read() {
    let long = json!({"errors": [{"id": "x".repeat(300)}, {"id": "é".repeat(256)}]});
    assert_eq!(written(&long), long);
    let same = json!({"errors": [{"id": "a"}, {"id": "a"}]});
    assert_eq!(written(&same), same);
}

#[test]
fn null_is_as_good_as_missing() {
    let mut scalars = properties();
    scalars.retain(|(_, value)| !value.is_array());
    assert!(!scalars.is_empty());
    for (name, _) in scalars {
        let null = json!({"errors": [{ name: null }]});
        assert_eq!(written(&null), json!({"errors": [{}]}));
    }
}

#[test]
fn no_errors_are_an_empty_list() {
    let empty = json!({"errors": []});
    assert!(read(&empty).errors.is_empty());
    assert_eq!(written(&empty), empty);
}

#[test]
fn what_has_no_list_of_errors_is_no_failure() {
    for other in [
        json!({}),
        json!({"errors": null}),
        json!({"errors": {}}),
        json!([]),
    ] {
        let error = serde_json::from_value::<Failure>(other).unwrap_err();
        assert!(error.is_data(), "{error}");
    }
}
