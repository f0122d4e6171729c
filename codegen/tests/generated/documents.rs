//! Whether what is generated from the documents of a folder compiles.

use std::path::PathBuf;
use std::time::Instant;

use confluent_codegen::{Target, openapi, pipeline};

use crate::project::Project;

/// `CODEGEN_DOCUMENTS=folder cargo test -p confluent-codegen --test generated documents:: -- --ignored --nocapture`
#[test]
#[ignore = "needs a folder of OpenAPI documents (CODEGEN_DOCUMENTS)"]
fn documents_of_a_folder_compile() {
    let folder = std::env::var_os("CODEGEN_DOCUMENTS").expect("CODEGEN_DOCUMENTS names a folder");
    let mut files: Vec<PathBuf> = std::fs::read_dir(PathBuf::from(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    let target = Target::new("()");
    let mut project = Project::new();
    let mut refused = Vec::new();
    for file in &files {
        let start = Instant::now();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let generated = openapi::read(file)
            .map(|document| (openapi::operations(&document.root).len(), document))
            .and_then(|(count, document)| {
                Ok((count, pipeline::generate(&document.root, &target)?))
            });
        match generated {
            Ok((operations, generated)) => {
                println!(
                    "{name}: {operations} operations, {} lines, {:.1} s",
                    generated.code.lines().count(),
                    start.elapsed().as_secs_f64()
                );
                for note in generated.applied.iter().flat_map(|applied| &applied.notes) {
                    println!("  {}: {}", note.at.as_str(), note.text);
                }
                project.add(&module(&name), generated.code);
            }
            Err(diagnostic) => {
                println!("{name}: {diagnostic}");
                refused.push(name);
            }
        }
    }
    let start = Instant::now();
    let errors = project.errors();
    println!("compiled in {:.1} s", start.elapsed().as_secs_f64());
    for (module, errors) in &errors {
        println!("{module}: {} errors\n{}", errors.len(), errors[0]);
    }
    assert!(
        refused.is_empty() && errors.is_empty(),
        "{refused:?} {:?}",
        errors.keys()
    );
}

fn module(name: &str) -> String {
    let name = name.to_lowercase();
    format!(
        "d_{}",
        name.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
    )
}
