//! What the tests share: a server that records what reaches it, and the fragment.

mod cases;
mod fragment;
mod server;

pub use cases::{Case, Outcome, cases};
pub use fragment::{fragment, workspace};
pub use server::{Act, Recorded, Server, reply};
