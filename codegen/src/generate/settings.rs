//! How progenitor is set up, and for which crate.

use proc_macro2::TokenStream;
use progenitor::{CrateVers, GenerationSettings, HooksMode, InterfaceStyle, TagStyle};

use crate::adapt::OWN_CRATE;
use crate::diagnostic::Diagnostic;

/// The crate that generated code is to stand in.
#[derive(Clone, Debug)]
pub struct Target {
    /// The path of the type that the generated client carries, progenitor's *inner type*.
    pub inner_type: String,
    /// The constructors of the crate that name a server.
    pub constructors: Vec<Constructor>,
}

/// A hand-written constructor of a client for one server of the API.
#[derive(Clone, Debug)]
pub struct Constructor {
    /// How programs write it, such as `Client::production()`.
    pub name: String,
    /// The server's URL, as the document has it.
    pub url: String,
}

impl Default for Target {
    /// `sts-sdk`, without its constructors.
    fn default() -> Self {
        Self {
            inner_type: "crate::transport::Transport".to_owned(),
            constructors: Vec::new(),
        }
    }
}

pub(super) fn settings(target: &Target) -> Result<GenerationSettings, Diagnostic> {
    let inner_type: TokenStream = target.inner_type.parse().map_err(|error| {
        Diagnostic::new(
            "inner type",
            format!("{:?} is not a path of Rust: {error}", target.inner_type),
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
