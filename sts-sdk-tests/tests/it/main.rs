//! Everything that may share a process, by subject.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod auth;
mod blocking;
mod data_plane;
mod emulator;
mod failures;
#[cfg(target_os = "linux")]
mod memory;
mod prism;
mod provider;
mod secrets;
mod shown;
mod subject_tokens;
mod testing;
mod wire;
mod workspace;
#[cfg(unix)]
mod written;
