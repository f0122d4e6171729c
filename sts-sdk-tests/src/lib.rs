//! What the tests share: a server that records what reaches it and misbehaves as told, what callers
//! get then, and the fragment.

mod captured;
mod fragment;
mod provider;
mod server;
mod server_behaviours;

pub use captured::Captured;
pub use fragment::{fragment, workspace};
pub use provider::{provider, seconds, settled, text, token};
pub use server::{Act, Recorded, Server, reply, token_reply};
pub use server_behaviours::{Outcome, ServerBehaviour, server_behaviours};
