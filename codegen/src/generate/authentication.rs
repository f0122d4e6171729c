//! Operations that authenticate themselves: the hooks of a client that carries the authenticator of `sts-sdk`.

use std::collections::BTreeMap;

use quote::{format_ident, quote};
use serde_json::{Value, json};

use super::names::method_name;
use super::settings::Target;
use crate::adapt::{Applied, Note};
use crate::openapi::{Operation, Pointer, operations};

/// The inner type of clients that authenticate themselves.
const AUTHENTICATOR: &str = "sts_sdk::auth::Authenticator";
/// The security schemes of Confluent's documents that a token satisfies.
const ACCESS_TOKEN: &str = "confluent-sts-access-token";
const EXTERNAL_TOKEN: &str = "external-access-token";

/// Which token an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Takes {
    AccessToken,
    ExternalToken,
    Either,
    Neither,
}

impl Takes {
    /// The variant of `sts_sdk::auth::hooks::Takes`.
    fn variant(self) -> &'static str {
        match self {
            Self::AccessToken => "AccessToken",
            Self::ExternalToken => "ExternalToken",
            Self::Either => "Either",
            Self::Neither => "Neither",
        }
    }

    /// What the documentation of the operation says of it.
    fn described(self) -> &'static str {
        match self {
            Self::AccessToken => "Takes an access token of STS.",
            Self::ExternalToken => "Takes an external token.",
            Self::Either => "Takes an access token of STS or an external token.",
            Self::Neither => {
                "Sent without authentication: the specification names no token that it takes."
            }
        }
    }
}

impl Target {
    /// Whether the client carries the authenticator of `sts-sdk`, so that its hooks are generated as well.
    #[must_use]
    pub fn authenticates(&self) -> bool {
        let path = self.inner_type.replace(char::is_whitespace, "");
        path.trim_start_matches("::") == AUTHENTICATOR
    }
}

/// Says in the description of each operation which token it takes, and notes those that take none.
pub(crate) fn describe(adapted: &mut Value) -> Applied {
    let mut applied = Applied {
        name: "authentication",
        why: "which token an operation takes stands in its security alone",
        places: Vec::new(),
        notes: Vec::new(),
    };
    for operation in operations(adapted) {
        let takes = takes(adapted, &operation);
        if takes == Takes::Neither {
            let text = format!(
                "is generated without authentication, as its security names neither {ACCESS_TOKEN} nor {EXTERNAL_TOKEN}"
            );
            applied.notes.push(Note::new(operation.at.clone(), text));
        }
        let described = takes.described();
        if let Some(value) = operation.at.get_mut(adapted) {
            let text = match value.get("description").and_then(Value::as_str) {
                Some(text) if !text.is_empty() => format!("{text}\n\n{described}"),
                _ => described.to_owned(),
            };
            value["description"] = json!(text);
        }
        applied.places.push(operation.at);
    }
    applied
}

/// The implementation of progenitor's hooks for the generated client.
pub(super) fn hooks(adapted: &Value) -> syn::Result<syn::Item> {
    let mut groups: BTreeMap<Takes, Vec<String>> = BTreeMap::new();
    for operation in operations(adapted) {
        let takes = takes(adapted, &operation);
        groups
            .entry(takes)
            .or_default()
            .push(method_name(&operation.id));
    }
    let arms = groups.iter().map(|(takes, operations)| {
        let variant = format_ident!("{}", takes.variant());
        quote!(#(#operations)|* => ::sts_sdk::auth::hooks::Takes::#variant)
    });
    syn::parse2(quote! {
        /// Operations authenticate themselves with the token that they take.
        impl ClientHooks<::sts_sdk::auth::Authenticator> for Client {
            async fn exec(
                &self,
                request: ::reqwest::Request,
                info: &OperationInfo,
            ) -> ::reqwest::Result<::reqwest::Response> {
                let takes = match info.operation_id {
                    #(#arms,)*
                    _ => ::sts_sdk::auth::hooks::Takes::Unknown,
                };
                let operation = info.operation_id;
                ::sts_sdk::auth::hooks::exec(&self.inner, &self.client, request, operation, takes).await
            }

            async fn post<E>(
                &self,
                result: &::reqwest::Result<::reqwest::Response>,
                _: &OperationInfo,
            ) -> ::std::result::Result<(), Error<E>> {
                match ::sts_sdk::auth::hooks::not_sent(result) {
                    None => Ok(()),
                    Some(why) if why.token().is_some() => Err(Error::Custom(why.to_string())),
                    Some(why) => Err(Error::InvalidRequest(why.to_string())),
                }
            }
        }
    })
}

/// What the `security` of an operation, or else of the document, asks for: of its alternatives, those that one token
/// alone satisfies.
fn takes(root: &Value, operation: &Operation) -> Takes {
    let own = operation.at.join("security");
    let of_all = Pointer::root().join("security");
    let alternatives = own.get(root).or_else(|| of_all.get(root));
    let alternatives = alternatives.and_then(Value::as_array).into_iter().flatten();
    let names: Vec<&str> = alternatives
        .filter_map(Value::as_object)
        .filter(|schemes| schemes.len() == 1)
        .flat_map(|schemes| schemes.keys().map(String::as_str))
        .collect();
    match (
        names.contains(&ACCESS_TOKEN),
        names.contains(&EXTERNAL_TOKEN),
    ) {
        (true, false) => Takes::AccessToken,
        (false, true) => Takes::ExternalToken,
        (true, true) => Takes::Either,
        (false, false) => Takes::Neither,
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;

    use super::*;

    fn document(of_all: &Value) -> Value {
        let operation = |id: &str, security: Value| {
            let mut operation = json!({"operationId": id, "responses": {}});
            if !security.is_null() {
                operation["security"] = security;
            }
            operation
        };
        json!({"security": of_all, "paths": {
            "/a": {
                "get": operation("getA", json!([{"cloud-api-key": []}, {ACCESS_TOKEN: []}])),
                "put": operation("putA", json!([{EXTERNAL_TOKEN: []}])),
                "post": operation("move", json!([{EXTERNAL_TOKEN: []}, {ACCESS_TOKEN: []}])),
                "delete": operation("deleteA", json!([{"cloud-api-key": []}])),
                "patch": operation("patchA", Value::Null),
            },
            "/b": {
                "get": operation("getB", json!([])),
                "put": operation("putB", json!([{ACCESS_TOKEN: [], "mutual-tls": []}])),
                "post": operation("postB", json!([{}, {ACCESS_TOKEN: []}])),
            },
        }})
    }

    fn takes_of(root: &Value) -> Vec<(String, Takes)> {
        let operations = operations(root).into_iter();
        operations
            .map(|operation| (operation.id.clone(), takes(root, &operation)))
            .collect()
    }

    #[test]
    fn what_an_operation_takes_is_read_from_its_security_or_that_of_the_document() {
        let expected = |patch| {
            [
                ("getA", Takes::AccessToken),
                ("putA", Takes::ExternalToken),
                ("move", Takes::Either),
                ("deleteA", Takes::Neither),
                ("patchA", patch),
                ("getB", Takes::Neither),
                ("putB", Takes::Neither),
                ("postB", Takes::AccessToken),
            ]
            .map(|(id, takes)| (id.to_owned(), takes))
        };
        let sorted = |mut found: Vec<(String, Takes)>| {
            found.sort();
            found
        };
        for (of_all, patch) in [
            (json!([{ACCESS_TOKEN: []}]), Takes::AccessToken),
            (Value::Null, Takes::Neither),
        ] {
            let found = sorted(takes_of(&document(&of_all)));
            assert_eq!(found, sorted(expected(patch).to_vec()));
        }
    }

    #[test]
    fn the_hooks_name_the_operations_by_what_they_take() {
        let code = hooks(&document(&Value::Null))
            .unwrap()
            .to_token_stream()
            .to_string();
        for part in [
            r#""get_a" | "post_b" => :: sts_sdk :: auth :: hooks :: Takes :: AccessToken"#,
            r#""put_a" => :: sts_sdk :: auth :: hooks :: Takes :: ExternalToken"#,
            r#""move_" => :: sts_sdk :: auth :: hooks :: Takes :: Either"#,
            "_ => :: sts_sdk :: auth :: hooks :: Takes :: Unknown",
        ] {
            assert!(code.contains(part), "{part} in {code}");
        }
        let (before, _) = code
            .split_once("=> :: sts_sdk :: auth :: hooks :: Takes :: Neither")
            .unwrap();
        let (_, arm) = before.rsplit_once(',').unwrap();
        for id in ["delete_a", "patch_a", "get_b", "put_b"] {
            assert!(arm.contains(id), "{id} in {arm}");
        }
    }

    #[test]
    fn operations_say_what_they_take_and_those_that_take_nothing_are_noted() {
        let mut root = document(&Value::Null);
        root["paths"]["/a"]["get"]["description"] = json!("Gets it.");
        let applied = describe(&mut root);
        let of = |place: &str| root.pointer(place).unwrap()["description"].clone();
        assert_eq!(
            of("/paths/~1a/get"),
            "Gets it.\n\nTakes an access token of STS."
        );
        assert_eq!(of("/paths/~1a/put"), "Takes an external token.");
        let without = of("/paths/~1a/delete");
        assert!(
            without
                .as_str()
                .unwrap()
                .starts_with("Sent without authentication: "),
            "{without}"
        );
        let mut noted: Vec<&str> = applied.notes.iter().map(|note| note.at.as_str()).collect();
        noted.sort_unstable();
        let expected = [
            "/paths/~1a/delete",
            "/paths/~1a/patch",
            "/paths/~1b/get",
            "/paths/~1b/put",
        ];
        assert_eq!(noted, expected);
        assert_eq!(applied.places.len(), 8);
    }

    #[test]
    fn the_authenticator_is_known_by_its_path() {
        for (path, authenticates) in [
            ("sts_sdk::auth::Authenticator", true),
            ("::sts_sdk::auth::Authenticator", true),
            (":: sts_sdk :: auth :: Authenticator", true),
            ("crate::Authenticator", false),
            ("()", false),
        ] {
            assert_eq!(Target::new(path).authenticates(), authenticates, "{path}");
        }
    }
}
