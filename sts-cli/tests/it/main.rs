//! The command as people and pipelines run it: processes, their output, exit codes, signals and files.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod action;
mod clients;
mod doctor;
mod emulate;
mod encodings;
mod exec;
mod exec_file;
mod exec_orphans;
mod exit_codes;
mod explained;
mod inspect;
mod interrupted;
mod kafka;
mod leaks;
mod profiles;
mod recipes;
mod scripts;
mod serve;
mod serve_clients;
mod serve_connections;
mod served;
mod settings;
#[cfg(target_os = "linux")]
mod terminal;
mod token;
mod world;
mod written;
