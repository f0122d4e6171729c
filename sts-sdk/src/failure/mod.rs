//! Bodies of 4xx and 5xx as the specification's `Failure`, and what a `Failure` says.

mod json;
mod normalise;
mod sentence;
mod text;

pub(crate) use normalise::normalise;
