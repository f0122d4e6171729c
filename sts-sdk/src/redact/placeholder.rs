//! What stands in the place of a credential, and how short a part of one is replaced.

pub(crate) const PLACEHOLDER: &str = "[redacted]";
/// Shortest part of a token that is treated like the token, in bytes: servers quote beginnings of tokens.
pub(super) const SHORTEST_PART: usize = 12;
