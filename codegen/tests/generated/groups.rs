//! Every part of a document like the published one becomes a client.

use confluent_codegen::import::{Prefix, import};
use confluent_codegen::{Target, openapi, pipeline};

use crate::project::Project;
use crate::published::{AREAS, Version, published};

/// What is generated for each of `prefixes`.
fn clients(version: Version, prefixes: &[String]) -> Vec<String> {
    let bytes = serde_json::to_vec(&published(version)).unwrap();
    prefixes
        .iter()
        .map(|prefix| {
            let imported = import(&bytes, "openapi.json", &Prefix::new(prefix).unwrap());
            let text = imported
                .unwrap_or_else(|error| panic!("{prefix}: {error}"))
                .text;
            let root = openapi::parse(text.as_bytes()).unwrap();
            let generated = pipeline::generate(&root, &Target::new("()"));
            generated
                .unwrap_or_else(|error| panic!("{prefix}: {error}"))
                .code
        })
        .collect()
}

#[test]
#[ignore = "compiles programs, for a minute: .ci/run rust"]
fn compiled_groups_whose_names_need_escapes() {
    let prefixes = ["/area7", "/area11", "/area13", "/area17", "/sts/v1"];
    let clients = clients(Version::V3_0, &prefixes.map(str::to_owned));
    compile(clients);
}

/// Three hundred thousand lines.
#[test]
#[ignore = "takes minutes"]
fn thorough_every_group_compiles() {
    let areas = (0..AREAS).map(|area| format!("/area{area}"));
    let prefixes: Vec<String> = areas.chain(["/deep/v1".to_owned()]).collect();
    compile(clients(Version::V3_1, &prefixes));
}

fn compile(clients: Vec<String>) {
    let mut project = Project::new();
    for (index, code) in clients.into_iter().enumerate() {
        project.add(&format!("group_{index}"), code);
    }
    let errors = project.errors();
    assert!(errors.is_empty(), "{errors:#?}");
}
