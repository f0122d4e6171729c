//! What is generated compiles and works, in another crate than `sts-sdk`.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod damaged;
mod documents;
mod groups;
mod names;
mod prism;
mod project;
#[path = "../published/mod.rs"]
mod published;
mod shapes;
