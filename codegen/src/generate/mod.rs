//! From the adapted document to Rust source: progenitor, its failures put into words, prettyplease.

mod authentication;
mod bisect;
mod catch_panic;
mod clashes;
mod directions;
mod form_objects;
mod media_types;
mod names;
mod recursive_all_of;
mod run;
mod schemars_attributes;
mod settings;
mod taken;

use progenitor::TypePatch;
use serde_json::Value;

use crate::diagnostic::Diagnostic;
use run::{First, first, run, syntax, unreadable};
use settings::settings;

pub(crate) use authentication::describe as describe_authentication;
pub(crate) use directions::{Directions, identifiers, items};
pub(crate) use names::{check as check_names, diagnostics as names_diagnostics};
pub(crate) use schemars_attributes::type_name;
pub use settings::{Constructor, Target};

/// Generates the client that `adapted` describes.
pub(crate) fn generate(adapted: &Value, target: &Target) -> Result<String, Diagnostic> {
    let explain = |reason: String| bisect::find(adapted, target, &reason);
    let plain = settings(target)?;
    let First { file, spec, names } = first(adapted, &plain, explain)?;

    // Attributes are given per type, and only the generator knows which types there are.
    let mut settings = plain;
    let attributes = schemars_attributes::attributes(adapted);
    let directions = Directions::of(&file);
    for name in &names {
        let mut patch = TypePatch::default();
        if target.schemars {
            patch.with_attr(schemars_attributes::DERIVE);
        }
        if directions.can_grow(name) {
            patch.with_attr("#[non_exhaustive]");
        }
        let attributes = attributes.get(name).filter(|_| target.schemars);
        for attribute in attributes.into_iter().flatten() {
            patch.with_attr(attribute);
        }
        settings.with_patch(name, &patch);
    }
    let mut items = Vec::new();
    if let Some((hook, function)) = media_types::hook(adapted) {
        settings.with_pre_hook(hook);
        items.push(function);
    }
    let (tokens, _) = run(&spec, &settings).map_err(explain)?;
    let mut file = syntax(tokens)?;
    items.extend(form_objects::conversions(&file));
    if target.authenticates() {
        let hooks = authentication::hooks(adapted);
        items.push(hooks.map_err(|error| unreadable(&error))?);
    }
    file.items.extend(items);
    Ok(prettyplease::unparse(&file))
}

/// What of `adapted` cannot be generated from, each part that fails on its own.
pub(crate) fn diagnostics(adapted: &Value, target: &Target) -> Vec<Diagnostic> {
    match generate(adapted, target) {
        Ok(_) => Vec::new(),
        Err(first) => {
            let found = bisect::find_all(adapted, target);
            if found.is_empty() { vec![first] } else { found }
        }
    }
}

/// The client that `adapted` describes as its users see it: without attributes, and not formatted. Where the
/// generator fails, the part that it fails on is not searched for.
pub(crate) fn rust_api(adapted: &Value, target: &Target) -> Result<syn::File, Diagnostic> {
    let explain = |reason: String| {
        Diagnostic::new(
            "document",
            format!("cannot be generated: {reason}"),
            "`cargo xtask spec lint` says more",
        )
    };
    Ok(first(adapted, &settings(target)?, explain)?.file)
}
