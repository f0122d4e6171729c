//! Errors and what caused them.

use std::error::Error;

use super::line::line;

/// The error and everything that caused it, the root last.
pub(crate) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// `said`, then what an error and its causes say beyond it, in one line. What several of them say is said once.
pub(crate) fn with_causes(said: &str, error: &(dyn Error + 'static)) -> String {
    let mut said = line(said);
    for cause in causes(error) {
        let text = line(&cause.to_string());
        if said.contains(&text) {
            continue;
        }
        if !said.is_empty() {
            said.push_str(": ");
        }
        said.push_str(&text);
    }
    said
}
