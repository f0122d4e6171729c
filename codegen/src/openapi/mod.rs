//! An OpenAPI document: how it is read, checked and walked.

mod check;
mod keywords;
mod operations;
mod pointer;
mod read;
mod schemas;
mod unique;
mod used;
mod walk;
mod write;

pub use check::{check, check_version, diagnostics};
pub(crate) use check::{check_references, is_release_of, version};
pub(crate) use keywords::{EXTENSIBLE_ENUM, is_annotation, is_extension, is_furniture};
pub(crate) use operations::{METHODS, Parameter, alone, parameters, request_bodies};
pub use operations::{Operation, operations};
pub use pointer::Pointer;
pub(crate) use pointer::{component, resolve};
pub use read::{Document, parse, read, read_bytes};
pub(crate) use schemas::{Direction, children, only_sent, parts, properties, reachable};
pub(crate) use used::{remove_components, used_schemes};
pub(crate) use walk::{holds_names, is_data, keywords_mut, references};
pub use write::{check_yaml, to_yaml};
