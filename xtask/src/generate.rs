//! From the adapted document to Rust source: progenitor, its failures put into words, prettyplease.

mod blame;

use std::any::Any;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};

use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{
    CrateVers, GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypePatch,
};
use serde_json::Value;

use crate::adapt::OWN_CRATE;
use crate::fault::Fault;
use crate::json_schema;

/// Generates the client that `adapted` describes.
pub(crate) fn generate(adapted: &Value) -> Result<String, Fault> {
    let spec = parse(adapted)?;
    let plain = settings();
    let (_, names) = run(&spec, &plain).map_err(|reason| blame::find(adapted, &reason))?;
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
    let (tokens, _) = run(&spec, &settings).map_err(|reason| blame::find(adapted, &reason))?;
    format(tokens)
}

fn parse(adapted: &Value) -> Result<OpenAPI, Fault> {
    serde_json::from_value(adapted.clone()).map_err(|error| {
        Fault::new(
            "document",
            format!("is not OpenAPI 3.0: {error}"),
            "compare it with the OpenAPI 3.0 specification",
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
    quietly(|| {
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

/// Calls `generation` without letting a panic of it out or onto the terminal.
fn quietly<T>(generation: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    let outcome = catch_unwind(AssertUnwindSafe(generation));
    set_hook(hook);
    outcome.unwrap_or_else(|panic| Err(format!("progenitor gave up: {}", message(&*panic))))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("for no stated reason").to_owned()
}

fn check_names(names: &[String]) -> Result<(), Fault> {
    let mut seen = BTreeSet::new();
    match names.iter().find(|name| !seen.insert(*name)) {
        None => Ok(()),
        Some(name) => Err(Fault::new(
            "/components/schemas",
            format!("two schemas would become the type `{name}`"),
            "rename one of them",
        )),
    }
}

fn format(tokens: TokenStream) -> Result<String, Fault> {
    let file = syn::parse2(tokens).map_err(|error| {
        Fault::new(
            "generated code",
            format!("is not valid Rust: {error}"),
            "look for names in the document that are not identifiers",
        )
    })?;
    Ok(prettyplease::unparse(&file))
}
