//! What tells one token from another.

use std::sync::atomic::{AtomicU64, Ordering};

/// Tells one token of a [`TokenProvider`](crate::TokenProvider) from another: what was derived from a token may
/// be kept for as long as the tag stays the same. Unique within the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tag(u64);

impl Tag {
    /// Of no token.
    pub(super) const NONE: Self = Self(0);

    /// One that no token had before.
    pub(super) fn next() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

impl AsRef<Self> for Tag {
    fn as_ref(&self) -> &Self {
        self
    }
}
