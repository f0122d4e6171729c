//! What callers use of the generated code, as the judge of last resort: a change that no rule calls
//! breaking is one nevertheless if the code loses something, or asks callers for more.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::generate::Target;
use crate::pipeline::{Generated, generate, generate_without_bisect};

/// What is generated from one document.
#[derive(Default)]
struct RustApi {
    /// Names and what they stand for, such as `types::Reply.expires_in` for `i32`.
    names: BTreeMap<String, String>,
    /// The fields that builders have no value for, such as `types::Request.pool`.
    asked: BTreeSet<String>,
}

/// How two APIs differ.
pub(super) struct Difference {
    /// What is gone, or stands for something else.
    pub(super) lost: Vec<String>,
    pub(super) gained: Vec<String>,
    /// What must be given to build a value of a type that is sent, and need not be given before.
    pub(super) asked: Vec<String>,
}

/// Which document no code is generated from.
pub(super) enum Incomparable {
    Old(Diagnostic),
    New(Diagnostic),
}

/// Compares what is generated from the two documents.
pub(super) fn compare(old: &Value, new: &Value) -> Result<Difference, Incomparable> {
    let old = rust_api(old, generate_without_bisect).map_err(Incomparable::Old)?;
    let new = rust_api(new, generate).map_err(Incomparable::New)?;
    let lost = old.names.iter().filter(|(name, meaning)| {
        let other = new.names.get(*name);
        other.is_none_or(|other| !stands_for(other, meaning))
    });
    let gained = new.names.keys();
    let gained = gained.filter(|name| !old.names.contains_key(*name));
    let sent = new.sent();
    let asked = new.asked.difference(&old.asked).filter(|field| {
        let owner = field.split('.').next().unwrap_or_default();
        old.names.contains_key(owner) && sent.contains(owner)
    });
    Ok(Difference {
        lost: lost.map(|(name, _)| name.clone()).collect(),
        gained: gained.cloned().collect(),
        asked: asked.cloned().collect(),
    })
}

/// Whether what was given for `old` can be given for `new`. Limits are values, not names: callers give
/// numbers. A plain integer within an `Option` becomes no bounded one, though.
fn stands_for(new: &str, old: &str) -> bool {
    let appears = new.contains(BOUNDED) && !old.contains(BOUNDED);
    !appears && unbounded(new) == unbounded(old)
}

const BOUNDED: &str = ":: sts_sdk :: Bounded <";

/// `text` with plain integers for bounded ones.
fn unbounded(text: &str) -> String {
    let mut parts = text.split(BOUNDED);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (inside, rest) = part.split_once('>').unwrap_or((part, ""));
        let integer = inside.split(',').next().unwrap_or_default().trim();
        format!("{text}{integer}{rest}")
    })
}

fn rust_api(
    root: &Value,
    generate: impl Fn(&Value, &Target) -> Result<Generated, Diagnostic>,
) -> Result<RustApi, Diagnostic> {
    let Generated { code, .. } = generate(root, &Target::default())?;
    let file = syn::parse_file(&code).map_err(|error| {
        Diagnostic::new(
            "generated code",
            format!("is not valid Rust: {error}"),
            "report this as a bug of confluent-codegen",
        )
    })?;
    let mut api = RustApi::default();
    api.collect(&file.items, "");
    Ok(api)
}

impl RustApi {
    fn collect(&mut self, items: &[syn::Item], within: &str) {
        for item in items {
            match item {
                syn::Item::Mod(module) => {
                    let inner = module.content.as_ref().map(|(_, items)| items.as_slice());
                    let inner = inner.unwrap_or_default();
                    if within == "types::" {
                        // The builders of types have a setter for each field.
                        self.collect_asked(inner);
                    } else {
                        self.collect(inner, &format!("{within}{}::", module.ident));
                    }
                }
                syn::Item::Struct(item) => self.collect_struct(item, within),
                syn::Item::Enum(item) => {
                    let name = format!("{within}{}", item.ident);
                    for variant in &item.variants {
                        let name = format!("{name}::{}", variant.ident);
                        self.names.insert(name, text(&variant.fields));
                    }
                    self.names.insert(name, "enum".to_owned());
                }
                syn::Item::Type(item) => {
                    let name = format!("{within}{}", item.ident);
                    self.names.insert(name, text(&item.ty));
                }
                syn::Item::Impl(item) if item.trait_.is_none() && !within.starts_with("types") => {
                    self.collect_methods(item, within);
                }
                _ => {}
            }
        }
    }

    fn collect_struct(&mut self, item: &syn::ItemStruct, within: &str) {
        let name = format!("{within}{}", item.ident);
        for (index, field) in item.fields.iter().enumerate() {
            let public = matches!(field.vis, syn::Visibility::Public(_));
            match &field.ident {
                Some(ident) if public => {
                    let name = format!("{name}.{ident}");
                    self.names.insert(name, text(&field.ty));
                }
                Some(_) => {}
                None => {
                    self.names
                        .insert(format!("{name}.{index}"), text(&field.ty));
                }
            }
        }
        self.names.insert(name, "struct".to_owned());
    }

    fn collect_methods(&mut self, item: &syn::ItemImpl, within: &str) {
        let owner = text(&item.self_ty);
        let owner = owner.split('<').next().unwrap_or_default().trim();
        for method in &item.items {
            if let syn::ImplItem::Fn(method) = method {
                let signature = &method.sig;
                let name = format!("{within}{owner}::{}", signature.ident);
                self.names.insert(name, text(signature));
            }
        }
    }

    /// What builders begin without: the fields that their `Default` has an error for.
    fn collect_asked(&mut self, items: &[syn::Item]) {
        for item in items {
            let syn::Item::Impl(item) = item else {
                continue;
            };
            let owner = text(&item.self_ty);
            for method in &item.items {
                if let syn::ImplItem::Fn(method) = method
                    && let [syn::Stmt::Expr(syn::Expr::Struct(value), _)] =
                        method.block.stmts.as_slice()
                {
                    for field in &value.fields {
                        if text(&field.expr).starts_with("Err") {
                            let member = text(&field.member);
                            self.asked.insert(format!("types::{owner}.{member}"));
                        }
                    }
                }
            }
        }
    }

    /// The types that the arguments of operations hold.
    fn sent(&self) -> BTreeSet<String> {
        let words = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        let arguments = self
            .names
            .iter()
            .filter(|(name, _)| name.starts_with("builder::") && !name.ends_with("::send"));
        let mut open: Vec<String> = arguments.flat_map(|(_, meaning)| words(meaning)).collect();
        let mut sent = BTreeSet::new();
        while let Some(word) = open.pop() {
            let name = format!("types::{word}");
            if self.names.contains_key(&name) && sent.insert(name.clone()) {
                let within = |other: &str| {
                    let rest = other.strip_prefix(&name);
                    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ':']))
                };
                let inner = self.names.iter().filter(|(other, _)| within(other));
                open.extend(inner.flat_map(|(_, meaning)| words(meaning)));
            }
        }
        sent
    }
}

fn text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}
