//! What the builders of the specification's types make has what they were given, and nothing else. All of their
//! properties are named here: another one in the specification is to be added.

use std::fmt::Display;

use serde::Serialize;
use serde_json::{Value, json};
use sts_sdk::types::{Error, ErrorSource, Failure, ObjectMeta, StsV1TokenExchangeReply, builder};

fn built<B, T>(builder: B) -> Value
where
    B: TryInto<T, Error: Display>,
    T: Serialize,
{
    let value = builder.try_into().map_err(|error| error.to_string());
    serde_json::to_value(value.unwrap()).unwrap()
}

fn source() -> builder::ErrorSource {
    ErrorSource::builder()
        .parameter("page_size".to_owned())
        .pointer("/spec".to_owned())
}

fn error() -> builder::Error {
    Error::builder()
        .code("pool_not_found".to_owned())
        .detail("There is none.".to_owned())
        .error_code(40_402)
        .id("7".to_owned())
        .message("not found".to_owned())
        .source(ErrorSource::try_from(source()).unwrap())
        .status("404".to_owned())
        .title("Not found".to_owned())
}

fn metadata() -> builder::ObjectMeta {
    ObjectMeta::builder()
        .created_at("2026-01-01T00:00:00Z".to_owned())
        .deleted_at("2026-01-02T00:00:00Z".to_owned())
        .resource_name("crn://confluent.cloud/a".to_owned())
        .self_("https://api.confluent.cloud/a")
        .updated_at("2026-01-03T00:00:00Z".to_owned())
}

#[test]
fn all_that_a_builder_was_given_is_in_what_it_makes() {
    let error_as_json = json!({
        "code": "pool_not_found",
        "detail": "There is none.",
        "error_code": 40_402,
        "id": "7",
        "message": "not found",
        "source": {"parameter": "page_size", "pointer": "/spec"},
        "status": "404",
        "title": "Not found",
    });
    let made = built::<_, ErrorSource>(source());
    assert_eq!(made, error_as_json["source"]);
    assert_eq!(built::<_, Error>(error()), error_as_json);
    let errors = vec![Error::try_from(error()).unwrap()];
    assert_eq!(
        built::<_, Failure>(Failure::builder().errors(errors)),
        json!({"errors": [error_as_json]})
    );
    assert_eq!(
        built::<_, ObjectMeta>(metadata()),
        json!({
            "created_at": "2026-01-01T00:00:00Z",
            "deleted_at": "2026-01-02T00:00:00Z",
            "resource_name": "crn://confluent.cloud/a",
            "self": "https://api.confluent.cloud/a",
            "updated_at": "2026-01-03T00:00:00Z",
        })
    );
    let issued = "urn:ietf:params:oauth:token-type:access_token";
    let reply = StsV1TokenExchangeReply::builder()
        .access_token("a-token")
        .expires_in(900)
        .issued_token_type(issued)
        .token_type("Bearer");
    let reply = StsV1TokenExchangeReply::try_from(reply).unwrap();
    assert_eq!(reply.access_token.expose_secret(), "a-token");
    assert_eq!((reply.expires_in, &*reply.token_type), (900, "Bearer"));
    assert_eq!(reply.issued_token_type, issued);
}

#[test]
fn what_was_made_can_be_changed_in_a_builder() {
    let changed = builder::Error::from(Error::try_from(error()).unwrap()).title(None);
    let mut expected = built::<_, Error>(error());
    expected.as_object_mut().unwrap().remove("title");
    assert_eq!(built::<_, Error>(changed), expected);
    let source = builder::ErrorSource::from(ErrorSource::try_from(source()).unwrap());
    assert_eq!(built::<_, ErrorSource>(source), expected["source"]);
    let again = builder::ObjectMeta::from(ObjectMeta::try_from(metadata()).unwrap());
    assert_eq!(
        built::<_, ObjectMeta>(again),
        built::<_, ObjectMeta>(metadata())
    );
}

#[test]
fn what_a_builder_was_not_given_is_left_out_or_named() {
    assert_eq!(built::<_, ErrorSource>(ErrorSource::builder()), json!({}));
    assert_eq!(built::<_, Error>(Error::builder()), json!({}));
    let missing = Failure::try_from(Failure::builder()).unwrap_err();
    assert!(missing.to_string().contains("errors"), "{missing}");
    let missing = ObjectMeta::try_from(ObjectMeta::builder()).unwrap_err();
    assert!(missing.to_string().contains("self"), "{missing}");
}
