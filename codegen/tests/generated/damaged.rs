//! Documents with damaged nodes are generated from or refused: in one line, without a panic, and in time.

use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use confluent_codegen::compare::compare;
use confluent_codegen::{Target, openapi, pipeline};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::project::workspace;
use crate::shapes::SHAPES;

/// Longest that a document may take, on a machine that does other things as well.
const DEADLINE: Duration = Duration::from_secs(300);

/// One change of a document: where, and what becomes of what is there.
#[derive(Clone, Debug)]
enum Damage {
    Replace(Index, Value),
    Remove(Index),
    Rename(Index, &'static str),
    Copy(Index, Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let values = vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!("text"),
        json!(""),
        json!("ü *"),
        json!([]),
        json!([null]),
        json!({}),
        json!("object"),
        json!("array"),
        json!({"type": "string", "enum": []}),
        json!({"allOf": []}),
        json!({"type": "array"}),
        json!({"not": {}}),
        json!({"$ref": "#/components/schemas/Shape"}),
    ];
    let keys = vec![
        "$ref",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "enum",
        "default",
        "type",
        "items",
        "properties",
        "additionalProperties",
        "minimum",
        "nullable",
        "discriminator",
        "get",
        "trace",
        "parameters",
        "requestBody",
        "200",
        "default",
        "content",
        "application/json",
        "application/a+json",
        "image/*",
        "schema",
        "operationId",
        "new",
        "",
        "format",
        "pattern",
        "title",
    ];
    prop_oneof![
        (any::<Index>(), select(values)).prop_map(|(at, value)| Damage::Replace(at, value)),
        any::<Index>().prop_map(Damage::Remove),
        (any::<Index>(), select(keys)).prop_map(|(at, key)| Damage::Rename(at, key)),
        any::<(Index, Index)>().prop_map(|(from, to)| Damage::Copy(from, to)),
    ]
}

/// Every place below the root.
fn places(root: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), root)];
    while let Some((at, value)) = open.pop() {
        match value {
            Value::Object(map) => open.extend(map.iter().map(|(key, inner)| {
                let token = key.replace('~', "~0").replace('/', "~1");
                (format!("{at}/{token}"), inner)
            })),
            Value::Array(items) => {
                let items = items.iter().enumerate();
                open.extend(items.map(|(index, inner)| (format!("{at}/{index}"), inner)));
            }
            _ => {}
        }
        found.push(at);
    }
    found.remove(0);
    found
}

fn apply(root: &mut Value, damage: Damage) {
    let places = places(root);
    if places.is_empty() {
        return;
    }
    let place = |index: Index| places[index.index(places.len())].clone();
    match damage {
        Damage::Replace(at, value) => *root.pointer_mut(&place(at)).unwrap() = value,
        Damage::Copy(from, to) => {
            let from = root.pointer(&place(from)).unwrap().clone();
            *root.pointer_mut(&place(to)).unwrap() = from;
        }
        Damage::Remove(at) => drop(take(root, &place(at))),
        Damage::Rename(at, key) => {
            let at = place(at);
            if let Some(value) = take(root, &at) {
                let (holder, _) = at.rsplit_once('/').unwrap();
                root.pointer_mut(holder).unwrap()[key] = value;
            }
        }
    }
}

/// Takes an entry out of the object that holds it.
fn take(root: &mut Value, at: &str) -> Option<Value> {
    let (holder, token) = at.rsplit_once('/')?;
    let map = root.pointer_mut(holder)?.as_object_mut()?;
    map.shift_remove(&token.replace("~1", "/").replace("~0", "~"))
}

/// Damages `root` in `cases` ways, and in more where `PROPTEST_CASES` is more than its default. Returns how many documents
/// were generated from.
fn hold(name: &str, root: &Value, cases: u32) -> u32 {
    let cases = (Config::default().cases / 256).max(1).saturating_mul(cases);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    // What overflows the stack leaves no other trace.
    let trace = workspace()
        .join("target")
        .join(format!("damaged-{name}.json"));
    let mut generated = 0;
    for case in 0..cases {
        let damages = vec(damage(), 1..3).new_tree(&mut runner).unwrap().current();
        let mut document = root.clone();
        for damage in damages.clone() {
            apply(&mut document, damage);
        }
        std::fs::write(&trace, document.to_string()).unwrap();
        let (sender, receiver) = channel();
        let start = Instant::now();
        std::thread::spawn(move || {
            let outcome = openapi::parse(document.to_string().as_bytes());
            let outcome = outcome.and_then(|root| pipeline::generate(&root, &Target::new("()")));
            sender
                .send(outcome.map_err(|diagnostic| diagnostic.to_string()))
                .ok();
        });
        let outcome = receiver.recv_timeout(DEADLINE);
        let outcome =
            outcome.unwrap_or_else(|error| panic!("{name} {case}: {error}: {}", trace.display()));
        let took = start.elapsed();
        match outcome {
            Ok(_) => generated += 1,
            Err(said) => {
                assert_eq!(said.lines().count(), 1, "{said}");
                assert!(said.contains("; "), "says what to do: {said}");
                if std::env::var_os("CODEGEN_VERBOSE").is_some() {
                    println!("{name} {case} {:.1} s: {said}", took.as_secs_f64());
                }
            }
        }
    }
    std::fs::remove_file(trace).ok();
    generated
}

#[test]
fn a_damaged_document_is_generated_from_or_refused() {
    let root = openapi::parse(SHAPES.as_bytes()).unwrap();
    let generated = hold("shapes", &root, 60);
    assert!((1..60).contains(&generated), "{generated}");
}

#[test]
fn a_damaged_document_is_compared_or_refused() {
    let root = openapi::parse(SHAPES.as_bytes()).unwrap();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[8; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let target = Target::new("()");
    let (mut compared, mut refused) = (0, 0);
    for _ in 0..24 {
        let damages = vec(damage(), 1..3).new_tree(&mut runner).unwrap().current();
        let mut document = root.clone();
        for damage in damages {
            apply(&mut document, damage);
        }
        match compare(("old", &root), ("new", &document), &target) {
            Ok(report) => {
                compared += 1;
                let text = report.text("1.0.0", true);
                assert!(report.changes.is_empty() || !text.is_empty());
            }
            Err(diagnostic) => {
                refused += 1;
                let said = diagnostic.to_string();
                assert!(
                    said.starts_with("new") && said.lines().count() == 1,
                    "{said}"
                );
            }
        }
    }
    assert!(
        compared > 0 && refused > 0,
        "{compared} compared, {refused} refused"
    );
}

/// `CODEGEN_DOCUMENTS=folder CODEGEN_CASES=300 cargo test --release -p confluent-codegen --test generated damaged:: -- --ignored --nocapture`
#[test]
#[ignore = "needs a folder of OpenAPI documents (CODEGEN_DOCUMENTS)"]
fn damaged_documents_of_a_folder_are_generated_from_or_refused() {
    let folder = std::env::var_os("CODEGEN_DOCUMENTS").expect("CODEGEN_DOCUMENTS names a folder");
    let cases = std::env::var("CODEGEN_CASES").map_or(300, |cases| cases.parse().unwrap());
    let entries = std::fs::read_dir(Path::new(&folder)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.is_file()) {
        let name = file.file_stem().unwrap().to_string_lossy();
        let root = openapi::read(file).unwrap().root;
        let start = Instant::now();
        let generated = hold(&name, &root, cases);
        println!(
            "{name}: {generated} of {cases} generated, {:.1} s",
            start.elapsed().as_secs_f64()
        );
    }
}
