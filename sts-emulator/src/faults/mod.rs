//! Negative answers on demand: what to do to which requests.

mod apply;
mod body;
mod fault;
mod plan;

pub(crate) use apply::{answer, finish};
pub use fault::{Fault, FaultBody};
pub(crate) use plan::Faults;
