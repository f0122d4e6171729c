//! The authenticator as a layer of the crate `tower`.

mod copy;
mod layer;
mod service;

pub use copy::{ByClone, CopyBody, SentOnce};
pub use layer::AuthenticatorLayer;
pub use service::{AuthenticatorService, ResponseFuture};
