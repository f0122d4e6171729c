//! From the adapted document to Rust source: progenitor, its failures put into words, prettyplease.

mod blame;
mod merges;

use std::collections::BTreeSet;

use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{
    CrateVers, GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypePatch,
};
use serde_json::Value;

use crate::adapt::OWN_CRATE;
use crate::fault::Fault;
use crate::json_schema;
use crate::quietly::quietly;

/// Generates the client that `adapted` describes.
pub(crate) fn generate(adapted: &Value) -> Result<String, Fault> {
    generate_or(adapted, |reason| blame::find(adapted, &reason))
}

/// Does so without looking for the part that is at fault, which takes long in a large document.
pub(crate) fn generate_without_blame(adapted: &Value) -> Result<String, Fault> {
    generate_or(adapted, |reason| {
        Fault::new(
            "document",
            format!("cannot be generated: {reason}"),
            "`cargo xtask spec lint` says more",
        )
    })
}

fn generate_or(adapted: &Value, blame: impl Fn(String) -> Fault) -> Result<String, Fault> {
    merges::check(adapted)?;
    let spec = parse(adapted)?;
    let plain = settings();
    let (_, names) = run(&spec, &plain).map_err(&blame)?;
    check_names(&names)?;

    // Attributes are given per type, and only the generator knows which types there are.
    let mut settings = plain;
    let attributes = json_schema::attributes(adapted);
    for name in &names {
        let mut patch = TypePatch::default();
        patch.with_attr(json_schema::DERIVE);
        for attribute in attributes.get(name).into_iter().flatten() {
            patch.with_attr(attribute);
        }
        settings.with_patch(name, &patch);
    }
    let (tokens, _) = run(&spec, &settings).map_err(&blame)?;
    format(tokens)
}

fn parse(adapted: &Value) -> Result<OpenAPI, Fault> {
    serde_json::from_value(adapted.clone()).map_err(|error| {
        Fault::new(
            "adapted document",
            format!("is not OpenAPI 3.0: {error}"),
            "look at it with --print-adapted, and correct the adaptation",
        )
    })
}

fn settings() -> GenerationSettings {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_tag(TagStyle::Merged)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote::quote! { crate::transport::Transport })
        .with_map_type("::std::collections::BTreeMap")
        .with_crate(OWN_CRATE, CrateVers::Any, None);
    settings
}

/// Runs the generator; returns the code and the names of its types. What it cannot take, it reports or
/// panics about: both become the reason.
fn run(
    spec: &OpenAPI,
    settings: &GenerationSettings,
) -> Result<(TokenStream, Vec<String>), String> {
    quietly("progenitor", || {
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
fn check_names(names: &[String]) -> Result<(), Fault> {
    let is_identifier = |name: &&String| name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let mut seen = BTreeSet::new();
    match names
        .iter()
        .filter(is_identifier)
        .find(|name| !seen.insert(*name))
    {
        None => Ok(()),
        Some(name) => Err(Fault::new(
            "/components/schemas",
            format!("two schemas would become the type `{name}`"),
            "rename one, or the property that one is declared in",
        )),
    }
}

/// Refuses a schema that nothing satisfies, which becomes an enum without variants.
fn check_inhabited(items: &[syn::Item]) -> Result<(), Fault> {
    for item in items {
        match item {
            syn::Item::Enum(item) if item.variants.is_empty() => {
                return Err(Fault::new(
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

fn format(tokens: TokenStream) -> Result<String, Fault> {
    let file: syn::File = syn::parse2(tokens).map_err(|error| {
        Fault::new(
            "generated code",
            format!("is not valid Rust: {error}"),
            "look for names in the document that are not identifiers",
        )
    })?;
    check_inhabited(&file.items)?;
    Ok(prettyplease::unparse(&file))
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
        assert!(check_names(&names(&["A", list, "B", list])).is_ok());
        let fault = check_names(&names(&["A", "B", "A"]))
            .err()
            .map(|fault| fault.to_string());
        assert!(fault.is_some_and(|fault| fault.contains("would become the type `A`")));
    }

    #[test]
    fn a_schema_that_nothing_satisfies_is_refused() {
        let code = "pub mod types { pub enum Never {} pub enum Some { A } }";
        let tokens: TokenStream = code.parse().unwrap();
        let fault = format(tokens).err().map(|fault| fault.to_string());
        assert!(fault.is_some_and(|fault| fault.contains("the schema of the type `Never`")));
    }
}
