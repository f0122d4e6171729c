//! Which generated types programs send, and which they receive.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;

/// The names of the generated types by which way they travel. A type can travel both ways.
#[derive(Debug, Default)]
pub(crate) struct Directions {
    pub(crate) sent: BTreeSet<String>,
    pub(crate) received: BTreeSet<String>,
    enums: BTreeSet<String>,
}

impl Directions {
    /// Follows the arguments of every operation and what it returns.
    pub(crate) fn of(file: &syn::File) -> Self {
        let mut types = BTreeMap::new();
        let mut enums = BTreeSet::new();
        let mut sent = Vec::new();
        let mut received = Vec::new();
        for item in &file.items {
            match item {
                syn::Item::Mod(module) if module.ident == "types" => {
                    types = mentioned(items(module));
                    let enums_of = items(module).iter().filter_map(|item| match item {
                        syn::Item::Enum(item) => Some(item.ident.to_string()),
                        _ => None,
                    });
                    enums.extend(enums_of);
                }
                syn::Item::Mod(module) if module.ident == "builder" => {
                    for (name, signature) in methods(items(module)) {
                        let into = if name == "send" {
                            &mut received
                        } else {
                            &mut sent
                        };
                        named(signature, into);
                    }
                }
                _ => {}
            }
        }
        Self {
            sent: reached(&types, sent),
            received: reached(&types, received),
            enums,
        }
    }

    /// Whether more may be received with `name` later without harm to programs: they neither build such
    /// structs nor match such enums exhaustively.
    pub(crate) fn can_grow(&self, name: &str) -> bool {
        self.received.contains(name) && (self.enums.contains(name) || !self.sent.contains(name))
    }
}

/// The items within `module`.
pub(crate) fn items(module: &syn::ItemMod) -> &[syn::Item] {
    let content = module.content.as_ref();
    content.map_or(&[], |(_, items)| items.as_slice())
}

/// The types among `items`, with the words that stand in their fields.
fn mentioned(items: &[syn::Item]) -> BTreeMap<String, Vec<String>> {
    let mut types = BTreeMap::new();
    for item in items {
        let mut words = Vec::new();
        let name = match item {
            syn::Item::Struct(item) => {
                for field in &item.fields {
                    identifiers(field.ty.to_token_stream(), &mut words);
                }
                &item.ident
            }
            syn::Item::Enum(item) => {
                for variant in &item.variants {
                    identifiers(variant.fields.to_token_stream(), &mut words);
                }
                &item.ident
            }
            syn::Item::Type(item) => {
                identifiers(item.ty.to_token_stream(), &mut words);
                &item.ident
            }
            _ => continue,
        };
        types.insert(name.to_string(), words);
    }
    types
}

/// The methods of the builders among `items`.
fn methods(items: &[syn::Item]) -> impl Iterator<Item = (String, &syn::Signature)> {
    let implementations = items.iter().filter_map(|item| match item {
        syn::Item::Impl(item) if item.trait_.is_none() => Some(item),
        _ => None,
    });
    let members = implementations.flat_map(|item| &item.items);
    members.filter_map(|member| match member {
        syn::ImplItem::Fn(method) => Some((method.sig.ident.to_string(), &method.sig)),
        _ => None,
    })
}

/// The types of the module `types` that `signature` names.
fn named(signature: &syn::Signature, into: &mut Vec<String>) {
    let mut words = Vec::new();
    identifiers(signature.to_token_stream(), &mut words);
    let mut words = words.into_iter();
    while words.any(|word| word == "types") {
        into.extend(words.find(|word| word != "builder"));
    }
}

/// Every identifier in `tokens`.
pub(crate) fn identifiers(tokens: TokenStream, into: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => into.push(ident.to_string()),
            TokenTree::Group(group) => identifiers(group.stream(), into),
            _ => {}
        }
    }
}

/// Those of `types` that the words of `open` name, and those that they hold.
fn reached(types: &BTreeMap<String, Vec<String>>, mut open: Vec<String>) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        if let Some(words) = types.get(&name)
            && reached.insert(name)
        {
            open.extend(words.iter().cloned());
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_followed_from_the_operations() {
        let file: syn::File = syn::parse_str(
            "pub mod types {
                pub struct Request { pub part: ::std::option::Option<Part> }
                pub struct Part(pub Both);
                pub enum Both { A, B }
                pub type Replies = ::std::vec::Vec<Reply>;
                pub struct Error { pub code: i32 }
                pub struct Reply { pub both: Both }
                pub struct Unused { pub reply: Reply }
            }
            pub mod builder {
                impl<'a> Call<'a> {
                    pub fn body<T>(self, body: T) -> Self
                    where
                        T: TryInto<types::Request>,
                        T::Error: Display,
                    { self }
                    pub fn body_map(self, body: types::builder::Request) -> Self { self }
                    pub async fn send(self) -> Result<ResponseValue<types::Replies>, Error<types::Error>> { todo!() }
                }
            }",
        )
        .unwrap();
        let directions = Directions::of(&file);
        let names = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(" ");
        assert_eq!(names(&directions.sent), "Both Part Request");
        assert_eq!(names(&directions.received), "Both Error Replies Reply");
        for (name, can_grow) in [("Request", false), ("Reply", true), ("Both", true)] {
            assert_eq!(directions.can_grow(name), can_grow, "{name}");
        }
    }
}
