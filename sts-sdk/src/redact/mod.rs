//! What may be printed of text that others wrote: one line of bounded length, without credentials.

mod credentials;
mod headers;
mod jwt;
mod line;
mod ngrams;
mod placeholder;

pub(crate) use credentials::Credentials;
pub(crate) use headers::redact_headers;
pub(crate) use line::{line, line_of};
pub(crate) use placeholder::PLACEHOLDER;
