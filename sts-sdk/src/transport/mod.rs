//! The rules of the wire for any operation: how requests are sent, repeated and their responses received.

mod body;
mod connection;
mod error_text;
mod receive;
mod received;
mod refusal;
mod send;
mod span;
mod transport;
mod url;

pub(crate) use body::{Stopped, read as read_body};
pub(crate) use error_text::error_text;
pub(crate) use received::{FailureBody, Notes, Received, Refused, Responses};
pub(crate) use refusal::needs_correction;
pub(crate) use transport::Transport;
