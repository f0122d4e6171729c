//! The names that are taken are those with which generated code would not compile.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use confluent_codegen::{Target, pipeline};
use heck::{ToPascalCase, ToSnakeCase};
use serde_json::{Map, Value, json};

use crate::project::Project;

/// What nothing else is called.
const PLACEHOLDER: &str = "placeholder_of_name";

/// Words that generated code uses itself, or that Rust's prelude has.
const WORDS: &str = "api_version as_ref assert_client_hooks baseurl body_map borrow box builder byte_stream \
    client client_hooks client_info clone conversion_error copy crate debug default defaults deserialize display \
    drop e encode_path eq err error exec extra fmt fn fn_once foo_bar format from from_str get gen hash_map header_map \
    headers i64 info inner into iterator move new new_with_client none ok op operation_info option panic partial_eq post pre \
    prelude put query request request_builder_ext response response_value result self send send_request serialize \
    set_media_types some status str string super sync to_owned to_string try_from try_into types u8 union unit url v \
    value vec";

/// Taken although they compile: with such an operation, callers could not reach what the client has; and what
/// is no name of a parameter elsewhere is none in a path either.
const EXCEPTIONS: [(Kind, &str); 5] = [
    (Kind::Operation, "baseurl"),
    (Kind::Operation, "client"),
    (Kind::Operation, "clone"),
    (Kind::Operation, "inner"),
    (Kind::Path, "header_map"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Operation,
    Object,
    List,
    /// An object with a property that has a default, beside `foo`, whose `bar_baz` has one.
    Default,
    /// A property beside others that are not declared, but have a type.
    Property,
    Path,
    Query,
    Header,
}

const KINDS: [Kind; 8] = [
    Kind::Operation,
    Kind::Object,
    Kind::List,
    Kind::Default,
    Kind::Property,
    Kind::Path,
    Kind::Query,
    Kind::Header,
];

/// A document in which things of a kind are called `names`.
fn document(kind: Kind, names: &[&str]) -> Value {
    let of = |wanted: Kind| names.iter().filter(move |_| kind == wanted);
    let mut schemas = Map::from_iter([("of_object".to_owned(), object())]);
    for name in of(Kind::Object) {
        schemas.insert((*name).to_owned(), object());
    }
    for name in of(Kind::List) {
        let list = json!({"type": "array", "items": {"type": "string", "maxLength": 3}});
        schemas.insert((*name).to_owned(), list);
    }
    let string = json!({"type": "string"});
    let text = json!({"type": "string", "default": "text"});
    if kind == Kind::Default {
        let object = json!({"type": "object", "properties": {"bar_baz": text}});
        schemas.insert("foo".to_owned(), object);
    }
    for name in of(Kind::Default) {
        let object = json!({"type": "object", "properties": {"baz": text}});
        schemas.insert((*name).to_owned(), object);
    }
    let declared = of(Kind::Property).map(|name| ((*name).to_owned(), string.clone()));
    let declared: Map<String, Value> = declared.collect();
    schemas.insert(
        "of_property".to_owned(),
        json!({"type": "object", "properties": declared, "additionalProperties": {"type": "integer"}}),
    );
    let properties = schemas.keys();
    let properties = properties.map(|name| {
        (
            name.clone(),
            json!({"$ref": format!("#/components/schemas/{name}")}),
        )
    });
    let properties: Map<String, Value> = properties.collect();
    let all = json!({"type": "object", "properties": properties});
    schemas.insert("of_all".to_owned(), all);
    schemas.insert(
        "failure".to_owned(),
        json!({"type": "object", "properties": {"text": {"type": "string"}}}),
    );
    let body = json!({"schema": {"$ref": "#/components/schemas/of_all"}});
    let operation = json!({
        "operationId": "of_operation",
        "requestBody": {"content": {"application/merge-patch+json": body}},
        "responses": {
            "200": {"description": "", "content": {"application/json": body}},
            "400": {"description": "", "content": {"application/json": {"schema": {
                "$ref": "#/components/schemas/failure",
            }}}},
        },
    });

    let located = [
        (Kind::Path, "path"),
        (Kind::Query, "query"),
        (Kind::Header, "header"),
    ];
    let mut parameters: Vec<Value> = vec![
        json!({"name": "of_path", "in": "path", "required": true, "schema": string}),
        json!({"name": "of_query", "in": "query", "schema": string}),
        json!({"name": "of_header", "in": "header", "schema": string}),
    ];
    for (wanted, location) in located {
        let required = wanted == Kind::Path;
        parameters.extend(of(wanted).map(
            |name| json!({"name": name, "in": location, "required": required, "schema": string}),
        ));
    }
    let mut path = String::from("/a/{of_path}");
    for name in of(Kind::Path) {
        write!(path, "/{{{name}}}").unwrap();
    }
    let mut paths = Map::new();
    paths.insert(path, json!({"parameters": parameters, "post": operation}));
    for name in of(Kind::Operation) {
        let mut operation = operation.clone();
        operation["operationId"] = json!(name);
        paths.insert(format!("/of/{name}"), json!({"post": operation}));
    }
    json!({
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

/// A schema of everything that an object can hold.
fn object() -> Value {
    json!({"type": "object", "required": ["text"], "properties": {
        "text": {"type": "string", "maxLength": 3},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "either": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        "flag": {"type": "boolean", "default": true},
        "map": {"type": "object", "additionalProperties": {"type": "string"}},
        "list": {"type": "array", "items": {"type": "number"}},
        "maybe": {"type": "string", "nullable": true},
    }})
}

fn generated(kind: Kind, names: &[&str]) -> String {
    let generated = pipeline::generate(&document(kind, names), &Target::new("()"));
    generated
        .unwrap_or_else(|error| panic!("{kind:?}: {error}"))
        .code
}

#[test]
#[ignore = "compiles programs, for a minute: .ci/run rust"]
fn compiled_names_are_taken_if_and_only_if_they_would_not_compile() {
    let mut allowed = Project::new();
    let mut refused: BTreeSet<(Kind, &str)> = BTreeSet::new();
    for kind in KINDS {
        let (taken, names): (Vec<&str>, Vec<&str>) = WORDS.split_whitespace().partition(|name| {
            pipeline::generate(&document(kind, &[name]), &Target::new("()")).is_err()
        });
        allowed.add(&module(kind, "all"), generated(kind, &names));
        refused.extend(taken.into_iter().map(|name| (kind, name)));
    }
    let errors = allowed.errors();
    assert!(errors.is_empty(), "{errors:#?}");

    // The compiler does not look at types before all names are resolved: what fails goes, and the rest is
    // looked at again.
    refused.retain(|taken| !EXCEPTIONS.contains(taken));
    let placeholders = KINDS.map(|kind| (kind, generated(kind, &[PLACEHOLDER])));
    let placeholders = BTreeMap::from(placeholders);
    while !refused.is_empty() {
        let mut project = Project::new();
        for (kind, name) in &refused {
            let code = placeholders[kind]
                .replace(PLACEHOLDER, &name.to_snake_case())
                .replace(&PLACEHOLDER.to_pascal_case(), &name.to_pascal_case());
            project.add(&module(*kind, name), code);
        }
        let errors = project.errors();
        if errors.is_empty() {
            break;
        }
        refused.retain(|(kind, name)| !errors.contains_key(&module(*kind, name)));
    }
    assert!(refused.is_empty(), "taken for no reason: {refused:?}");
}

fn module(kind: Kind, name: &str) -> String {
    format!("{kind:?}_{name}").to_snake_case()
}
