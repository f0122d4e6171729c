//! What may be printed of text that others wrote: one line of bounded length, without credentials.

mod causes;
mod credentials;
mod headers;
mod invisible;
mod jwt;
mod line;
mod ngrams;
mod placeholder;

pub(crate) use causes::{causes, with_causes};
pub(crate) use credentials::Credentials;
pub(crate) use headers::redact_headers;
pub(crate) use jwt::holds_jwt;
pub(crate) use line::{line, line_of};
pub(crate) use placeholder::PLACEHOLDER;
