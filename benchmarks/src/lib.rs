//! What the benchmarks share.

pub mod exchange;
pub mod server;
pub mod token;
