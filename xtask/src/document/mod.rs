//! An OpenAPI document: how it is read, checked and walked.

mod check;
mod operations;
mod pointer;
mod read;
mod schemas;
mod walk;

pub(crate) use check::{check, check_version};
pub(crate) use operations::{
    METHODS, Operation, Parameter, operations, parameters, request_bodies,
};
pub(crate) use pointer::{Pointer, resolve};
pub(crate) use read::{Document, read};
pub(crate) use schemas::{Direction, children, parts, properties, reachable};
pub(crate) use walk::{keywords_mut, references};
