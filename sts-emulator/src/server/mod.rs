//! Connections, and what answers on which path.

mod connection;
mod cycle;
mod listen;
mod routes;

pub(crate) use listen::{Limits, serve};
pub(crate) use routes::routes;
