//! Running progenitor, and checking what comes of it.

use std::collections::BTreeSet;

use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator};
use serde::Deserialize;
use serde_json::Value;

use super::catch_panic::catch_panic;
use super::clashes;
use super::recursive_all_of;
use crate::diagnostic::Diagnostic;

/// What the generator makes of a document when it is asked for nothing in particular.
pub(super) struct First {
    pub(super) file: syn::File,
    pub(super) spec: OpenAPI,
    pub(super) names: Vec<String>,
}

pub(super) fn first(
    adapted: &Value,
    settings: &GenerationSettings,
    explain: impl Fn(String) -> Diagnostic,
) -> Result<First, Diagnostic> {
    recursive_all_of::check(adapted)?;
    let spec = parse(adapted)?;
    let (tokens, names) = run(&spec, settings).map_err(explain)?;
    check_type_names(&names)?;
    let file = syntax(tokens)?;
    clashes::check(&file, adapted)?;
    Ok(First { file, spec, names })
}

pub(super) fn parse(adapted: &Value) -> Result<OpenAPI, Diagnostic> {
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
pub(super) fn run(
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

pub(super) fn unreadable(error: &syn::Error) -> Diagnostic {
    Diagnostic::new(
        "generated code",
        format!("is not valid Rust: {error}"),
        "look for names in the document that are not identifiers",
    )
}

pub(super) fn syntax(tokens: TokenStream) -> Result<syn::File, Diagnostic> {
    let file: syn::File = syn::parse2(tokens).map_err(|error| unreadable(&error))?;
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
