//! A local STS and identity provider to develop and test against.

mod access_token;
mod answer;
mod client;
mod clock;
mod config;
mod control;
mod emulator;
mod endpoint;
mod error;
mod exchange;
mod faults;
mod identity;
mod identity_provider;
mod jwt;
mod log;
mod page;
mod random;
mod rate_limit;
mod redact;
mod resource;
mod server;
mod specification;
mod state;

pub use client::Client;
pub use config::Builder;
pub use emulator::StsEmulator;
pub use endpoint::Endpoint;
pub use error::EmulatorError;
pub use faults::{Fault, FaultBody};
pub use identity::{IdentityPool, IdentityProvider};
pub use jwt::Algorithm;
pub use log::{Counts, Request};
