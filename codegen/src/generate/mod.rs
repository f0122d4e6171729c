//! From the adapted document to Rust source: progenitor, its failures put into words, prettyplease.

mod bisect;
mod catch_panic;
mod directions;
mod media_types;
mod names;
mod recursive_all_of;
mod schemars_attributes;
mod settings;
mod taken;

use std::collections::BTreeSet;

use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, TypePatch};
use serde::Deserialize;
use serde_json::Value;

use crate::diagnostic::Diagnostic;
use catch_panic::catch_panic;
pub(crate) use directions::{Directions, identifiers, items};
pub(crate) use names::check as check_names;
pub(crate) use schemars_attributes::type_name;
use settings::settings;
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
        for attribute in attributes
            .get(name)
            .into_iter()
            .flatten()
            .filter(|_| target.schemars)
        {
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
    file.items.extend(items);
    Ok(prettyplease::unparse(&file))
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

/// What the generator makes of a document when it is asked for nothing in particular.
struct First {
    file: syn::File,
    spec: OpenAPI,
    names: Vec<String>,
}

fn first(
    adapted: &Value,
    settings: &GenerationSettings,
    explain: impl Fn(String) -> Diagnostic,
) -> Result<First, Diagnostic> {
    recursive_all_of::check(adapted)?;
    let spec = parse(adapted)?;
    let (tokens, names) = run(&spec, settings).map_err(explain)?;
    check_type_names(&names)?;
    let file = syntax(tokens)?;
    Ok(First { file, spec, names })
}

fn parse(adapted: &Value) -> Result<OpenAPI, Diagnostic> {
    OpenAPI::deserialize(adapted).map_err(|error| {
        Diagnostic::new(
            "adapted document",
            format!("is not OpenAPI 3.0: {error}"),
            "look at it with --print-adapted, and correct the adaptation",
        )
    })
}

/// Runs the generator; returns the code and the names of its types. What it cannot take, it reports or
/// panics about: both become the reason.
fn run(
    spec: &OpenAPI,
    settings: &GenerationSettings,
) -> Result<(TokenStream, Vec<String>), String> {
    catch_panic("progenitor", || {
        let mut generator = Generator::new(settings);
        let tokens = generator
            .generate_tokens(spec)
            .map_err(|error| error.to_string())?;
        let types = generator.get_type_space();
        let missing = [
            ("chrono", types.uses_chrono()),
            ("uuid", types.uses_uuid()),
            ("regress", types.uses_regress()),
            ("futures", generator.uses_futures()),
            ("tokio-tungstenite", generator.uses_websockets()),
        ];
        if let Some((name, _)) = missing.iter().find(|(_, used)| *used) {
            return Err(format!(
                "the generated code needs the crate {name}, which sts-sdk does not depend on"
            ));
        }
        Ok((
            tokens,
            types.iter_types().map(|entry| entry.name()).collect(),
        ))
    })
}

/// Refuses two types of one name. Types that are not named, such as lists, may well be the same.
fn check_type_names(names: &[String]) -> Result<(), Diagnostic> {
    let is_identifier = |name: &&String| name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let mut seen = BTreeSet::new();
    match names
        .iter()
        .filter(is_identifier)
        .find(|name| !seen.insert(*name))
    {
        None => Ok(()),
        Some(name) => Err(Diagnostic::new(
            "/components/schemas",
            format!("two schemas would become the type `{name}`"),
            "rename one, or the property that one is declared in",
        )),
    }
}

/// Refuses a schema that nothing satisfies, which becomes an enum without variants.
fn check_inhabited(items: &[syn::Item]) -> Result<(), Diagnostic> {
    for item in items {
        match item {
            syn::Item::Enum(item) if item.variants.is_empty() => {
                return Err(Diagnostic::new(
                    "/components/schemas",
                    format!("no value satisfies the schema of the type `{}`", item.ident),
                    "look for parts of an allOf that contradict each other",
                ));
            }
            syn::Item::Mod(module) => {
                let inner = module.content.as_ref().map(|(_, items)| items.as_slice());
                check_inhabited(inner.unwrap_or_default())?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn syntax(tokens: TokenStream) -> Result<syn::File, Diagnostic> {
    let file: syn::File = syn::parse2(tokens).map_err(|error| {
        Diagnostic::new(
            "generated code",
            format!("is not valid Rust: {error}"),
            "look for names in the document that are not identifiers",
        )
    })?;
    check_inhabited(&file.items)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_types_of_one_name_are_refused_but_not_two_lists() {
        let names = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        let list = ":: std :: vec :: Vec < String >";
        assert!(check_type_names(&names(&["A", list, "B", list])).is_ok());
        let diagnostic = check_type_names(&names(&["A", "B", "A"]))
            .err()
            .map(|diagnostic| diagnostic.to_string());
        assert!(
            diagnostic.is_some_and(|diagnostic| diagnostic.contains("would become the type `A`"))
        );
    }

    #[test]
    fn a_schema_that_nothing_satisfies_is_refused() {
        let code = "pub mod types { pub enum Never {} pub enum Some { A } }";
        let tokens: TokenStream = code.parse().unwrap();
        let diagnostic = syntax(tokens)
            .err()
            .map(|diagnostic| diagnostic.to_string());
        assert!(
            diagnostic
                .is_some_and(|diagnostic| diagnostic.contains("the schema of the type `Never`"))
        );
    }
}
