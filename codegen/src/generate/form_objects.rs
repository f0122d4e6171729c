//! Lets the setters of a form's objects take the object itself, or its builder.
//!
//! A setter takes what converts into the type of its field. For an object within a form that is
//! `Option<JsonText<T>>`, into which nothing but a `JsonText` converts by itself.

use std::collections::BTreeSet;

use quote::quote;
use syn::{GenericArgument, Item, PathArguments, Type, parse_quote};

/// The conversions that `file` lacks, for each type that a form has as an object.
pub(super) fn conversions(file: &syn::File) -> Vec<Item> {
    let types = module(&file.items, "types");
    let builders: BTreeSet<String> = structs(module(types, "builder"))
        .map(|item| item.ident.to_string())
        .collect();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for field in structs(types).flat_map(|item| &item.fields) {
        let optional = argument_of(&field.ty, "Option");
        let Some(inner) = argument_of(optional.unwrap_or(&field.ty), "JsonText") else {
            continue;
        };
        let name = quote!(#inner).to_string();
        if builders.contains(&name) && seen.insert((name, optional.is_some())) {
            found.extend(conversions_of(inner, optional.is_some()));
        }
    }
    found
}

fn conversions_of(object: &Type, optional: bool) -> Vec<Item> {
    let text = quote!(::sts_sdk::JsonText<types::#object>);
    let field = if optional {
        quote!(::std::option::Option<#text>)
    } else {
        text
    };
    let from_builder = parse_quote! {
        impl ::std::convert::TryFrom<types::builder::#object> for #field {
            type Error = types::error::ConversionError;
            fn try_from(
                value: types::builder::#object,
            ) -> ::std::result::Result<Self, Self::Error> {
                types::#object::try_from(value).map(Self::from)
            }
        }
    };
    if !optional {
        return vec![from_builder];
    }
    let from_object = parse_quote! {
        impl ::std::convert::From<types::#object> for #field {
            fn from(value: types::#object) -> Self {
                Some(value.into())
            }
        }
    };
    vec![from_object, from_builder]
}

fn module<'a>(items: &'a [Item], name: &str) -> &'a [Item] {
    let content = items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == name => module.content.as_ref(),
        _ => None,
    });
    content.map_or(&[], |(_, items)| items)
}

fn structs(items: &[Item]) -> impl Iterator<Item = &syn::ItemStruct> {
    items.iter().filter_map(|item| match item {
        Item::Struct(item) => Some(item),
        _ => None,
    })
}

/// `T` of `ty`, if that is `name<T>`.
fn argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(argument) if last.ident == name => Some(argument),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;

    use super::*;

    #[test]
    fn objects_with_builders_are_converted_once() {
        let file = syn::parse_str(
            "pub mod types {
                pub struct Request {
                    pub meta: ::std::option::Option<::sts_sdk::JsonText<Meta>>,
                    pub more: ::std::option::Option<::sts_sdk::JsonText<Meta>>,
                    pub must: ::sts_sdk::JsonText<Must>,
                    pub map: ::std::option::Option<::sts_sdk::JsonText<Map>>,
                    pub id: ::std::option::Option<String>,
                }
                pub mod builder { pub struct Meta {} pub struct Must {} pub struct Request {} }
            }",
        );
        let headers: Vec<String> = conversions(&file.unwrap())
            .iter()
            .map(|item| item.to_token_stream().to_string().replace(' ', ""))
            .map(|item| item.split('{').next().unwrap_or_default().to_owned())
            .collect();
        let meta = "for::std::option::Option<::sts_sdk::JsonText<types::Meta>>";
        assert_eq!(
            headers,
            [
                format!("impl::std::convert::From<types::Meta>{meta}"),
                format!("impl::std::convert::TryFrom<types::builder::Meta>{meta}"),
                "impl::std::convert::TryFrom<types::builder::Must>for::sts_sdk::JsonText<types::Must>"
                    .to_owned(),
            ]
        );
    }
}
