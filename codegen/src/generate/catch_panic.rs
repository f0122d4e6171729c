//! Calling libraries that panic about documents that they cannot take.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Whether a panic of this thread is caught and told elsewhere.
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Makes a call into `library` without letting a panic of it out or onto the terminal; a panic is one more
/// error. The panics of other threads are reported as before.
pub(crate) fn catch_panic<T>(
    library: &str,
    call: impl FnOnce() -> Result<T, String>,
) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let hook = take_hook();
        set_hook(Box::new(move |panic| {
            if !IS_CAUGHT.get() {
                hook(panic);
            }
        }));
    });
    let outer = IS_CAUGHT.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(call));
    IS_CAUGHT.set(outer);
    outcome.unwrap_or_else(|panic| Err(format!("{library} gave up: {}", message(&*panic))))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("for no stated reason").to_owned()
}
