//! Bodies of 4xx and 5xx as the specification's `Failure`, and what a `Failure` says.

mod advice;
mod json;
mod normalise;
mod read;
mod sentence;
mod spoken;
mod text;

pub(crate) use normalise::normalise;
pub(crate) use spoken::{said, said_by};
