//! How progenitor is set up, and for which crate.

use proc_macro2::TokenStream;
use progenitor::{CrateVers, GenerationSettings, HooksMode, InterfaceStyle, TagStyle};

use crate::adapt::OWN_CRATE;
use crate::diagnostic::Diagnostic;

/// The crate that generated code is to stand in.
///
/// Generated code uses the crates `progenitor-client`, `reqwest`, `serde` and `serde_json`, and the types `Secret`,
/// `Bounded` and `JsonText` of `sts-sdk` where a document has credentials, limited integers or objects within a
/// form. The crate around it implements `progenitor_client::ClientHooks<Inner> for Client`, where `Inner` is the
/// [`inner_type`](Self::inner_type); an empty `impl` block does.
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

pub(super) fn settings(target: &Target) -> Result<GenerationSettings, Diagnostic> {
    let inner_type = syn::parse_str::<syn::Type>(&target.inner_type).and_then(|_| {
        target
            .inner_type
            .parse::<TokenStream>()
            .map_err(syn::Error::from)
    });
    let inner_type = inner_type.map_err(|error| {
        Diagnostic::new(
            "inner type",
            format!("{:?} is not a type of Rust: {error}", target.inner_type),
            "write it like crate::transport::Transport",
        )
    })?;
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
    fn an_inner_type_is_a_type() {
        for sound in [
            "crate::transport::Transport",
            "()",
            "std::sync::Arc<crate::Inner>",
        ] {
            assert!(settings(&Target::new(sound)).is_ok(), "{sound}");
        }
        for broken in ["", "crate::", "pub fn", "a b", "Vec<"] {
            let said = settings(&Target::new(broken)).err();
            let said = said
                .map(|diagnostic| diagnostic.to_string())
                .unwrap_or_default();
            assert!(said.contains("is not a type of Rust"), "{broken}: {said}");
        }
    }
}
