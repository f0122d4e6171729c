//! What callers use of the generated code.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;

use crate::generate::{Directions, identifiers, items};

/// What is generated from one document.
#[derive(Default)]
pub(super) struct RustApi {
    /// By name, such as `types::Reply.expires_in`, `types::State::Fresh` or `builder::GetToken::limit`.
    pub(super) names: BTreeMap<String, Item>,
    /// The fields and arguments that builders have no value for, such as `types::Request.pool`.
    pub(super) asked: BTreeSet<String>,
    pub(super) directions: Directions,
}

/// What a name stands for.
pub(super) struct Item {
    /// In Rust: the type of a field, the signature of a method.
    pub(super) meaning: String,
    /// The identifiers in it.
    pub(super) mentions: Vec<String>,
    /// What a field is called in JSON; `None` where it holds what is not declared.
    pub(super) json: Option<String>,
}

impl RustApi {
    pub(super) fn of(file: &syn::File) -> Self {
        let mut api = Self {
            directions: Directions::of(file),
            ..Self::default()
        };
        api.collect(&file.items, "");
        api
    }

    /// The names within `owner`: its fields, variants and methods.
    pub(super) fn within<'a>(
        &'a self,
        owner: &'a str,
    ) -> impl Iterator<Item = (&'a String, &'a Item)> {
        let following = self.names.range(owner.to_owned()..).skip(1);
        following
            .take_while(move |(name, _)| name.starts_with(owner))
            .filter(move |(name, _)| name[owner.len()..].starts_with(['.', ':']))
    }

    fn add(&mut self, name: String, meaning: &impl ToTokens, json: Option<String>) {
        let tokens = meaning.to_token_stream();
        let mut mentions = Vec::new();
        identifiers(tokens.clone(), &mut mentions);
        let meaning = tokens.to_string();
        let item = Item {
            meaning,
            mentions,
            json,
        };
        self.names.insert(name, item);
    }

    fn collect(&mut self, within: &[syn::Item], path: &str) {
        for item in within {
            match item {
                // The builders of types have a setter for each field.
                syn::Item::Mod(module) if path == "types::" => {
                    self.collect_asked(items(module), path);
                }
                syn::Item::Mod(module) => {
                    self.collect(items(module), &format!("{path}{}::", module.ident));
                }
                syn::Item::Struct(item) => self.collect_struct(item, path),
                syn::Item::Enum(item) => {
                    let name = format!("{path}{}", item.ident);
                    for variant in &item.variants {
                        let name = format!("{name}::{}", variant.ident);
                        self.add(name, &variant.fields, None);
                    }
                    self.add(name, &item.enum_token, None);
                }
                syn::Item::Type(item) => {
                    self.add(format!("{path}{}", item.ident), &item.ty, None);
                }
                syn::Item::Impl(item) if item.trait_.is_none() && path != "types::" => {
                    let owner = owner(item);
                    for method in methods(item) {
                        let name = format!("{path}{owner}::{}", method.sig.ident);
                        self.add(name, &method.sig, None);
                    }
                }
                _ => {}
            }
        }
        if path == "builder::" {
            self.collect_asked(within, path);
        }
    }

    fn collect_struct(&mut self, item: &syn::ItemStruct, path: &str) {
        let name = format!("{path}{}", item.ident);
        for (index, field) in item.fields.iter().enumerate() {
            let public = matches!(field.vis, syn::Visibility::Public(_));
            match &field.ident {
                Some(ident) if public => {
                    let json = json_name(ident, &field.attrs);
                    self.add(format!("{name}.{ident}"), &field.ty, json);
                }
                Some(_) => {}
                None => self.add(format!("{name}.{index}"), &field.ty, None),
            }
        }
        self.add(name, &item.struct_token, None);
    }

    /// What builders begin without: the fields that they begin with an error for.
    fn collect_asked(&mut self, within: &[syn::Item], path: &str) {
        let separator = if path == "types::" { "." } else { "::" };
        for item in within {
            let syn::Item::Impl(item) = item else {
                continue;
            };
            let owner = owner(item);
            for method in methods(item) {
                let Some(syn::Stmt::Expr(syn::Expr::Struct(value), _)) = method.block.stmts.last()
                else {
                    continue;
                };
                for field in &value.fields {
                    if let syn::Expr::Call(call) = &field.expr
                        && call.func.to_token_stream().to_string() == "Err"
                    {
                        let member = field.member.to_token_stream();
                        self.asked
                            .insert(format!("{path}{owner}{separator}{member}"));
                    }
                }
            }
        }
    }
}

/// What a field is called in JSON, as its attributes for serde say.
fn json_name(ident: &syn::Ident, attributes: &[syn::Attribute]) -> Option<String> {
    let mut name = Some(ident.to_string());
    for attribute in attributes {
        if attribute.path().is_ident("serde") {
            // What is not about the name is passed over.
            let _ = attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("flatten") {
                    name = None;
                } else if let Ok(value) = meta.value() {
                    let literal: syn::Lit = value.parse()?;
                    if let (true, syn::Lit::Str(text)) = (meta.path.is_ident("rename"), literal) {
                        name = Some(text.value());
                    }
                }
                Ok(())
            });
        }
    }
    name
}

fn owner(item: &syn::ItemImpl) -> String {
    let mut words = Vec::new();
    identifiers(item.self_ty.to_token_stream(), &mut words);
    words.first().cloned().unwrap_or_default()
}

fn methods(item: &syn::ItemImpl) -> impl Iterator<Item = &syn::ImplItemFn> {
    item.items.iter().filter_map(|member| match member {
        syn::ImplItem::Fn(method) => Some(method),
        _ => None,
    })
}
