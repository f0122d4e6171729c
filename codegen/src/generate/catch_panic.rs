//! Calling libraries that panic about documents that they cannot take.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};

/// Makes a call into `library` without letting a panic of it out or onto the terminal; a panic is one more
/// error.
pub(crate) fn catch_panic<T>(
    library: &str,
    call: impl FnOnce() -> Result<T, String>,
) -> Result<T, String> {
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    let outcome = catch_unwind(AssertUnwindSafe(call));
    set_hook(hook);
    outcome.unwrap_or_else(|panic| Err(format!("{library} gave up: {}", message(&*panic))))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("for no stated reason").to_owned()
}
