//! Sends and asks for the media types that a document declares.
//!
//! Progenitor has a handful of media types: JSON goes out as `application/json`, bytes as
//! `application/octet-stream`, and `application/json` is asked for. Its *pre hook* runs on every request between
//! those headers and the crate's own hooks, and is the place to put the declared ones instead.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::names::method_name;
use crate::adapt::DECLARED_MEDIA_TYPE;
use crate::openapi::{Operation, Pointer, operations, resolve};

/// What the requests of an operation say instead of what the generator makes them say.
struct Headers {
    operation: String,
    content_type: Option<String>,
    accept: Option<String>,
}

/// The pre hook, and the function that it calls; nothing where no operation needs it.
pub(super) fn hook(adapted: &Value) -> Option<(TokenStream, syn::Item)> {
    let all: Vec<Headers> = operations(adapted)
        .iter()
        .map(|operation| headers(adapted, operation))
        .filter(|headers| headers.content_type.is_some() || headers.accept.is_some())
        .collect();
    if all.is_empty() {
        return None;
    }
    let arms = all.iter().map(|headers| {
        let Headers {
            operation,
            content_type,
            accept,
        } = headers;
        let (content_type, accept) = (
            optional(content_type.as_deref()),
            optional(accept.as_deref()),
        );
        quote!(#operation => (#content_type, #accept))
    });
    let function = syn::parse2(quote! {
        /// Says which media types an operation sends and asks for, where they are not `application/json`.
        fn set_media_types(operation_id: &str, headers: &mut ::reqwest::header::HeaderMap) {
            use ::reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
            let (content_type, accept): (Option<&'static str>, Option<&'static str>) =
                match operation_id {
                    #(#arms,)*
                    _ => (None, None),
                };
            for (name, value) in [(CONTENT_TYPE, content_type), (ACCEPT, accept)] {
                if let Some(value) = value {
                    headers.insert(name, HeaderValue::from_static(value));
                }
            }
        }
    });
    let hook = quote! {
        |_: &_, request: &mut ::reqwest::Request| {
            super::set_media_types(info.operation_id, request.headers_mut())
        }
    };
    Some((hook, function.ok()?))
}

fn optional(text: Option<&str>) -> TokenStream {
    text.map_or_else(|| quote!(None), |text| quote!(Some(#text)))
}

fn headers(adapted: &Value, operation: &Operation) -> Headers {
    let body = media_types(adapted, &operation.at.join("requestBody"));
    let content_type = body
        .into_iter()
        .find_map(|(name, declared)| (name != declared).then_some(declared));
    let responses = operation.at.join("responses");
    let statuses = responses.get(adapted).and_then(Value::as_object);
    let mut statuses: Vec<&String> = statuses
        .into_iter()
        .flatten()
        .map(|(status, _)| status)
        .collect();
    // Successes first: that is the order of preference.
    statuses.sort_by_key(|status| !status.starts_with('2'));
    let mut differs = false;
    let mut accepted: Vec<String> = Vec::new();
    for status in statuses {
        for (name, declared) in media_types(adapted, &responses.join(status)) {
            differs |= status.starts_with('2') && name != declared;
            if !accepted.contains(&declared) {
                accepted.push(declared);
            }
        }
    }
    Headers {
        operation: method_name(&operation.id),
        content_type,
        accept: differs.then(|| accepted.join(", ")),
    }
}

/// The media types of the body at `holder` as the generator sees them, with what the document declares.
fn media_types(adapted: &Value, holder: &Pointer) -> Vec<(String, String)> {
    let content = resolve(adapted, holder).map(|at| at.join("content")).ok();
    let content = content.and_then(|at| at.get(adapted)?.as_object());
    let media_types = content.into_iter().flatten();
    media_types
        .map(|(name, media_type)| {
            let declared = media_type.get(DECLARED_MEDIA_TYPE).and_then(Value::as_str);
            (name.clone(), declared.unwrap_or(name).to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use serde_json::json;

    use super::*;

    fn declared(media_type: &str) -> Value {
        json!({"content": {"application/json": {"schema": {}, "x-media-type": media_type}}})
    }

    #[test]
    fn declared_media_types_are_set_by_operation() {
        let document = json!({"paths": {"/a": {
            "get": {"operationId": "getA", "responses": {
                "4XX": {"content": {"application/json": {}}},
                "200": declared("application/vnd.a+json"),
            }},
            "patch": {"operationId": "move", "requestBody": declared("application/json-patch+json"), "responses": {}},
            "post": {"operationId": "postA", "requestBody": {"content": {"application/json": {}}}, "responses": {}},
        }}});
        let (_, function) = hook(&document).unwrap();
        let code = function.to_token_stream().to_string();
        for part in [
            r#""get_a" => (None , Some ("application/vnd.a+json, application/json"))"#,
            r#""move_" => (Some ("application/json-patch+json") , None)"#,
        ] {
            assert!(code.contains(part), "{part} in {code}");
        }
        assert!(!code.contains("post_a"), "{code}");
    }

    #[test]
    fn without_any_there_is_no_hook() {
        let document = json!({"paths": {"/a": {"get": {"operationId": "getA", "responses": {
            "200": {"content": {"application/json": {"schema": {}}}},
            "4XX": declared("application/problem+json"),
        }}}}});
        assert!(hook(&document).is_none());
    }
}
