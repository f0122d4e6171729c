//! What the benchmarks share.

pub mod exchange;
pub mod request;
pub mod server;
pub mod token;
