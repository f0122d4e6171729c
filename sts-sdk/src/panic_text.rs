//! What a panic says.

use std::any::Any;

/// The message of a panic that was caught; empty if it has none.
pub(crate) fn panic_text(panicked: &(dyn Any + Send)) -> &str {
    match panicked.downcast_ref::<String>() {
        Some(text) => text,
        None => panicked.downcast_ref::<&str>().copied().unwrap_or_default(),
    }
}
