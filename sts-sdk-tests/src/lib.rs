//! What the tests share: a server that records what reaches it and misbehaves as told, what callers
//! get then, and the fragment.

mod captured;
mod cases;
mod fragment;
mod provider;
mod server;

pub use captured::Captured;
pub use cases::{Case, Outcome, cases};
pub use fragment::{fragment, workspace};
pub use provider::{provider, seconds, settled, text, token};
pub use server::{Act, Recorded, Server, reply, token_reply};
