//! The generated types say what the fragment says: names, types, formats, required, limits, both ways.

use std::collections::{BTreeMap, BTreeSet};

use schemars::schema_for;
use serde_json::{Map, Value, json};
use sts_sdk::generated::Error;
use sts_sdk::{Client, types};
use sts_sdk_tests::{Server, fragment, reply};

/// The schemas that responses contain, which are read without holding the server to limits.
const RECEIVED: [&str; 4] = [
    "sts.v1.TokenExchangeReply",
    "Failure",
    "Error",
    "Error_source",
];

/// The JSON Schema of every generated type, by the name of its schema in the fragment.
fn generated() -> BTreeMap<&'static str, Value> {
    [
        (
            "sts.v1.TokenExchangeRequest",
            schema_for!(types::StsV1TokenExchangeRequest),
        ),
        (
            "sts.v1.TokenExchangeReply",
            schema_for!(types::StsV1TokenExchangeReply),
        ),
        ("ObjectMeta", schema_for!(types::ObjectMeta)),
        ("Failure", schema_for!(types::Failure)),
        ("Error", schema_for!(types::Error)),
        ("Error_source", schema_for!(types::ErrorSource)),
    ]
    .map(|(name, schema)| (name, schema.to_value()))
    .into()
}

/// What a property is, in the words of the fragment.
type Property = BTreeMap<String, Value>;

const KEYWORDS: [&str; 9] = [
    "type",
    "format",
    "enum",
    "default",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
];
const LIMITS: [&str; 6] = [
    "enum",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
];

/// A property of the fragment as the adaptations mean it to come out.
fn expected(schema_name: &str, name: &str, schema: &Value) -> Property {
    let mut property: Property = KEYWORDS
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), schema.get(*key)?.clone())))
        .collect();
    let mut set = |key: &str, value: Value| property.insert(key.to_owned(), value);
    if let Some(reference) = schema.get("$ref").or(schema.pointer("/allOf/0/$ref")) {
        set(
            "$ref",
            json!(reference.as_str().unwrap().rsplit('/').next()),
        );
    }
    if let Some(items) = schema.get("items") {
        let reference = items.get("$ref").and_then(Value::as_str);
        let name = reference.and_then(|reference| reference.rsplit('/').next());
        set(
            "items",
            name.map_or(items["type"].clone(), |name| json!(name)),
        );
    }
    match (schema_name, name) {
        // Credentials are marked.
        (_, "subject_token" | "access_token") => {
            set("format", json!("password"));
        }
        // Of the only value there is.
        (
            "sts.v1.TokenExchangeRequest",
            "grant_type" | "subject_token_type" | "requested_token_type",
        ) => {
            set("default", schema["x-extensible-enum"][0].clone());
        }
        // A lifetime.
        ("sts.v1.TokenExchangeRequest", "expires_in") => {
            set("minimum", json!(1));
        }
        _ => {}
    }
    if RECEIVED.contains(&schema_name) {
        property.retain(|key, _| !LIMITS.contains(&key.as_str()));
    }
    property
}

/// A property of a generated type's JSON Schema.
fn actual(root: &Value, schema: &Value) -> Property {
    let schema = not_null(schema);
    let mut property = Property::new();
    let mut source = schema;
    if let Some(reference) = reference(schema) {
        let target = &root["$defs"][&reference];
        if target["type"] == "object" {
            property.insert("$ref".to_owned(), json!(fragment_name(&reference)));
        } else {
            source = target;
        }
    }
    for key in KEYWORDS {
        let value = schema.get(key).or(source.get(key));
        property.extend(value.map(|value| (key.to_owned(), without_null(value))));
    }
    if let Some(constant) = source.get("const") {
        property.insert("enum".to_owned(), json!([constant]));
    }
    if let Some(content) = schema.get("contentSchema") {
        assert_eq!(schema["contentMediaType"], "application/json");
        let name = fragment_name(&reference(content).unwrap());
        property = [("$ref".to_owned(), json!(name))].into();
    }
    if let Some(items) = schema.get("items") {
        let name = reference(items).map(|reference| fragment_name(&reference));
        let items = name.map_or(items["type"].clone(), |name| json!(name));
        property.insert("items".to_owned(), items);
    }
    property
}

fn reference(schema: &Value) -> Option<String> {
    let reference = schema.get("$ref")?.as_str()?;
    Some(reference.rsplit('/').next()?.to_owned())
}

/// `ErrorSource` is `Error_source`.
fn fragment_name(type_name: &str) -> String {
    let plain = |name: &str| name.replace(['.', '_'], "").to_lowercase();
    let names = generated();
    let name = names.keys().find(|name| plain(name) == plain(type_name));
    (*name.unwrap()).to_owned()
}

/// The schema of an optional property, without the null that `Option` adds.
fn not_null(schema: &Value) -> &Value {
    let parts = schema.get("anyOf").and_then(Value::as_array);
    let part = parts.and_then(|parts| parts.iter().find(|part| part["type"] != "null"));
    part.unwrap_or(schema)
}

fn without_null(value: &Value) -> Value {
    match value.as_array().map(Vec::as_slice) {
        Some([kind, null]) if null == "null" => kind.clone(),
        _ => value.clone(),
    }
}

fn properties(schema: &Value) -> &Map<String, Value> {
    schema["properties"].as_object().unwrap()
}

fn required(schema: &Value) -> BTreeSet<String> {
    let names = schema.get("required").and_then(Value::as_array);
    let names = names.into_iter().flatten();
    names
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_schema_has_a_type() {
    let fragment = fragment();
    let declared: BTreeSet<&str> = fragment["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(generated().into_keys().collect::<BTreeSet<_>>(), declared);
}

#[test]
fn every_property_is_what_the_fragment_says() {
    let fragment = fragment();
    for (schema_name, generated) in generated() {
        let declared = &fragment["components"]["schemas"][schema_name];
        let expected: BTreeMap<&String, Property> = properties(declared)
            .iter()
            .map(|(name, property)| (name, expected(schema_name, name, property)))
            .collect();
        let actual: BTreeMap<&String, Property> = properties(&generated)
            .iter()
            .map(|(name, property)| (name, actual(&generated, property)))
            .collect();
        assert_eq!(actual, expected, "{schema_name}");
    }
}

#[test]
fn what_is_required_is_what_the_fragment_requires() {
    let fragment = fragment();
    let body = &fragment["paths"]["/sts/v1/oauth2/token"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
        ["schema"];
    for (schema_name, generated) in generated() {
        let declared = &fragment["components"]["schemas"][schema_name];
        let mut expected = required(declared);
        if schema_name == "sts.v1.TokenExchangeRequest" {
            for part in body["allOf"].as_array().unwrap() {
                expected.extend(required(part));
            }
            // What has one value only is always sent, without being asked of the caller.
            for (name, property) in properties(declared) {
                if property["x-extensible-enum"]
                    .as_array()
                    .is_some_and(|all| all.len() == 1)
                {
                    assert!(expected.remove(name), "{name} is required of the request");
                }
            }
        }
        assert_eq!(required(&generated), expected, "{schema_name}");
    }
}

/// What the fragment says of what is received and the types leave out, so that it can be read in any case.
#[test]
fn what_the_types_leave_out_is_known() {
    let fragment = fragment();
    let mut left_out = BTreeSet::new();
    for schema_name in RECEIVED {
        let schema = &fragment["components"]["schemas"][schema_name];
        let parts = properties(schema)
            .iter()
            .map(|(name, part)| (name.as_str(), part));
        for (name, part) in parts.chain([("", schema)]) {
            let keywords =
                LIMITS
                    .into_iter()
                    .chain(["additionalProperties", "nullable", "uniqueItems"]);
            let declared = keywords.filter(|key| part.get(key).is_some());
            left_out
                .extend(declared.map(|key| format!("{schema_name} {name} {key}={}", part[key])));
        }
    }
    let left_out: Vec<&str> = left_out.iter().map(String::as_str).collect();
    assert_eq!(
        left_out,
        [
            "Error  additionalProperties=false",
            "Error id maxLength=255",
            // Said by being optional.
            "Error message nullable=true",
            "Failure errors uniqueItems=true",
        ]
    );
}

#[test]
fn nothing_received_is_closed() {
    for (schema_name, generated) in generated() {
        assert_eq!(generated.get("additionalProperties"), None, "{schema_name}");
    }
}

#[tokio::test]
async fn every_documented_status_is_handled() {
    let fragment = fragment();
    let operation = &fragment["paths"]["/sts/v1/oauth2/token"]["post"];
    for (status, response) in operation["responses"].as_object().unwrap() {
        let content = &response["content"]["application/json"];
        let example = match (content.get("example"), status.as_str()) {
            (Some(example), _) => example.to_string(),
            (None, "200") => {
                fragment["components"]["schemas"]["sts.v1.TokenExchangeReply"]["example"]
                    .to_string()
            }
            (None, _) => {
                assert!(response.get("content").is_none(), "{status} has no example");
                String::new()
            }
        };
        let fields: Vec<String> = response["headers"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| format!("{name}: 7"))
            .collect();
        let server = {
            let (status, body, fields) =
                (format!("{status} Status"), example.clone(), fields.clone());
            let answer = move |_: &_| {
                let mut lines: Vec<&str> = fields.iter().map(String::as_str).collect();
                lines.push("content-type: application/json");
                reply(&status, &lines, &body)
            };
            Server::start(answer).await.unwrap()
        };
        let client = Client::for_base_url(&server.url()).unwrap();
        let exchange = client.generated().exchange_sts_v1_oauth_token();
        let exchange = exchange.body_map(|body| body.subject_token("t").identity_pool_id("p"));
        let headers = match exchange.send().await {
            Ok(value) => {
                assert_eq!(status, "200");
                let read = serde_json::to_value(&*value).unwrap();
                let declared: Value = serde_json::from_str(&example).unwrap();
                assert_eq!(read, declared);
                value.headers().clone()
            }
            Err(Error::ErrorResponse(failure)) => {
                assert_eq!(failure.status().as_str(), status);
                if !example.is_empty() {
                    let read = serde_json::to_value(&*failure).unwrap();
                    let declared: Value = serde_json::from_str(&example).unwrap();
                    assert_eq!(read, declared);
                }
                failure.headers().clone()
            }
            Err(other) => panic!("{status}: {other}"),
        };
        for name in response["headers"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name)
        {
            assert_eq!(headers.get(name).unwrap(), "7", "{status} {name}");
        }
    }
}
