//! How progenitor is set up, and for which crate.

use proc_macro2::TokenStream;
use progenitor::{CrateVers, GenerationSettings, HooksMode, InterfaceStyle, TagStyle};
use quote::ToTokens;

use super::directions::identifiers;
use crate::adapt::OWN_CRATE;
use crate::diagnostic::Diagnostic;

/// The crate that generated code is to stand in.
///
/// Generated code uses the crates `progenitor-client`, `reqwest`, `serde` and `serde_json`, and the types `Secret`,
/// `Bounded` and `JsonText` of `sts-sdk` where a document has credentials, limited integers or objects within a
/// form. The crate around it implements `progenitor_client::ClientHooks<Inner> for Client`, where `Inner` is the
/// [`inner_type`](Self::inner_type); an empty `impl` block does. Where that is `sts_sdk::auth::Authenticator`, the
/// implementation is generated as well, and operations authenticate themselves.
#[derive(Clone, Debug)]
pub struct Target {
    /// The type that the generated client carries, progenitor's *inner type*: a path, or `()`.
    pub inner_type: String,
    /// The constructors of the crate that name a server.
    pub constructors: Vec<Constructor>,
    /// Whether the generated types derive `schemars::JsonSchema` behind the feature `schemars`. What Rust
    /// types do not say of a schema is said by the crate's own `crate::json_schema::Keywords`.
    pub schemars: bool,
}

/// A hand-written constructor of a client for one server of the API.
#[derive(Clone, Debug)]
pub struct Constructor {
    /// How programs write it, such as `Client::production()`.
    pub name: String,
    /// The server's URL, as the document has it.
    pub url: String,
}

impl Target {
    /// A crate of which nothing is known but what its client carries. Its types have no JSON Schema.
    pub fn new(inner_type: impl Into<String>) -> Self {
        Self {
            inner_type: inner_type.into(),
            constructors: Vec::new(),
            schemars: false,
        }
    }

    /// Refuses an [`inner_type`](Self::inner_type) that is neither a path nor `()`.
    ///
    /// # Errors
    ///
    /// It is neither. The diagnostic names no place: what gave the type does.
    pub fn check(&self) -> Result<(), Diagnostic> {
        self.inner_tokens().map(|_| ())
    }

    fn inner_tokens(&self) -> Result<TokenStream, Diagnostic> {
        inner_type(&self.inner_type).ok_or_else(|| {
            Diagnostic::new(
                "",
                format!("{:?} is neither a path to a type nor ()", self.inner_type),
                "write it like crate::transport::Transport",
            )
        })
    }
}

impl Default for Target {
    /// `sts-sdk`, without its constructors.
    fn default() -> Self {
        Self {
            inner_type: "crate::transport::Transport".to_owned(),
            constructors: Vec::new(),
            schemars: true,
        }
    }
}

/// The inner type as it stands in the code. `Self` and what the compiler is to infer have no meaning there.
fn inner_type(text: &str) -> Option<TokenStream> {
    let tokens = match syn::parse_str(text).ok()? {
        syn::Type::Path(path) if path.qself.is_none() => path.into_token_stream(),
        syn::Type::Tuple(tuple) if tuple.elems.is_empty() => tuple.into_token_stream(),
        _ => return None,
    };
    let mut words = Vec::new();
    identifiers(tokens.clone(), &mut words);
    let is_module = |word: &String| matches!(word.as_str(), "crate" | "self" | "super");
    let unusable = words.iter().any(|word| word == "Self" || word == "_")
        || words.last().is_some_and(is_module);
    (!unusable).then_some(tokens)
}

pub(super) fn settings(target: &Target) -> Result<GenerationSettings, Diagnostic> {
    let inner_type = target
        .inner_tokens()
        .map_err(|diagnostic| diagnostic.within("inner type"))?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_tag(TagStyle::Merged)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(inner_type)
        .with_map_type("::std::collections::BTreeMap")
        .with_crate(OWN_CRATE, CrateVers::Any, None);
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inner_type_is_a_path_or_nothing() {
        for sound in [
            "crate::transport::Transport",
            "()",
            "std::sync::Arc<crate::Inner>",
            "std::sync::Arc<dyn crate::Inner>",
            "Inner",
            "super::Inner<'static, u8>",
        ] {
            assert!(settings(&Target::new(sound)).is_ok(), "{sound}");
        }
        let broken = [
            "",
            "crate::",
            "pub fn",
            "a b",
            "Vec<",
            "_",
            "!",
            "Self",
            "Self::Inner",
            "crate",
            "super::super",
            "&str",
            "dyn Foo",
            "impl Foo",
            "fn()",
            "(u8, u8)",
            "(crate::Inner)",
            "[u8; 4]",
            "*const u8",
            "<u8 as Foo>::Bar",
            "Vec<_>",
            "inner!()",
        ];
        for broken in broken {
            let said = settings(&Target::new(broken)).err();
            let said = said
                .map(|diagnostic| diagnostic.to_string())
                .unwrap_or_default();
            let expected = format!("inner type: {broken:?} is neither a path to a type nor ()");
            assert!(said.starts_with(&expected), "{broken}: {said}");
        }
    }
}
