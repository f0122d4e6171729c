//! Colours on standard error.

use std::io::{IsTerminal, stderr};

/// As a terminal has them (ECMA-48, SGR).
pub(crate) const RED: u8 = 31;
pub(crate) const YELLOW: u8 = 33;

/// `text` in a colour, if standard error is a terminal and colours are not unwanted (<https://no-color.org>).
pub(crate) fn label(text: &str, colour: u8) -> String {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_some_and(|kind| kind == "dumb");
    if !stderr().is_terminal() || is_set("NO_COLOR") || is_dumb {
        return text.to_owned();
    }
    format!("\u{1b}[1;{colour}m{text}\u{1b}[0m")
}
