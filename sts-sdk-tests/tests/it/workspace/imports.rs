//! No two files of a crate import each other in a circle, and none imports the file that declares it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use sts_sdk_tests::workspace;
use syn::{Item, UseTree};

/// A module, by its path from the crate's root.
type Module = Vec<String>;

/// The files below `folder`, by the modules that they are.
fn files(folder: &Path, module: &[String], found: &mut BTreeMap<Module, syn::File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            files(&path, &[module, &[name]].concat(), found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let module = match &*name {
                "mod" | "lib" | "main" => module.to_vec(),
                _ => [module, &[name]].concat(),
            };
            let source = fs::read_to_string(&path).unwrap();
            found.insert(module, syn::parse_file(&source).unwrap());
        }
    }
}

/// The paths of a `use` below `before`.
fn paths(tree: &UseTree, before: &[String], found: &mut Vec<Vec<String>>) {
    let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
    match tree {
        UseTree::Path(path) => paths(&path.tree, &with(&path.ident), found),
        UseTree::Name(name) => found.push(with(&name.ident)),
        UseTree::Rename(rename) => found.push(with(&rename.ident)),
        UseTree::Glob(_) => found.push(before.to_vec()),
        UseTree::Group(group) => {
            for tree in &group.items {
                paths(tree, before, found);
            }
        }
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|path| path.is_ident("test"))
    })
}

/// The files of tests that `file` declares.
fn tests(module: &Module, file: &syn::File) -> Vec<Module> {
    let declared = file.items.iter().filter_map(|item| match item {
        Item::Mod(inner) if is_test(&inner.attrs) => Some(inner.ident.to_string()),
        _ => None,
    });
    declared
        .map(|name| [&module[..], &[name]].concat())
        .collect()
}

/// What `items` within `module` import, as paths from the root. Tests import what they like.
fn imports(items: &[Item], module: &[String], found: &mut Vec<Vec<String>>) {
    for item in items {
        match item {
            Item::Use(item) if !is_test(&item.attrs) => {
                let mut used = Vec::new();
                paths(&item.tree, &[], &mut used);
                for path in used {
                    let ups = path.iter().take_while(|part| *part == "super").count();
                    let absolute = match path.first().map(String::as_str) {
                        Some("crate") => path[1..].to_vec(),
                        Some("self") => [module, &path[1..]].concat(),
                        Some("super") => [&module[..module.len() - ups], &path[ups..]].concat(),
                        // A child of this module, or another crate.
                        _ => [module, &path].concat(),
                    };
                    found.push(absolute);
                }
            }
            Item::Mod(inner) if !is_test(&inner.attrs) => {
                if let Some((_, items)) = &inner.content {
                    let module = [module, &[inner.ident.to_string()]].concat();
                    imports(items, &module, found);
                }
            }
            _ => {}
        }
    }
}

/// A way from `from` back to it.
fn circle(
    from: &Module,
    edges: &BTreeMap<Module, BTreeSet<Module>>,
    way: &mut Vec<Module>,
    seen: &mut BTreeSet<Module>,
) -> bool {
    let at = way.last().unwrap_or(from).clone();
    edges[&at].iter().any(|next| {
        way.push(next.clone());
        let found = next == from || (seen.insert(next.clone()) && circle(from, edges, way, seen));
        if !found {
            way.pop();
        }
        found
    })
}

#[test]
fn no_file_imports_another_in_a_circle_or_what_declares_it() {
    let mut count = 0;
    for member in ["sts-sdk", "sts-emulator", "sts-cli", "codegen", "xtask"] {
        let mut all = BTreeMap::new();
        files(&workspace().join(member).join("src"), &[], &mut all);
        let tests: Vec<Module> = all
            .iter()
            .flat_map(|(module, file)| tests(module, file))
            .collect();
        all.retain(|module, _| !tests.contains(module));
        let mut edges = BTreeMap::new();
        for (module, file) in &all {
            let mut imported = Vec::new();
            imports(&file.items, module, &mut imported);
            let targets: BTreeSet<Module> = imported
                .iter()
                .filter_map(|path| {
                    let mut prefixes = (0..=path.len()).rev().map(|length| path[..length].to_vec());
                    prefixes.find(|prefix| all.contains_key(prefix))
                })
                .filter(|target| target != module && !(target.is_empty() && module.len() == 1))
                .collect();
            for target in &targets {
                let declares = module.len() == target.len() + 1 && module.starts_with(target);
                assert!(
                    !declares,
                    "{member}: {module:?} imports {target:?}, which declares it"
                );
            }
            count += targets.len();
            edges.insert(module.clone(), targets);
        }
        // The root re-exports and imports nothing for itself.
        edges.insert(Vec::new(), BTreeSet::new());
        for module in all.keys() {
            let mut way = Vec::new();
            let found = circle(module, &edges, &mut way, &mut BTreeSet::new());
            assert!(
                !found,
                "{member}: {module:?} imports itself by way of {way:?}"
            );
        }
    }
    assert!(count > 300, "imports were found: {count}");
}
