//! The emulator over HTTP for tests in any language: faults, log, counts, clock.

mod endpoints;
mod guard;

pub(crate) use endpoints::{answer, refused};
pub(crate) use guard::is_allowed;
