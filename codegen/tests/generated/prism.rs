//! What is generated works: against Prism, which answers as the document allows and holds requests to it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use confluent_codegen::import::{Prefix, import};
use confluent_codegen::openapi::{Operation, operations};
use confluent_codegen::{Target, openapi, pipeline};
use heck::{ToPascalCase, ToSnakeCase};
use quote::ToTokens;
use serde_json::{Value, json};

use crate::project::{Project, workspace};
use crate::published::{Version, published};
use crate::shapes::SHAPES;

/// With each, Prism makes up other replies.
const SEEDS: u32 = 3;

/// For an area of a document like the published one, and one of everything; `CODEGEN_DOCUMENT` names another
/// document instead, and `CODEGEN_SEEDS` how often all operations are called.
#[test]
#[ignore = "needs Prism (npm install --prefix target/tools/npm @stoplight/prism-cli@5.14.2)"]
fn foreign_every_operation_without_a_body_is_called_and_its_reply_read() {
    if let Some(document) = std::env::var_os("CODEGEN_DOCUMENT") {
        return call_all(Path::new(&document));
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, document) in [
        ("area.json", area().to_string()),
        ("shapes.yaml", SHAPES.to_owned()),
    ] {
        let file = folder.path().join(name);
        std::fs::write(&file, document).unwrap();
        call_all(&file);
    }
}

fn call_all(document: &Path) {
    let seeds = std::env::var("CODEGEN_SEEDS").map_or(SEEDS, |seeds| seeds.parse().unwrap());
    let root = openapi::read(document).unwrap().root;
    let code = pipeline::generate(&root, &Target::new("()")).unwrap().code;
    let adapted = pipeline::adapted(&root).unwrap().root;
    let (calls, count) = calls(&root, &adapted, &code);
    println!("{count} calls");
    assert!(count > 0);
    let mut project = Project::new();
    project.add("generated", code);
    let program = project.program(&include_str!("caller.rs.in").replace("/* calls */", &calls));
    for seed in 1..=seeds {
        let prism = Prism::start(document, seed);
        let output = Command::new(&program).arg(&prism.url).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "seed {seed}: {said}");
        let read = said
            .lines()
            .filter(|line| line.starts_with("read "))
            .count();
        assert_eq!(read, count, "seed {seed}: {said}");
    }
}

/// The operations of an area whose schemas have names that need escapes. They no longer refer to each other in
/// cycles: Prism follows those without end when it makes up a reply.
fn area() -> Value {
    let bytes = serde_json::to_vec(&published(Version::V3_0)).unwrap();
    let imported = import(&bytes, "openapi.json", &Prefix::new("/area7").unwrap());
    let mut root = openapi::parse(imported.unwrap().text.as_bytes()).unwrap();
    let schemas = root["components"]["schemas"].as_object_mut().unwrap();
    for (_, schema) in schemas.iter_mut() {
        if let Some(properties) = schema["properties"].as_object_mut() {
            properties.retain(|name, _| !["parent", "next", "others"].contains(&name.as_str()));
        }
    }
    root
}

/// Calls of every operation without a body: with what it requires, and with everything that it takes.
fn calls(root: &Value, adapted: &Value, code: &str) -> (String, usize) {
    let types = parameter_types(code);
    let mut text = String::new();
    let mut count = 0;
    for operation in operations(adapted) {
        let at = adapted.pointer(operation.at.as_str()).unwrap();
        if at.get("requestBody").is_some() {
            continue;
        }
        let method = snake(&operation.id);
        let parameters = parameters(root, &operation);
        let optional = parameters
            .iter()
            .any(|parameter| parameter["required"] != true);
        for all in if optional {
            vec![false, true]
        } else {
            vec![true]
        } {
            let mut setters = String::new();
            for parameter in &parameters {
                if !all && parameter["required"] != true {
                    continue;
                }
                let name = snake(parameter["name"].as_str().unwrap());
                let of = &types[&(method.to_pascal_case(), name.clone())];
                let value = value(root, &parameter["schema"]).to_string();
                write!(setters, ".{name}(value::<{of}>(r###\"{value}\"###))").unwrap();
            }
            writeln!(
                text,
                "read(\"{method}\", client.{method}(){setters}.send().await);"
            )
            .unwrap();
            count += 1;
        }
    }
    (text, count)
}

fn snake(name: &str) -> String {
    let name = name
        .replace(|c: char| !c.is_alphanumeric(), "-")
        .to_snake_case();
    if syn::parse_str::<syn::Ident>(&name).is_ok() {
        name
    } else {
        format!("{name}_")
    }
}

/// The type of each parameter, by the operation's builder and the parameter's method.
fn parameter_types(code: &str) -> BTreeMap<(String, String), String> {
    let file = syn::parse_file(code).unwrap();
    let builder = file.items.iter().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "builder" => module.content.as_ref(),
        _ => None,
    });
    let mut types = BTreeMap::new();
    for item in &builder.unwrap().1 {
        let syn::Item::Impl(block) = item else {
            continue;
        };
        let operation = block.self_ty.to_token_stream().to_string();
        let operation = operation.split('<').next().unwrap().trim().to_owned();
        for item in &block.items {
            let syn::ImplItem::Fn(method) = item else {
                continue;
            };
            let Some(clause) = &method.sig.generics.where_clause else {
                continue;
            };
            // `V: TryInto<T>`, followed by another for a body.
            let bound = clause.predicates.first().to_token_stream().to_string();
            let of = bound.split_once("TryInto").and_then(|(_, of)| {
                let of = of.trim().strip_prefix('<')?;
                Some(of.strip_suffix('>')?.trim().to_owned())
            });
            if let Some(of) = of {
                types.insert((operation.clone(), method.sig.ident.to_string()), of);
            }
        }
    }
    types
}

/// The parameters of `operation`, references followed.
fn parameters(root: &Value, operation: &Operation) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for holder in [&operation.item, &operation.at] {
        let list = root.pointer(holder.as_str()).unwrap().get("parameters");
        for parameter in list.and_then(Value::as_array).into_iter().flatten() {
            let parameter = resolved(root, parameter).clone();
            found.retain(|other| {
                other["name"] != parameter["name"] || other["in"] != parameter["in"]
            });
            found.push(parameter);
        }
    }
    found
}

fn resolved<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => resolved(root, root.pointer(&reference[1..]).unwrap()),
        None => value,
    }
}

/// A value that the schema allows, as far as parameters go.
fn value(root: &Value, schema: &Value) -> Value {
    let schema = resolved(root, schema);
    if let Some(parts) = schema.get("allOf").or(schema.get("oneOf")) {
        return value(root, &parts[0]);
    }
    let given = ["example", "default"]
        .iter()
        .find_map(|key| schema.get(key));
    let given = given.or_else(|| schema.pointer("/enum/0"));
    if let Some(given) = given {
        return given.clone();
    }
    let format = schema.get("format");
    match schema["type"].as_str().unwrap_or("string") {
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "boolean" => json!(true),
        "array" => json!([value(root, &schema["items"])]),
        _ => json!(match format.and_then(Value::as_str) {
            Some("date-time") => "2024-01-01T00:00:00Z",
            Some("date") => "2024-01-01",
            Some("uuid") => "7b2f4a1e-1111-4222-8333-123456789abc",
            Some("uri") => "https://example.com/a",
            Some("email") => "a@example.com",
            _ => "value",
        }),
    }
}

/// A mock server that runs until it is dropped.
struct Prism {
    process: Child,
    url: String,
}

impl Prism {
    fn start(document: &Path, seed: u32) -> Self {
        let installed = workspace().join("target/tools/npm/node_modules/.bin/prism");
        let program = std::env::var_os("PRISM").map_or(installed, PathBuf::from);
        // Free when it was asked for; a server that does not get it says so and ends.
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut process = Command::new(&program)
            .args(["mock", "--dynamic", "--errors", "--host", "127.0.0.1"])
            .args(["--port", &port.to_string(), "--seed", &seed.to_string()])
            .arg(document)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut said = String::new();
        loop {
            let line = lines
                .next()
                .unwrap_or_else(|| panic!("Prism ended: {said}"))
                .unwrap();
            said.push_str(&line);
            if line.contains("Prism is listening") {
                break;
            }
        }
        // What it says later has to go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
        }
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
