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
}

impl Default for Target {
    /// `sts-sdk`.
    fn default() -> Self {
        Self {
            inner_type: "crate::transport::Transport".to_owned(),
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
