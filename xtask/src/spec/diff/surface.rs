//! What callers can name of the generated code, as the judge of last resort: a change that no rule calls
//! breaking is one nevertheless if the code loses something.

use std::collections::BTreeMap;

use quote::ToTokens;
use serde_json::Value;

use crate::adapt::adapt;
use crate::document::check;
use crate::fault::Fault;
use crate::generate::generate;

/// Names and what they stand for, such as `types::Reply.expires_in` for `i32`.
type Surface = BTreeMap<String, String>;

/// How two surfaces differ.
pub(super) struct Difference {
    /// What is gone, or stands for something else.
    pub(super) lost: Vec<String>,
    pub(super) gained: Vec<String>,
}

/// Compares what is generated from the two documents.
pub(super) fn compare(old: &Value, new: &Value) -> Result<Difference, Fault> {
    let old = surface(old).map_err(|fault| fault.within("old document"))?;
    let new = surface(new).map_err(|fault| fault.within("new document"))?;
    let lost = old
        .iter()
        .filter(|(name, meaning)| new.get(*name) != Some(*meaning));
    let gained = new.keys().filter(|name| !old.contains_key(*name));
    Ok(Difference {
        lost: lost.map(|(name, _)| name.clone()).collect(),
        gained: gained.cloned().collect(),
    })
}

fn surface(root: &Value) -> Result<Surface, Fault> {
    check(root)?;
    let mut root = root.clone();
    adapt(&mut root)?;
    let code = generate(&root)?;
    let file = syn::parse_file(&code).map_err(|error| {
        Fault::new(
            "generated code",
            format!("is not valid Rust: {error}"),
            "report this as a bug of xtask",
        )
    })?;
    let mut surface = Surface::new();
    collect(&file.items, "", &mut surface);
    Ok(surface)
}

fn collect(items: &[syn::Item], within: &str, surface: &mut Surface) {
    for item in items {
        match item {
            // The builders of types have a setter for each field.
            syn::Item::Mod(_) if within == "types::" => {}
            syn::Item::Mod(module) => {
                let inner = module.content.as_ref().map(|(_, items)| items.as_slice());
                let within = format!("{within}{}::", module.ident);
                collect(inner.unwrap_or_default(), &within, surface);
            }
            syn::Item::Struct(item) => {
                let name = format!("{within}{}", item.ident);
                for field in &item.fields {
                    let public = matches!(field.vis, syn::Visibility::Public(_));
                    if let (true, Some(ident)) = (public, &field.ident) {
                        surface.insert(format!("{name}.{ident}"), text(&field.ty));
                    }
                }
                surface.insert(name, "struct".to_owned());
            }
            syn::Item::Enum(item) => {
                let name = format!("{within}{}", item.ident);
                for variant in &item.variants {
                    surface.insert(format!("{name}::{}", variant.ident), text(&variant.fields));
                }
                surface.insert(name, "enum".to_owned());
            }
            syn::Item::Type(item) => {
                surface.insert(format!("{within}{}", item.ident), text(&item.ty));
            }
            syn::Item::Impl(item) if item.trait_.is_none() && !within.starts_with("types") => {
                let name = text(&item.self_ty);
                let name = name.split('<').next().unwrap_or_default().trim();
                for method in &item.items {
                    if let syn::ImplItem::Fn(method) = method {
                        let signature = &method.sig;
                        surface.insert(
                            format!("{within}{name}::{}", signature.ident),
                            text(signature),
                        );
                    }
                }
            }
            _ => {}
        }
    }
}

/// Tokens as text. The limits of an integer are values, not names: callers give numbers.
fn text(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let mut parts = text.split(":: sts_sdk :: Bounded <");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (inside, rest) = part.split_once('>').unwrap_or((part, ""));
        let integer = inside.split(',').next().unwrap_or_default().trim();
        format!("{text}{integer}{rest}")
    })
}
