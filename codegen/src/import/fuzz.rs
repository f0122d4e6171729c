//! Arbitrary bytes and damaged documents are imported or refused, without a panic.

use std::cell::Cell;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof};
use proptest::sample::{Index, select};
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

use super::{Prefix, import};
use crate::diagnostic::Diagnostic;
use crate::drawn::run;
use crate::openapi::{Pointer, check, parse};

/// How many documents were imported and refused.
#[derive(Default)]
struct Count {
    imported: Cell<u32>,
    refused: Cell<u32>,
}

impl Count {
    /// Fails if there were none of either.
    fn assert_both(&self) {
        let (imported, refused) = (self.imported.get(), self.refused.get());
        assert!(
            imported >= 10 && refused >= 10,
            "{imported} imported, {refused} refused"
        );
    }
}

/// What is imported is a sound document, and stays what it is when it is imported again.
fn hold(bytes: &[u8], count: &Count) -> Result<(), TestCaseError> {
    let prefix = Prefix::new("/a").unwrap();
    let text = match import(bytes, "api.yaml", &prefix) {
        Ok(imported) => {
            count.imported.set(count.imported.get() + 1);
            imported.text
        }
        Err(diagnostic) => {
            count.refused.set(count.refused.get() + 1);
            return one_line(&diagnostic);
        }
    };
    let root =
        parse(text.as_bytes()).map_err(|diagnostic| TestCaseError::fail(diagnostic.to_string()))?;
    prop_assert!(check(&root).is_ok());
    let again = import(text.as_bytes(), "api.yaml", &prefix);
    let again = again.map_err(|diagnostic| TestCaseError::fail(format!("{diagnostic}\n{text}")))?;
    let body = |text: &str| text.split_once("\n\n").map(|(_, body)| body.to_owned());
    prop_assert_eq!(body(&again.text), body(&text));
    Ok(())
}

fn one_line(diagnostic: &Diagnostic) -> Result<(), TestCaseError> {
    prop_assert_eq!(diagnostic.to_string().lines().count(), 1);
    Ok(())
}

/// What is no document is refused.
fn refused(bytes: &[u8]) -> Result<(), TestCaseError> {
    let prefix = Prefix::new("/a").unwrap();
    match import(bytes, "api.yaml", &prefix) {
        Ok(imported) => Err(TestCaseError::fail(format!("imported:\n{}", imported.text))),
        Err(diagnostic) => one_line(&diagnostic),
    }
}

/// A document with something of everything that an import looks at.
fn document() -> Value {
    let a = json!({"$ref": "#/components/schemas/A~1b%20c"});
    json!({
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1", "x-logo": {}},
        "servers": [{"url": "https://a.example"}],
        "tags": [{"name": "T"}, {"name": "U"}],
        "security": [{"key": []}],
        "paths": {
            "/a/{id}": {"$ref": "#/components/pathItems/P"},
            "/b": {"get": {"operationId": "b", "responses": {}}},
        },
        "webhooks": {"w": {}},
        "components": {
            "pathItems": {"P": {
                "parameters": [{"$ref": "#/components/parameters/Id", "description": "d"}],
                "post": {
                    "operationId": "postA",
                    "tags": ["T"],
                    "requestBody": {"content": {"application/json": {"schema": a}}},
                    "responses": {
                        "200": {"description": "d", "content": {"application/json": {
                            "schema": {"anyOf": [a, {"type": "null"}], "description": "d"},
                            "examples": {"e": {"$ref": "#/components/examples/E"}},
                        }}},
                        "400": {"$ref": "#/components/responses/R"},
                    },
                    "callbacks": {"c": {"{$url}": {}}},
                },
            }},
            "parameters": {"Id": {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}},
            "responses": {"R": {
                "description": "d",
                "headers": {"H": {"$ref": "#/components/headers/H"}},
                "links": {"l": {}},
            }},
            "headers": {"H": {"schema": {"type": ["integer", "null"]}}},
            "examples": {"E": {"value": {"$ref": "#/nowhere"}}},
            "securitySchemes": {"key": {"type": "http", "scheme": "basic"}},
            "schemas": {
                "A/b c": {
                    "type": "object",
                    "required": ["kind"],
                    "properties": {
                        "kind": {"const": "a"},
                        "next": {"$ref": "#/components/schemas/A~1b%20c", "description": "d"},
                        "list": {"type": "array", "items": {"type": ["string", "integer"]}},
                        "size": {"type": "integer", "exclusiveMinimum": 1, "maximum": 2.5},
                        "blob": {"type": "string", "contentEncoding": "base64"},
                        "word": {"type": ["string", "null"], "enum": ["x", null], "examples": ["x"]},
                        "pick": {"oneOf": [{"$ref": "#/components/schemas/B"}, {"type": "null"}],
                            "discriminator": {"propertyName": "k", "mapping": {"b": "B"}}},
                    },
                    "unevaluatedProperties": false,
                    "x-extensible-enum": ["a"],
                },
                "B": {"allOf": [{"type": "object", "properties": {"a": true}}], "not": {"type": "array"}},
            },
        },
    })
}

/// One change of a document: where, and what becomes of what is there.
#[derive(Clone, Debug)]
enum Change {
    Replace(Index, Value),
    Remove(Index),
    Rename(Index, &'static str),
    Copy(Index, Index),
}

fn change() -> impl Strategy<Value = Change> {
    let values = [
        json!(null),
        json!(true),
        json!(false),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!("text"),
        json!("null"),
        json!(""),
        json!([]),
        json!([null]),
        json!({}),
        json!({"type": "null"}),
        json!({"$ref": "#"}),
        json!({"$ref": "#/components"}),
        json!({"$ref": "#/components/schemas/B"}),
        json!({"$ref": "#/components/schemas/B/allOf/0"}),
        json!({"$ref": 1}),
        json!("3.0.0"),
        json!("#/components/schemas/%"),
    ];
    let keys = [
        "$ref",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "const",
        "enum",
        "examples",
        "example",
        "type",
        "items",
        "properties",
        "additionalProperties",
        "exclusiveMaximum",
        "minimum",
        "nullable",
        "discriminator",
        "mapping",
        "x-a",
        "get",
        "trace",
        "parameters",
        "responses",
        "content",
        "schema",
        "schemas",
        "security",
        "callbacks",
        "",
        "~1",
        "default",
        "if",
        "$defs",
        "format",
    ];
    prop_oneof![
        (any::<Index>(), select(values.to_vec()))
            .prop_map(|(at, value)| Change::Replace(at, value)),
        any::<Index>().prop_map(Change::Remove),
        (any::<Index>(), select(keys.to_vec())).prop_map(|(at, key)| Change::Rename(at, key)),
        any::<(Index, Index)>().prop_map(|(from, to)| Change::Copy(from, to)),
    ]
}

/// Every place below the root.
fn places(root: &Value) -> Vec<Pointer> {
    let mut found = Vec::new();
    let mut open = vec![Pointer::root()];
    while let Some(at) = open.pop() {
        match at.get(root) {
            Some(Value::Object(map)) => open.extend(map.keys().map(|key| at.join(key))),
            Some(Value::Array(items)) => open.extend((0..items.len()).map(|index| at.join(index))),
            _ => {}
        }
        found.push(at);
    }
    found.remove(0);
    found
}

fn apply(root: &mut Value, change: Change) {
    let places = places(root);
    let place =
        |index: Index| (!places.is_empty()).then(|| places[index.index(places.len())].clone());
    match change {
        Change::Replace(at, value) => {
            if let Some(at) = place(at).and_then(|at| at.get_mut(root)) {
                *at = value;
            }
        }
        Change::Copy(from, to) => {
            let from = place(from).and_then(|from| from.get(root).cloned());
            let to = place(to).and_then(|to| to.get_mut(root));
            if let (Some(from), Some(to)) = (from, to) {
                *to = from;
            }
        }
        Change::Remove(at) => drop(take(root, place(at))),
        Change::Rename(at, key) => {
            let at = place(at);
            let holder = at.as_ref().map(Pointer::parent);
            if let Some(value) = take(root, at)
                && let Some(Value::Object(map)) = holder.and_then(|holder| holder.get_mut(root))
            {
                map.insert(key.to_owned(), value);
            }
        }
    }
}

/// Takes an entry out of the object that holds it.
fn take(root: &mut Value, at: Option<Pointer>) -> Option<Value> {
    let at = at?;
    let holder = at.parent().get_mut(root)?;
    holder.as_object_mut()?.shift_remove(&at.name())
}

#[test]
fn the_document_itself_is_imported() {
    let bytes = document().to_string().into_bytes();
    let prefix = Prefix::new("/a").unwrap();
    if let Err(diagnostic) = import(&bytes, "api.json", &prefix) {
        panic!("{diagnostic}");
    }
    let count = Count::default();
    hold(&bytes, &count).unwrap();
    assert_eq!(count.imported.get(), 1);
}

#[test]
fn arbitrary_bytes_are_refused() {
    run(2000, &vec(any::<u8>(), 0..200), |bytes| refused(&bytes));
    run(
        3000,
        &"[-:{}&*!|>'\"%@#,?~<=$. \n\ta-c01\\[\\]]{0,80}\n",
        |text| refused(text.as_bytes()),
    );
    run(
        1000,
        &"\\{\"[-:{}\"null,truefals0-9.eE\\[\\] \n\\\\u]{0,80}\\}",
        |text| refused(text.as_bytes()),
    );
}

#[test]
fn documents_with_damaged_nodes_are_imported_or_refused() {
    let count = Count::default();
    run(
        1200,
        &(vec(change(), 1..4), any::<bool>()),
        |(changes, older)| {
            let mut root = document();
            for change in changes {
                apply(&mut root, change);
            }
            if older && root.is_object() {
                root["openapi"] = json!("3.0.3");
            }
            hold(root.to_string().as_bytes(), &count)
        },
    );
    count.assert_both();
}

#[test]
fn documents_with_damaged_bytes_are_imported_or_refused() {
    let yaml = crate::openapi::to_yaml(&document()).unwrap().into_bytes();
    let json = document().to_string().into_bytes();
    let count = Count::default();
    let edit = (any::<Index>(), any::<Index>(), 0..5_u8, any::<u8>());
    let source = prop_oneof![Just(yaml), Just(json)];
    run(2000, &(source, vec(edit, 1..4)), |(mut bytes, edits)| {
        for (from, to, kind, byte) in edits {
            if bytes.is_empty() {
                break;
            }
            let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
            let (from, to) = (from.min(to), from.max(to));
            match kind {
                0 => bytes[from] = byte,
                1 => bytes[from] ^= 1 << (byte % 8),
                2 => drop(bytes.drain(from..to.min(from + 40))),
                3 => bytes.truncate(to),
                // A piece that stands twice.
                _ => {
                    let piece = bytes[from..to.min(from + 200)].to_vec();
                    bytes.splice(to..to, piece);
                }
            }
        }
        hold(&bytes, &count)
    });
    count.assert_both();
}

#[test]
fn every_truncation_is_imported_or_refused() {
    let json = document().to_string().into_bytes();
    for end in 0..json.len() {
        refused(&json[..end]).unwrap();
    }
    // YAML that ends early may be a document.
    let yaml = crate::openapi::to_yaml(&document()).unwrap().into_bytes();
    let count = Count::default();
    for end in 0..=yaml.len() {
        hold(&yaml[..end], &count).unwrap();
    }
    let (imported, refused) = (count.imported.get(), count.refused.get());
    assert!(
        imported > 0 && refused > 0,
        "{imported} imported, {refused} refused"
    );
}
