//! What the tests share: a server that records what reaches it, and the fragment.

mod fragment;
mod server;

pub use fragment::{fragment, workspace};
pub use server::{Recorded, Server, reply};
