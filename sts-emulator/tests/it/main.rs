//! The emulator from outside, over HTTP.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod arbitrary;
mod configuration;
mod control;
mod exchange;
mod faults;
mod foreign;
mod identity;
mod identity_provider;
mod limits;
mod page;
mod rate_limit;
mod requests;
mod resource;
mod specification;
