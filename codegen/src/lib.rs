//! From Confluent's OpenAPI documents to Rust clients.
//!
//! ```text
//! document ──read──▶ check ──adapt──▶ adapted document ──progenitor──▶ tokens ──format──▶ Rust source
//! ```
//!
//! [progenitor](https://docs.rs/progenitor) alone generates from none of the documents that Confluent publishes.
//! This crate checks a document, changes what the generator cannot take (an *adaptation*: a general rule that
//! knows no API), and generates from the outcome. It also extracts the part of a published document that an SDK is
//! about, and says what a new version of a document means for the users of an SDK.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`openapi`] | reads, checks, walks and writes OpenAPI 3.0 documents |
//! | [`import`] | extracts the operations under a path from a published document, OpenAPI 3.0 or 3.1 |
//! | [`adapt`] | the adaptations, a file each |
//! | [`generate`] | runs progenitor, and finds what it trips over |
//! | [`compare`] | compares two documents as contracts: breaking, compatible, no effect, description |
//! | [`pipeline`] | check, adapt and generate in one call |
//!
//! # Another SDK
//!
//! Code that is generated for a crate ([`Target::new`]) needs `progenitor-client`, `reqwest`, `serde` and `serde_json`
//! there, `sts-sdk` where a document has credentials, limited integers or objects within a form (the code then names
//! `sts_sdk::Secret`, `sts_sdk::Bounded` or `sts_sdk::JsonText`), and one line of the crate's own:
//! `impl progenitor_client::ClientHooks<Inner> for Client {}`, where `Inner` is the type that its client carries. With
//! the inner type `sts_sdk::auth::Authenticator` that is generated as well: operations authenticate themselves, with the
//! token that their `security` names.
//! What is left out of a document or chosen is told by the [notes](adapt::Applied::notes).
//!
//! An xtask of another SDK regenerates its client with the following.
//!
//! ```
//! use std::path::Path;
//!
//! use confluent_codegen::{Diagnostic, Target, openapi, output, pipeline};
//!
//! /// Generates `out` from the OpenAPI document `spec`.
//! fn regenerate(spec: &Path, out: &Path) -> Result<(), Diagnostic> {
//!     let document = openapi::read(spec)?;
//!     let generated = pipeline::generate(&document.root, &Target::new("crate::Transport"))?;
//!     for adaptation in &generated.applied {
//!         println!("{}: {} places", adaptation.name, adaptation.places.len());
//!         for note in &adaptation.notes {
//!             println!("  {}: {}", note.at.as_str(), note.text);
//!         }
//!     }
//!     output::write_atomically(out, &generated.code)
//! }
//! # let folder = tempfile::tempdir().unwrap();
//! # let spec = folder.path().join("api.yaml");
//! # std::fs::write(&spec, "\
//! # openapi: 3.0.0
//! # info: {title: t, version: '1'}
//! # paths: {/a: {get: {operationId: getA, responses: {'204': {description: d}}}}}
//! # ").unwrap();
//! # regenerate(&spec, &folder.path().join("generated.rs")).unwrap();
//! ```

pub mod adapt;
pub mod compare;
mod diagnostic;
#[cfg(test)]
mod drawn;
pub mod generate;
pub mod import;
pub mod openapi;
pub mod output;
pub mod pipeline;
pub mod provenance;
mod text;

pub use diagnostic::Diagnostic;
pub use generate::Target;
