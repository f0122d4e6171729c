//! An OpenAPI document: how it is read, checked and walked.

mod check;
mod pointer;
mod read;
mod schemas;

pub(crate) use check::check;
pub(crate) use pointer::{Pointer, holds_names, is_data, references, resolve};
pub(crate) use read::{Document, read};
pub(crate) use schemas::{Direction, children, properties, reachable, request_bodies};

/// The HTTP methods that a path item may hold (OpenAPI 3.0.4, Path Item Object).
pub(crate) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];
