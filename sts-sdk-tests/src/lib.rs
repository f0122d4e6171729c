//! What the tests share: a server that records what reaches it and misbehaves as told, what callers
//! get then, the fragment, a document like the one that it is taken from, and the keeper's tool.

mod captured;
mod fragment;
mod provider;
mod published;
mod server;
mod server_behaviours;
mod xtask;

pub use captured::Captured;
pub use fragment::{fragment, workspace};
pub use provider::{provider, seconds, settled, text, token};
pub use published::{Version, published};
pub use server::{Act, Recorded, Server, reply, token_reply};
pub use server_behaviours::{Outcome, ServerBehaviour, server_behaviours};
pub use xtask::xtask;
