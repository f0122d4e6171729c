//! A document that has the shape and the size of the one that Confluent publishes for all of its APIs:
//! some 200 paths, 400 schemas and several megabytes, in words of our own.

use std::path::Path;

use serde_json::{Map, Value, json};

/// The areas, each with paths and schemas of its own.
pub(crate) const AREAS: usize = 20;
const SCHEMAS: usize = 20 * AREAS;
const PATHS: usize = 10 * AREAS;
const PROPERTIES: usize = 25;

/// The fragment that is checked in.
///
/// # Panics
///
/// It cannot be read.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "without the fragment there is nothing to test against"
)]
pub(crate) fn fragment() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/sts-v1.yaml");
    let text = std::fs::read_to_string(path).expect("the fragment is readable");
    serde_saphyr::from_str(&text).expect("the fragment is YAML")
}

/// The version of OpenAPI that a document follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// 3.0.0
    V3_0,
    /// 3.1.0
    V3_1,
}

/// The document: the operation of the fragment under `/sts/v1`, others under `/area…/v…` whose schemas refer to
/// each other in cycles and by names that need escapes, and one under `/deep/v1` that refers to all of them.
///
/// # Panics
///
/// The fragment cannot be read.
#[must_use]
pub(crate) fn published(version: Version) -> Value {
    let mut root = fragment();
    furnish(&mut root);
    add_schemas(&mut root, version);
    add_paths(&mut root);
    if version == Version::V3_1 {
        raise(&mut root);
    }
    root
}

/// What a page of documentation needs and a client does not.
fn furnish(root: &mut Value) {
    root["info"]["contact"] = json!({"name": "Support", "url": "https://support.example"});
    root["info"]["x-logo"] = json!({"url": "https://logo.example/logo.svg", "altText": "logo"});
    root["info"]["description"] = json!("# All APIs\n\nHow they are called.\n".repeat(200));
    root["info"]["x-api-id"] = json!("5d4e8f1a");
    root["externalDocs"] = json!({"url": "https://docs.example"});
    root["x-tagGroups"] = json!([{"name": "Tokens", "tags": ["OAuth Tokens (sts/v1)"]}]);
    root["security"] = json!([{"cloud-api-key": []}, {"unused-oauth": ["read"]}]);
    if let Some(Value::Array(tags)) = root.get_mut("tags") {
        for tag in tags.iter_mut() {
            tag["x-displayName"] = json!("Tokens");
        }
        tags.extend((0..AREAS).map(|area| json!({"name": format!("Area {area}")})));
    }
    let operation = &mut root["paths"]["/sts/v1/oauth2/token"]["post"];
    operation["x-codeSamples"] = samples("/sts/v1/oauth2/token");
    operation["x-request-access-name"] = json!("STS v1");
    operation["security"] = json!([]);
    root["components"]["securitySchemes"] = json!({
        "cloud-api-key": {"type": "http", "scheme": "basic"},
        "unused-oauth": {"type": "oauth2", "flows": {"clientCredentials": {
            "tokenUrl": "https://token.example", "scopes": {"read": "Reads."},
        }}},
    });
    root["components"]["responses"] = json!({"Refused": {
        "description": "The request was refused.",
        "headers": {"X-Request-Id": {"$ref": "#/components/headers/Request%20Id"}},
        "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/Failure"},
            "examples": {"one": {"$ref": "#/components/examples/one~1failure"}},
        }},
    }});
    root["components"]["headers"] = json!({"Request Id": {"schema": {"type": "string"}}});
    root["components"]["examples"] = json!({"one/failure": {"value": {"errors": []}}});
    root["components"]["parameters"] = json!({"Page": {
        "name": "page_token", "in": "query", "schema": {"type": "string", "maxLength": 255},
    }});
}

/// The name of a schema; some need escapes in references.
fn name(index: usize) -> String {
    match index % 20 {
        7 => format!("area/v1.Thing{index}"),
        11 => format!("area~v1.Thing{index}"),
        13 => format!("area v1 Thing{index}"),
        17 => format!("area%v1.Thing{index}"),
        _ => format!("area.v1.Thing{index}"),
    }
}

fn reference(index: usize) -> Value {
    let name = name(index % SCHEMAS);
    let pointer = name.replace('~', "~0").replace('/', "~1");
    let fragment = pointer.replace('%', "%25").replace(' ', "%20");
    json!({"$ref": format!("#/components/schemas/{fragment}")})
}

/// Schemas that refer to themselves, to the next one of their area, round to the first, and to others there.
fn add_schemas(root: &mut Value, version: Version) {
    let Some(schemas) = root["components"]["schemas"].as_object_mut() else {
        return;
    };
    for index in 0..SCHEMAS {
        let mut properties = Map::new();
        properties.insert("parent".to_owned(), reference(index));
        properties.insert("next".to_owned(), reference(index + AREAS));
        properties.insert(
            "others".to_owned(),
            json!({"type": "array", "items": reference(index + 7 * AREAS)}),
        );
        for property in 0..PROPERTIES {
            properties.insert(format!("field_{property}"), field(index, property));
        }
        let mut schema = json!({
            "type": "object",
            "description": format!("Thing {index} of its area.\n\nIt has a parent, and others like it.\n"),
            "required": ["field_0"],
            "properties": properties,
            "x-rust-type": {"crate": "other"},
        });
        if version == Version::V3_1 {
            schema["$comment"] = json!("for people");
            schema["examples"] = json!([{"field_0": "value"}]);
        }
        schemas.insert(name(index), schema);
    }
    let unsayable = json!({"type": "object", "patternProperties": {"^x": {"type": "string"}}});
    schemas.insert("Unsayable".to_owned(), unsayable);
}

fn field(index: usize, property: usize) -> Value {
    let description = format!(
        "Field {property} of thing {index}: what it is for, when it is set, and what it means when it \
         is not there. Values that look like numbers, such as 1.0, stay text.\n"
    );
    match property % 5 {
        0 => {
            json!({"type": "string", "description": description, "maxLength": 255, "example": "1.0"})
        }
        1 => {
            json!({"type": "string", "description": description, "x-extensible-enum": ["ON", "OFF"]})
        }
        2 => {
            json!({"type": "integer", "description": description, "format": "int32", "minimum": 1})
        }
        3 => json!({"type": "boolean", "description": description, "readOnly": true}),
        _ => json!({"type": "string", "description": description, "nullable": true}),
    }
}

fn add_paths(root: &mut Value) {
    let Some(paths) = root["paths"].as_object_mut() else {
        return;
    };
    for index in 0..PATHS {
        let (area, version) = (index % AREAS, 1 + index / AREAS % 3);
        let path = format!("/area{area}/v{version}/things{index}/{{id}}");
        let operation = operation(index, &path);
        paths.insert(path, operation);
    }
    let areas = (0..AREAS).map(|area| (format!("area_{area}"), reference(area)));
    let areas: Map<String, Value> = areas.collect();
    paths.insert(
        "/deep/v1/things".to_owned(),
        json!({"get": {
            "operationId": "listDeepThings",
            "tags": ["Area 1"],
            "security": [{"cloud-api-key": []}],
            "parameters": [{"$ref": "#/components/parameters/Page"}],
            "responses": {
                "200": {
                    "description": "The first of the things.",
                    "content": {"application/json": {"schema": {"type": "object", "properties": areas}}},
                },
                "400": {"$ref": "#/components/responses/Refused"},
            },
        }}),
    );
}

fn operation(index: usize, path: &str) -> Value {
    json!({
        "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
        "get": {
            "operationId": format!("getThing{index}"),
            "summary": format!("Read thing {index}"),
            "description": "Reads one thing, with all that belongs to it.\n",
            "tags": [format!("Area {}", index % AREAS)],
            "x-codeSamples": samples(path),
            "responses": {
                "200": {
                    "description": "The thing.",
                    "content": {"application/json": {"schema": reference(index)}},
                },
                "400": {"$ref": "#/components/responses/Refused"},
            },
        },
    })
}

fn samples(path: &str) -> Value {
    let languages = ["Shell", "Java", "Go", "Ruby", "Python", "Node", "C", "C#"];
    let lines = "  --header 'X-Name: a value that the sample would send' \\\n".repeat(10);
    let sample = |lang| json!({"lang": lang, "source": format!("call {lang} {path} \\\n{lines}")});
    Value::Array(languages.map(sample).to_vec())
}

/// Says in words of OpenAPI 3.1 what the document says in 3.0, and adds what only 3.1 has.
fn raise(root: &mut Value) {
    root["openapi"] = json!("3.1.0");
    root["jsonSchemaDialect"] = json!("https://spec.openapis.org/oas/3.1/dialect/base");
    root["info"]["summary"] = json!("Every API");
    root["info"]["license"] = json!({"name": "Apache 2.0", "identifier": "Apache-2.0"});
    root["webhooks"] = json!({"happened": {"post": {"responses": {}}}});
    let item = root["paths"]["/sts/v1/oauth2/token"].take();
    root["components"]["pathItems"] = json!({"token": item});
    root["paths"]["/sts/v1/oauth2/token"] = json!({"$ref": "#/components/pathItems/token"});
    let schemas = root["components"]["schemas"].as_object_mut();
    for (_, schema) in schemas.into_iter().flatten() {
        raise_schema(schema);
    }
}

fn raise_schema(schema: &mut Value) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    if schema.remove("nullable").is_some() {
        schema.insert("type".to_owned(), json!([schema["type"], "null"]));
    }
    if let Some(example) = schema.remove("example") {
        schema.insert("examples".to_owned(), json!([example, example]));
    }
    if let Some(Value::Array(values)) = schema.get("enum")
        && let [only] = values.as_slice()
    {
        let only = only.clone();
        schema.remove("enum");
        schema.insert("const".to_owned(), only);
    }
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (_, property) in properties.into_iter().flatten() {
        raise_schema(property);
    }
    let parts = schema.get_mut("allOf").and_then(Value::as_array_mut);
    for part in parts.into_iter().flatten() {
        raise_schema(part);
    }
}
