//! Which components the operations of a document refer to.

use std::collections::BTreeSet;

use serde_json::Value;

use super::operations::operations;
use super::pointer::Pointer;
use super::walk::references;

/// Removes the components that no operation refers to, and returns their places.
pub(crate) fn remove_components(root: &mut Value) -> Vec<Pointer> {
    let mut changed = Vec::new();
    let used = used_components(root);
    let at = Pointer::root().join("components");
    let Some(Value::Object(sections)) = root.get_mut("components") else {
        return changed;
    };
    for (section, entries) in sections.iter_mut() {
        let at = at.join(section);
        if let Value::Object(entries) = entries {
            entries.retain(|name, _| {
                let keep = used.contains(&at.join(name));
                if !keep {
                    changed.push(at.join(name));
                }
                keep
            });
        }
    }
    sections.retain(|_, entries| {
        entries
            .as_object()
            .is_none_or(|entries| !entries.is_empty())
    });
    changed
}

/// Components that the operations refer to, through any number of others.
fn used_components(root: &Value) -> BTreeSet<Pointer> {
    let mut used: BTreeSet<Pointer> = used_schemes(root)
        .into_iter()
        .map(|(_, scheme)| scheme)
        .collect();
    let mut open = vec![Pointer::root().join("paths")];
    while let Some(at) = open.pop() {
        for (_, reference) in references(root, &at) {
            let Some(target) = Pointer::of_reference(&reference) else {
                continue;
            };
            let component = target.component();
            if used.insert(component.clone()) {
                open.push(component);
            }
        }
    }
    used
}

/// The security schemes in use, each with a place that names it. They are referred to by name
/// (OpenAPI 3.0.4, Security Requirement Object).
pub(crate) fn used_schemes(root: &Value) -> Vec<(Pointer, Pointer)> {
    let schemes = Pointer::root().joined(&["components", "securitySchemes"]);
    let operations = operations(root).into_iter().map(|operation| operation.at);
    let holders = operations.chain([Pointer::root()]);
    let mut used = Vec::new();
    for at in holders.map(|holder| holder.join("security")) {
        let requirements = at.get(root).and_then(Value::as_array);
        for (index, requirement) in requirements.into_iter().flatten().enumerate() {
            for (name, _) in requirement.as_object().into_iter().flatten() {
                used.push((at.join(index).join(name), schemes.join(name)));
            }
        }
    }
    used
}
