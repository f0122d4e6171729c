//! `TokenProvider`: a valid token, always.

mod clocks;
mod concurrency;
mod failures;
mod stages;
mod wire;
