//! What a JWT says of itself: for people, and compared with what is expected.

mod filter;
mod findings;
mod issuer;
mod times;

pub(crate) use filter::mismatch;
pub(crate) use findings::{Finding, findings};
pub(crate) use issuer::{EntraVersion, same_but_slash, same_entra_tenant};
pub(crate) use times::{Times, date, span};
