//! An OpenAPI document: how it is read, checked and walked.

mod check;
mod operations;
mod pointer;
mod read;
mod schemas;
mod unique;
mod used;
mod walk;

pub(crate) use check::{check, check_references, check_version, is_release_of, version};
pub(crate) use operations::{
    METHODS, Operation, Parameter, operations, parameters, request_bodies,
};
pub(crate) use pointer::{Pointer, resolve};
pub(crate) use read::{Document, parse, read, read_bytes};
pub(crate) use schemas::{Direction, children, parts, properties, reachable};
pub(crate) use used::{remove_components, used_schemes};
pub(crate) use walk::{holds_names, is_data, keywords_mut, references};
